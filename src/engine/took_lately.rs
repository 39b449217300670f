use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Places for searches; each takes the place of one with another fingerprint.
const SLOTS: usize = 1024;
/// Low bits of a place that hold the time, the others those of the fingerprint. What takes longer is remembered as this long.
const TIME_MASK: u64 = 0xFFFF;

/// How long searches took when they were asked the last time, in microseconds up to 65 ms. Short ones are answered right where
/// they arrive, and by one thread: handing the runtime's work over, or calling helpers, costs as much as half of a short search.
pub(super) struct TookLately(Vec<AtomicU64>);

impl Default for TookLately {
    fn default() -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(SLOTS).collect())
    }
}

impl TookLately {
    /// What the search with this fingerprint took the last time, where it is remembered.
    pub(super) fn last(&self, fingerprint: u64) -> Option<Duration> {
        let held = self.slot(fingerprint).load(Ordering::Relaxed);
        // An empty place holds no time: what took less than a microsecond counts as one.
        let is_it = held & !TIME_MASK == fingerprint & !TIME_MASK && held & TIME_MASK != 0;
        is_it.then(|| Duration::from_micros(held & TIME_MASK))
    }

    /// Remembers how long it took.
    pub(super) fn took(&self, fingerprint: u64, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(TIME_MASK).clamp(1, TIME_MASK);
        self.slot(fingerprint).store(fingerprint & !TIME_MASK | took_us, Ordering::Relaxed);
    }

    fn slot(&self, fingerprint: u64) -> &AtomicU64 {
        // The remainder is below the number of slots.
        &self.0[(fingerprint % SLOTS as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_counts() {
        let lately = TookLately::default();
        let (one, other) = (7 << 20 | 5, 8 << 20 | 5);
        let us = Duration::from_micros;
        assert_eq!(lately.last(one), None);
        assert_eq!(lately.last(0), None);
        lately.took(one, us(250));
        assert_eq!(lately.last(one), Some(us(250)));
        lately.took(one, us(70));
        assert_eq!(lately.last(one), Some(us(70)));
        lately.took(other, Duration::from_secs(3600));
        assert_eq!(lately.last(one), None, "another took its place");
        assert_eq!(lately.last(other), Some(us(65_535)));
        lately.took(other, Duration::ZERO);
        assert_eq!(lately.last(other), Some(us(1)));
    }
}
