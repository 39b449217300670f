//! Of many durations, those that count.

use std::time::Duration;

/// Durations in rising order.
pub(crate) struct Sorted(Vec<Duration>);

impl Sorted {
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds, below which so many of 1,000 lie.
    pub(crate) fn per_mille_ms(&self, part: usize) -> f64 {
        let place = (self.0.len() * part / 1000).min(self.0.len().saturating_sub(1));
        self.0.get(place).map_or(f64::NAN, |duration| duration.as_secs_f64() * 1e3)
    }

    pub(crate) fn median_ms(&self) -> f64 {
        self.per_mille_ms(500)
    }
}

/// The middle one of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
