use crate::base::Timestamp;

/// How a conversation of a customer with a brand went up to a message, along what answers what. A turn is what one side writes until the
/// other answers; what has not arrived is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Turns of the customer, with the present one; counted up to [`Course::TURNS_MAX`].
    pub turns: u32,
    /// Turns of the brand, with the present one; counted up to [`Course::TURNS_MAX`].
    pub brand_turns: u32,
    /// The customer's turns in a row that were hostile, the last one among them; counted up to [`Course::TURNS_MAX`].
    pub hostile_turns: u32,
    /// The customer is angry, and an answer of the brand has not helped.
    pub is_conflict: bool,
    /// When the brand first answered in it; when this message was written where it has not, or where the turns are not counted any further.
    pub began_at: Timestamp,
}

impl Course {
    /// Counting further says nothing more; replies that go round in a circle would be counted for ever, and each message of a long
    /// conversation that arrives backwards makes a version of all behind it up to here.
    pub const TURNS_MAX: u32 = 10;

    /// Before the first message, which was written at this moment.
    #[must_use]
    pub const fn beginning(began_at: Timestamp) -> Self {
        Self { turns: 0, brand_turns: 0, hostile_turns: 0, is_conflict: false, began_at }
    }
}
