//! Rules of the care desk: how a conversation changes what is asked of the brand, and what answers it. Pure: everything a rule
//! needs is handed in, also the time.
//!
//! No store, no clock, no wire. The committer of `engine` feeds the rules and records what they say.

mod answer;
mod brands;
mod conversation;
mod correction;
mod course;
pub mod coverage;
mod desk;
mod due;
mod echo;
mod hand_off;
mod priority;
mod queue;
mod reply_check;
mod responsible;
mod status;
mod target;
mod tombstone;

pub use answer::{ADDITION_WITHIN, MONOLOGUE_MESSAGES_MAX};
pub use brands::Brands;
pub use conversation::{ParentFacts, Part, goes_by_conversation, place};
pub use correction::understood;
pub use course::course;
pub use desk::{Refusal, Step, settled, step, theirs};
pub use due::{due, next_sla, tick_at};
pub use echo::{ECHO_WITHIN, echo};
pub use hand_off::hand_off_proposal;
pub use priority::priority;
pub use queue::{Place, Queue, QueueCounts, Wanted};
pub use reply_check::{AccountProposal, Draft, Finding, Rule, Severity, check_reply, length_of, propose_account};
pub use responsible::responsible_for;
pub use status::{Standing, standing, status};
pub use target::{promised, target_of};
pub use tombstone::tombstone;
