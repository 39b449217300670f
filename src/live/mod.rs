//! What follows the log: the index follower, the alert follower, the matcher follower, and the subscriptions it feeds.
//!
//! A follower holds a position in the log and is woken without payload; what it misses it reads later. Nothing here writes
//! the log, and nothing here knows the wire.

mod alert_book;
mod alert_follower;
mod background_merge;
mod care_follower;
mod change;
mod definitions;
mod delivery;
mod index_follower;
mod matcher_follower;
mod open_subscriptions;
mod progress;
mod subscription;
mod watched;

pub use alert_follower::{AlertDesk, AlertFollower, AlertStep, AlertStepOutcome};
pub use care_follower::{CareFollower, TimeKeeper};
pub use change::Watch;
pub use definitions::{Compiled, Definition, Definitions, FolderCounts, Referred, list_handle, references};
pub use delivery::{Change, Delivery, Event, GoodbyeKind, Redefined, Replaced};
pub use index_follower::IndexFollower;
pub use matcher_follower::{MatcherFollower, Redefinition, SavedQuery};
pub use open_subscriptions::{Ending, NotReplaced, OpenSubscriptions, Place, Replacement};
pub use progress::Progress;
pub use subscription::{Start, Subscription, SubscriptionOptions};
pub use watched::WatchedQuery;
