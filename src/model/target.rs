use super::PriorityLevel;

/// Within which time a brand promises an answer, in minutes of its coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// For mentions on this platform only, as in [`super::MentionName::platform`].
    pub platform: Option<String>,
    /// For mentions of this priority only.
    pub priority: Option<PriorityLevel>,
    /// Until the first answer in a conversation; `None` where nothing is said of it.
    pub first_reply_minutes: Option<u32>,
    /// Until every later answer in it; `None` where nothing is said of it.
    pub next_reply_minutes: Option<u32>,
    /// How long before the end of either time an answer is due soon; without it, when a quarter of the time is left.
    pub due_soon_minutes: Option<u32>,
}

impl Target {
    /// The time for an answer, where this target says anything of it.
    #[must_use]
    pub const fn reply_minutes(&self, is_first: bool) -> Option<u32> {
        if is_first { self.first_reply_minutes } else { self.next_reply_minutes }
    }

    /// How long before the end of so many minutes an answer is due soon.
    #[must_use]
    pub fn due_soon_minutes_of(&self, reply_minutes: u32) -> u32 {
        self.due_soon_minutes.unwrap_or_else(|| reply_minutes.div_ceil(4)).min(reply_minutes)
    }
}
