//! Holds the draft of an answer against the rules of its brand and of its platform, before anybody sees it.
//!
//! Pure: the mention that is answered, what was understood of both, and the profile are handed in.

mod account;
mod length;
mod numbers;
mod personal;
mod phrases;
mod placeholders;
mod tone;

pub use account::{AccountProposal, propose_account};
pub use length::length_of;

use crate::{
    base::Span,
    model::{Brand, ReplyRules},
};

/// What is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// Its words.
    pub text: &'a str,
    /// The language it is written in; `und` where nobody can tell.
    pub language: &'a str,
    /// The language of the customer; `und` where nobody can tell.
    pub customer_language: &'a str,
    /// Where it is to stand, as in [`crate::model::MentionName::platform`].
    pub platform: &'a str,
    /// Only the customer will see it.
    pub is_private: bool,
    /// Who wrote it, for the signature; may be empty.
    pub agent: &'a str,
    /// The account it is to be sent from, without `@`; empty where that is still open.
    pub account: &'a str,
}

/// One thing about a draft that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// Whether the draft may go out all the same.
    pub severity: Severity,
    /// Where in the draft, in bytes; the whole of it where no place is to blame, an empty place where something is missing.
    pub span: Span,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It must not go out like this.
    Refuses,
    /// A person should look again.
    Warns,
}

/// What a draft is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Says nothing.
    Empty,
    /// Longer than the platform or the house allows.
    Length,
    /// Not in the customer's language.
    Language,
    /// Begins otherwise than the house does.
    Greeting,
    /// Ends without the signature of the agent.
    Signature,
    /// Uses a word the house avoids.
    AvoidedWord,
    /// Tells personal data in public.
    PersonalData,
    /// Holds a placeholder nobody filled.
    Placeholder,
    /// Shouts, or blames the customer.
    Tone,
    /// Goes out from another account than the rules say.
    Account,
}

impl Rule {
    /// The word for it in files, tables and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Length => "length",
            Self::Language => "language",
            Self::Greeting => "greeting",
            Self::Signature => "signature",
            Self::AvoidedWord => "avoided_word",
            Self::PersonalData => "personal_data",
            Self::Placeholder => "placeholder",
            Self::Tone => "tone",
            Self::Account => "account",
        }
    }
}

/// Everything that is not right with a draft: what refuses it first, then in the order of the text.
#[must_use]
pub fn check_reply(draft: &Draft<'_>, brand: &Brand, proposed: Option<&AccountProposal>) -> Vec<Finding> {
    let rules: &ReplyRules = &brand.reply;
    let mut findings = Vec::new();
    if draft.text.trim().is_empty() {
        return vec![Finding {
            rule: Rule::Empty,
            severity: Severity::Refuses,
            span: Span::new(0, draft.text.len()),
            message: "the draft says nothing; write an answer".to_owned(),
        }];
    }
    length::check(draft, rules, &mut findings);
    language(draft, &mut findings);
    phrases::check_greeting(draft, rules, &mut findings);
    phrases::check_signature(draft, rules, &mut findings);
    phrases::check_avoided(draft, rules, &mut findings);
    if !draft.is_private {
        personal::check(draft.text, rules, &mut findings);
    }
    placeholders::check(draft.text, &mut findings);
    tone::check(draft.text, rules, &mut findings);
    if let Some(proposed) = proposed
        && !draft.account.is_empty()
        && !draft.account.eq_ignore_ascii_case(&proposed.handle)
    {
        findings.push(Finding {
            rule: Rule::Account,
            severity: Severity::Warns,
            span: Span::new(0, 0),
            message: format!("answer from @{} instead of @{}: {}", proposed.handle, draft.account, proposed.reason),
        });
    }
    findings.sort_by_key(|finding| (finding.severity, finding.span.start, finding.rule));
    findings
}

/// Latin letters of a draft below which its language is a guess; "here ^Ana" is told as Māori. Other scripts tell more.
const TELLING_LETTERS_MIN: usize = 12;
/// The end of the block in which living languages find their Latin letters.
const LAST_LATIN_LETTER: char = '\u{24f}';

fn is_too_short(text: &str) -> bool {
    let letters = || text.chars().filter(|letter| letter.is_alphabetic());
    letters().nth(TELLING_LETTERS_MIN - 1).is_none() && letters().all(|letter| letter <= LAST_LATIN_LETTER)
}

/// A warning only: of a short draft the language is told wrongly now and then.
fn language(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let is_known = |code: &str| !code.is_empty() && code != "und";
    let (own, customer) = (draft.language, draft.customer_language);
    if is_known(own) && is_known(customer) && own != customer && !is_too_short(draft.text) {
        findings.push(Finding {
            rule: Rule::Language,
            severity: Severity::Warns,
            span: Span::new(0, draft.text.len()),
            message: format!("the customer writes in `{customer}`, the draft is in `{own}`; answer in `{customer}`"),
        });
    }
}

#[cfg(test)]
mod tests;
