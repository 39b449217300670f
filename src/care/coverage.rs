//! What time it is for a brand: minutes in which it answers. No coverage means that it answers round the clock.
//!
//! A window is open from the first moment at which the clock on the wall shows its beginning or anything later, to the first at which it
//! shows its end or later. So where clocks go back, a window over the repeated hour is an hour longer, one that ends in it ends the first time;
//! where they go forward, one over the missing hour is an hour shorter, and one inside it does not open. Minutes are those that passed.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use crate::{
    base::{Timestamp, limits::COVERAGE_SEARCH_DAYS_MAX},
    model::{Coverage, Window},
};

/// Whether a brand answers at a moment, and until when that stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// It answers.
    pub is_open: bool,
    /// When it closes or opens next; `None` where it does not within [`COVERAGE_SEARCH_DAYS_MAX`].
    pub changes_at: Option<Timestamp>,
}

/// The first moment at which so many minutes of coverage have passed since `from`: `from` itself for none, the end of a window where they
/// end with it. `None` where it lies more than [`COVERAGE_SEARCH_DAYS_MAX`] ahead.
#[must_use]
pub fn due_at(coverage: Option<&Coverage>, from: Timestamp, minutes: u32) -> Option<Timestamp> {
    let mut left = SignedDuration::from_mins(i64::from(minutes));
    let Some(coverage) = coverage else { return from.checked_add(left).ok() };
    if left.is_zero() {
        return Some(from);
    }
    for stretch in Stretches::since(coverage, from) {
        let length = stretch.end.duration_since(stretch.begin);
        if left <= length {
            return stretch.begin.checked_add(left).ok();
        }
        left -= length;
    }
    None
}

/// Whole minutes of coverage between two moments; 0 where the second is not later. `None` where they lie more than
/// [`COVERAGE_SEARCH_DAYS_MAX`] apart, whatever the coverage.
#[must_use]
pub fn minutes_between(coverage: Option<&Coverage>, from: Timestamp, to: Timestamp) -> Option<u64> {
    let whole = |length: SignedDuration| u64::try_from(length.as_mins()).unwrap_or_default();
    let all = to.duration_since(from);
    if all > SignedDuration::from_hours(24 * i64::from(COVERAGE_SEARCH_DAYS_MAX)) {
        return None;
    }
    let Some(coverage) = coverage else { return Some(whole(all)) };
    let stretches = Stretches::since(coverage, from).take_while(|stretch| stretch.begin < to);
    let open = stretches.map(|stretch| stretch.end.min(to).duration_since(stretch.begin));
    Some(whole(open.fold(SignedDuration::ZERO, |sum, length| sum + length)))
}

/// Whether the brand answers at this moment.
#[must_use]
pub fn is_open(coverage: Option<&Coverage>, at: Timestamp) -> bool {
    coverage.is_none_or(|coverage| Stretches::since(coverage, at).next().is_some_and(|stretch| stretch.begin <= at))
}

/// Whether the brand answers at this moment, and until when that stays so.
#[must_use]
pub fn opening(coverage: Option<&Coverage>, at: Timestamp) -> Opening {
    let Some(coverage) = coverage else { return Opening { is_open: true, changes_at: None } };
    let mut stretches = Stretches::since(coverage, at).peekable();
    match stretches.peek().copied() {
        Some(first) if first.begin <= at => {
            // Windows that touch are one for whoever looks at the door.
            let mut end = first.end;
            let mut is_followed = true;
            for stretch in stretches {
                if stretch.begin > end {
                    is_followed = false;
                    break;
                }
                end = stretch.end;
            }
            Opening { is_open: true, changes_at: (!is_followed).then_some(end) }
        }
        next => Opening { is_open: false, changes_at: next.map(|stretch| stretch.begin) },
    }
}

/// Time in which the brand answers.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    begin: Timestamp,
    /// First moment behind it, later than the beginning.
    end: Timestamp,
}

/// Such times from a moment on, in order, none over another. It looks at every day once, and converts only the ends of windows.
struct Stretches<'a> {
    coverage: &'a Coverage,
    day: Date,
    days_left: u32,
    windows: std::slice::Iter<'a, Window>,
    /// What lies before this moment is past or told already.
    from: Timestamp,
}

impl<'a> Stretches<'a> {
    fn since(coverage: &'a Coverage, from: Timestamp) -> Self {
        let today = coverage.time_zone.to_datetime(from).date();
        // What began on the day before may still be open; and a change of the clocks may add a day at the other end.
        let day = today.yesterday().unwrap_or(today);
        let windows = coverage.windows_of(day).iter();
        Self { coverage, day, days_left: COVERAGE_SEARCH_DAYS_MAX.saturating_add(2), windows, from }
    }
}

impl Iterator for Stretches<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        loop {
            let Some(window) = self.windows.next() else {
                self.days_left = self.days_left.checked_sub(1)?;
                self.day = self.day.tomorrow().ok()?;
                self.windows = self.coverage.windows_of(self.day).iter();
                continue;
            };
            let end = reached_at(&self.coverage.time_zone, self.day, window.end_minute)?;
            if end <= self.from {
                continue;
            }
            let begin = reached_at(&self.coverage.time_zone, self.day, window.begin_minute)?.max(self.from);
            if begin < end {
                self.from = end;
                return Some(Stretch { begin, end });
            }
        }
    }
}

/// The first moment at which the clock on the wall shows so many minutes after the midnight that begins the day, or anything later.
/// `None` at the end of time.
fn reached_at(zone: &TimeZone, day: Date, minute: u16) -> Option<Timestamp> {
    let days = minute / Window::DAY_MINUTES;
    let minute = minute % Window::DAY_MINUTES;
    let day = (0..days).try_fold(day, |day, _| day.tomorrow().ok())?;
    let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    let local = DateTime::from_parts(day, time);
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        // The first of the two.
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // With the offset of afterwards this is before the clocks are put forward, however far.
            let before_gap = after.to_timestamp(local).ok()?;
            let mut changes = zone.following(before_gap).map(|change| change.timestamp());
            changes.find(|change| zone.to_datetime(*change) >= local)
        }
    }
}

#[cfg(test)]
mod tests;
