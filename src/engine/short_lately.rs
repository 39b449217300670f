use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// What an async thread may do without giving way.
const SHORT_MAX: Duration = Duration::from_micros(500);
/// Places for searches; each takes the place of one with another fingerprint.
const SLOTS: usize = 1024;

/// Searches that were short the last time they were asked. They are answered right where they arrive: handing the runtime's work
/// over to another thread, as a search of unknown length has to, costs as much as half of a short search.
pub(super) struct ShortLately(Vec<AtomicU64>);

impl Default for ShortLately {
    fn default() -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(SLOTS).collect())
    }
}

impl ShortLately {
    /// Whether the search with this fingerprint was short the last time.
    pub(super) fn is_short(&self, fingerprint: u64) -> bool {
        self.slot(fingerprint).is_some_and(|slot| slot.load(Ordering::Relaxed) == fingerprint)
    }

    /// Remembers how long it took.
    pub(super) fn took(&self, fingerprint: u64, took: Duration) {
        let Some(slot) = self.slot(fingerprint) else { return };
        if took <= SHORT_MAX {
            slot.store(fingerprint, Ordering::Relaxed);
        } else {
            // Another's place is left alone.
            let _ = slot.compare_exchange(fingerprint, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn slot(&self, fingerprint: u64) -> Option<&AtomicU64> {
        // Nothing is remembered of the fingerprint that stands for an empty place.
        let place = usize::try_from(fingerprint % SLOTS as u64).ok()?;
        if fingerprint == 0 { None } else { self.0.get(place) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_counts() {
        let lately = ShortLately::default();
        let (one, other, nobody) = (7, 7 + SLOTS as u64, 0);
        assert!(!lately.is_short(one));
        lately.took(one, SHORT_MAX);
        assert!(lately.is_short(one));
        lately.took(other, SHORT_MAX * 2);
        assert!(lately.is_short(one));
        lately.took(one, SHORT_MAX * 2);
        assert!(!lately.is_short(one));
        lately.took(one, SHORT_MAX);
        lately.took(other, SHORT_MAX);
        assert_eq!((lately.is_short(one), lately.is_short(other)), (false, true));
        lately.took(nobody, SHORT_MAX);
        assert!(!lately.is_short(nobody));
    }
}
