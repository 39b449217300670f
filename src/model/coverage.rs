use std::{collections::BTreeMap, fmt};

use jiff::{civil::Date, tz::TimeZone};

/// When a brand answers: promises count these minutes only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whose clock the windows go by.
    pub time_zone: TimeZone,
    /// The windows of an ordinary week, Monday first.
    pub weekly: [Vec<Window>; 7],
    /// Days that are not as their day of the week. They go before [`Coverage::holidays`].
    pub days: BTreeMap<Date, Vec<Window>>,
    /// The same for every year, by month and day.
    pub holidays: BTreeMap<(i8, i8), Vec<Window>>,
}

impl Coverage {
    /// Days of the week, Monday first, as profiles call them.
    pub const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// The windows that begin on a day, in order of time, none over another.
    #[must_use]
    pub fn windows_of(&self, day: Date) -> &[Window] {
        let exception = self.days.get(&day).or_else(|| self.holidays.get(&(day.month(), day.day())));
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        exception.or_else(|| self.weekly.get(weekday)).map_or(&[], Vec::as_slice)
    }
}

/// A stretch of a day in which the brand answers. It belongs to the day on which it begins, also where it ends on the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Minutes on the clock since midnight at which it begins; below [`Window::DAY_MINUTES`].
    pub begin_minute: u16,
    /// Minutes since the same midnight at which it is over; more than a day's where it runs past midnight, and never longer than a day.
    pub end_minute: u16,
}

/// As profiles write it: `05:00-20:00`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begin, end) = (self.begin_minute, self.end_minute);
        let end = if end > Self::DAY_MINUTES { end - Self::DAY_MINUTES } else { end };
        write!(f, "{:02}:{:02}-{:02}:{:02}", begin / 60, begin % 60, end / 60, end % 60)
    }
}

impl Window {
    /// Minutes on the clock of a day.
    pub const DAY_MINUTES: u16 = 24 * 60;

    /// How long it is on a day without a change of the clocks.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.end_minute.saturating_sub(self.begin_minute)
    }
}
