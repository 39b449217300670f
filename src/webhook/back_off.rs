use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};

/// How long to wait between attempts: it doubles, and a half of it is drawn, so that a thousand hooks to one server that comes
/// back do not all come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// The first wait.
    pub first: Duration,
    /// The longest.
    pub last: Duration,
}

impl BackOff {
    /// The wait after so many attempts without success, at least one.
    #[must_use]
    pub fn after(&self, attempts: u32) -> Duration {
        let mut drawn = [0; 8];
        // Without random numbers all wait as long; that is no reason not to try.
        let _ = SystemRandom::new().fill(&mut drawn);
        self.after_drawn(attempts, u64::from_le_bytes(drawn))
    }

    pub(super) fn after_drawn(&self, attempts: u32, drawn: u64) -> Duration {
        let doubled = self.first.saturating_mul(1u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX));
        let whole = doubled.min(self.last);
        let half_us = u64::try_from(whole.as_micros() / 2).unwrap_or(u64::MAX);
        whole / 2 + Duration::from_micros(drawn % half_us.saturating_add(1))
    }
}
