use std::collections::BTreeMap;

/// What every answer in the name of a brand keeps to. The default asks for nothing that is the brand's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyRules {
    /// How an answer ends; `{agent}` stands for who wrote it. Empty: answers are not signed.
    pub signature: String,
    /// How answers may begin, by language code. A language that is not listed needs no greeting.
    pub greetings: BTreeMap<String, Vec<String>>,
    /// Words and phrases that no answer uses, in any script and letter case.
    pub avoid: Vec<String>,
    /// Most units of an answer by platform, where the house wants less than the platform allows.
    pub lengths: BTreeMap<String, u32>,
    /// How order and customer numbers look: `#` is a digit, `?` a letter, everything else itself.
    pub number_patterns: Vec<String>,
    /// The house's own addresses and phone numbers: these may stand in public.
    pub contacts: Vec<String>,
    /// Most exclamation marks in one answer; without a word from the house, [`ReplyRules::EXCLAMATIONS_DEFAULT`].
    pub exclamations_max: Option<u32>,
    /// Which account answers what.
    pub accounts: Vec<AccountRule>,
}

impl ReplyRules {
    /// More exclamation marks than this read as shouting or as an advertisement.
    pub const EXCLAMATIONS_DEFAULT: u32 = 2;
    /// Stands for the agent in a signature.
    pub const AGENT: &'static str = "{agent}";
}

/// Says which account answers mentions of a platform, in a language, about a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRule {
    /// The account's platform; it answers what was written there.
    pub platform: String,
    /// Without `@`; one of the brand's accounts on the platform.
    pub handle: String,
    /// Language code of the customer; empty for any.
    pub language: String,
    /// A word or phrase that the mention holds; empty for any.
    pub product: String,
}
