use std::time::Duration;

/// What an author adds to their own message within this time is one matter with it, and answered together.
///
/// Somebody who comes back later asks again: whether one answer covers both, an agent says.
pub const ADDITION_WITHIN: Duration = Duration::from_hours(6);
/// Messages of one author that answer each other and are looked at together, the nearest ones; people write a handful.
pub const MONOLOGUE_MESSAGES_MAX: usize = 16;
