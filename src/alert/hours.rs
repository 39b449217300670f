use jiff::{
    civil::{DateTime, Weekday},
    tz::TimeZone,
};

use crate::base::Timestamp;

/// Hours of a week.
pub(super) const WEEK_HOURS: i64 = 7 * 24;

/// A local hour, counted from the beginning of 1970 by the calendar on the wall: equal hours of the week are whole weeks apart,
/// whatever the clocks do in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LocalHour(pub(super) i64);

impl LocalHour {
    /// The hour of a moment.
    pub(super) fn of(moment: Timestamp, zone: &TimeZone) -> Self {
        Self(as_if_utc(zone.to_datetime(moment)).as_second().div_euclid(3600))
    }

    /// The first hour that begins at this moment or later.
    pub(super) fn first_whole(moment: Timestamp, zone: &TimeZone) -> Self {
        let local = zone.to_datetime(moment);
        let is_whole = local.minute() == 0 && local.second() == 0 && local.subsec_nanosecond() == 0;
        Self(Self::of(moment, zone).0 + i64::from(!is_whole))
    }

    /// The hour so many weeks before.
    pub(super) const fn weeks_before(self, weeks: i64) -> Self {
        Self(self.0 - weeks * WEEK_HOURS)
    }

    /// Whether it came once and was an hour long: not where the clocks are put forward or back.
    pub(super) fn is_ordinary(self, zone: &TimeZone) -> bool {
        self.begin().is_some_and(|begin| !zone.to_ambiguous_timestamp(begin).is_ambiguous())
    }

    /// For people: `Monday 09–10`.
    pub(super) fn in_words(self) -> String {
        let Some(begin) = self.begin() else { return "this hour".to_owned() };
        let day = match begin.weekday() {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        };
        format!("{day} {:02}–{:02}", begin.hour(), begin.hour() + 1)
    }

    /// Its hour of the day.
    pub(super) fn of_day(self) -> i64 {
        self.0.rem_euclid(24)
    }

    fn begin(self) -> Option<DateTime> {
        Timestamp::from_second(self.0.checked_mul(3600)?).ok().map(|begin| TimeZone::UTC.to_datetime(begin))
    }
}

fn as_if_utc(local: DateTime) -> Timestamp {
    // It fails only outside the years that there are moments for.
    TimeZone::UTC.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH)
}
