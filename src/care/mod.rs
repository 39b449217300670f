//! Rules of the care desk: how a conversation changes what is asked of the brand, and what answers it. Pure: everything a rule
//! needs is handed in, also the time.
//!
//! No store, no clock, no wire. The committer of `engine` feeds the rules and records what they say.

mod conversation;
mod correction;
mod desk;
mod echo;
mod reply_check;
mod tombstone;

pub use conversation::goes_by_conversation;
pub use conversation::{ParentFacts, Part, place, status};
pub use correction::understood;
pub use desk::{Refusal, Step, due_at, step};
pub use echo::{ECHO_WITHIN, echo};
pub use reply_check::{AccountProposal, Draft, Finding, Rule, Severity, check_reply, length_of, propose_account};
pub use tombstone::tombstone;
