//! What the product is about, as plain data with public fields: mentions, versions, judgements, brands, saved searches.
//!
//! No wire types, no tantivy, no SQL, and no rules: those live in `care`, `enrich` and `query`.

mod alert;
mod argument;
mod author_list;
mod brand;
mod correction;
mod course;
mod coverage;
mod desk;
mod due;
mod durable_subscription;
mod label;
mod mention;
mod priority;
mod reply_rules;
mod saved_search;
mod target;
mod understanding;
mod version;
mod webhook;

pub use alert::{Alert, AlertKind, AlertPosition, AlertState, Firing, Sensitivity, Unfired, Usual};
pub use argument::{Argument, ArgumentExample, ResponsiblePerson, StandardAnswer};
pub use author_list::AuthorList;
pub use brand::{AccountRole, Brand, BrandAccount, Responsible};
pub use correction::{CorrectedValues, Correction};
pub use course::Course;
pub use coverage::{Coverage, Window};
pub use desk::{Claim, Desk, Escalation, HandOff, Note, Rest};
pub use due::{Due, Sla};
pub use durable_subscription::DurableSubscription;
pub use label::Label;
pub use mention::{Author, Engagement, Kind, Mention, MentionName};
pub use priority::{Priority, PriorityKind, PriorityLevel, PriorityPart};
pub use reply_rules::{AccountRule, ReplyRules};
pub use saved_search::{SavedSearch, SavedSearchChange, SavedSearchRevision};
pub use target::Target;
pub use understanding::{
    BrandMatch, BrandReason, Evidence, EvidenceKind, Intent, IntentJudgement, Language, LanguageEvidence, NeedsReply,
    ReplyReason, Sentiment, SentimentLabel, SetTag, Stage, StageJudgement, TopicJudgement, Understanding,
};
pub use version::{Cause, MentionNumber, Parent, Status, ThreadId, Version};
pub use webhook::{DeadLetter, Webhook, WebhookSecret, WebhookSource, WebhookState};

/// Gives an enum its one set of words (`FromStr` and `Display` by hand would repeat each of them twice) and its stored number.
///
/// The numbers are the ones of the proto files and of the log: they never change.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant = $number),+ }

        impl $name {
            /// Every value, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in queries, files and tables.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value a word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            /// The number it is stored and sent as.
            #[must_use]
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The value a number stands for.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}
use words;
