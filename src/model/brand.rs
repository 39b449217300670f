use super::{Coverage, ReplyRules, Target, words};

/// The profile of a brand: how it is found and who speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// Lower-case letters, digits, `-`; what `brand:` takes.
    pub id: String,
    /// As people write it.
    pub title: String,
    /// The query, in the query language, that finds mentions of it.
    pub query: String,
    /// The accounts that speak for it.
    pub accounts: Vec<BrandAccount>,
    /// When it answers; `None` where it does so round the clock.
    pub coverage: Option<Coverage>,
    /// Within which time it promises an answer; the target that asks for most holds, of several the first.
    pub targets: Vec<Target>,
    /// Whom to ask, by what a mention is about; each topic once.
    pub responsible: Vec<Responsible>,
    /// From which score on a mention of this brand needs a reply.
    pub reply_threshold: f32,
    /// What every answer keeps to.
    pub reply: ReplyRules,
    /// Points that a tag adds to the priority of a mention; below zero for what can wait.
    pub priority_tags: Vec<(String, i32)>,
}

/// An account that speaks for a brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandAccount {
    /// As in [`super::MentionName::platform`].
    pub platform: String,
    /// Without `@`; letter case does not matter.
    pub handle: String,
    /// What it is for.
    pub role: AccountRole,
}

/// A person of the house who decides where agents cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// What they are responsible for: a topic of mentions; empty for everything that nobody else is named for.
    pub topic: String,
    /// Who it is.
    pub name: String,
    /// How they are reached; may be empty.
    pub contact: String,
}

words! {
    /// What an account of a brand is for.
    AccountRole {
        /// Speaks for the house.
        Institutional = 1 "institutional",
        /// Answers customers.
        Care = 2 "care",
        /// Speaks for one product.
        Product = 3 "product",
        /// Belongs to a person of the house.
        Personal = 4 "personal",
    }
}
