use crate::base::Timestamp;

/// How a conversation went up to a message, along what answers what. What has not arrived is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Messages of the customer's side, this one included where it is one; counted up to [`Course::TURNS_MAX`].
    pub turns: u32,
    /// Messages of the brand before it; counted up to [`Course::TURNS_MAX`].
    pub brand_turns: u32,
    /// The customer's messages in a row that are negative, the last one being this; counted up to [`Course::TURNS_MAX`].
    pub hostile_turns: u32,
    /// The customer is angry, and an answer of the brand has not helped.
    pub is_conflict: bool,
    /// When the earliest of these messages was written.
    pub began_at: Timestamp,
}

impl Course {
    /// Counting further says nothing more; replies that go round in a circle would be counted for ever, and each message of a long
    /// thread that arrives backwards makes a version of so many behind it.
    pub const TURNS_MAX: u32 = 10;

    /// Before the first message, which was written at this moment.
    #[must_use]
    pub const fn beginning(began_at: Timestamp) -> Self {
        Self { turns: 0, brand_turns: 0, hostile_turns: 0, is_conflict: false, began_at }
    }
}
