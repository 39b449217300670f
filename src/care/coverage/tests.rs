use jiff::{
    ToSpan as _,
    civil::{DateTime, date},
};
use proptest::prelude::*;

use super::*;

fn window(begin_minute: u16, end_minute: u16) -> Window {
    Window { begin_minute, end_minute }
}

/// The same windows on every day of the week.
fn every_day(zone: &str, windows: &[Window]) -> Coverage {
    Coverage {
        time_zone: TimeZone::get(zone).unwrap(),
        weekly: std::array::from_fn(|_| windows.to_vec()),
        days: [].into(),
        holidays: [].into(),
    }
}

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

#[test]
fn minutes_of_open_hours_are_counted_and_no_others() {
    let mut coverage = every_day("Europe/Rome", &[window(9 * 60, 13 * 60), window(14 * 60, 18 * 60)]);
    (coverage.weekly[5], coverage.weekly[6]) = (Vec::new(), Vec::new());
    coverage.days.insert(date(2026, 12, 24), vec![window(9 * 60, 12 * 60)]);
    coverage.holidays.insert((12, 25), Vec::new());
    for (from, minutes, expected) in [
        // A Monday at nine in the morning in Rome.
        ("2026-06-15T07:00:00Z", 0, "2026-06-15T07:00:00Z"),
        ("2026-06-15T07:00:00Z", 60, "2026-06-15T08:00:00Z"),
        // To the end of the morning, and one minute into the afternoon.
        ("2026-06-15T07:00:00Z", 240, "2026-06-15T11:00:00Z"),
        ("2026-06-15T07:00:00Z", 241, "2026-06-15T12:01:00Z"),
        ("2026-06-15T02:30:00.25Z", 30, "2026-06-15T07:30:00Z"),
        ("2026-06-15T10:59:30.25Z", 1, "2026-06-15T12:00:30.25Z"),
        // From a Friday evening to Monday.
        ("2026-06-19T15:50:00Z", 30, "2026-06-22T07:20:00Z"),
        // The morning of the 24th; then Christmas on a Friday, and a weekend.
        ("2026-12-24T08:00:00Z", 180, "2026-12-24T11:00:00Z"),
        ("2026-12-24T08:00:00Z", 181, "2026-12-28T08:01:00Z"),
    ] {
        assert_eq!(due_at(Some(&coverage), at(from), minutes), Some(at(expected)), "{from} {minutes}");
        assert_eq!(minutes_between(Some(&coverage), at(from), at(expected)), Some(minutes.into()), "{from} {minutes}");
    }
}

#[test]
fn a_day_is_an_exception_of_its_holiday() {
    let mut coverage = every_day("UTC", &[window(0, 1440)]);
    coverage.holidays.insert((8, 15), Vec::new());
    coverage.days.insert(date(2027, 8, 15), vec![window(600, 660)]);
    assert!(!is_open(Some(&coverage), at("2026-08-15T10:30:00Z")));
    assert!(is_open(Some(&coverage), at("2027-08-15T10:30:00Z")));
    assert!(!is_open(Some(&coverage), at("2027-08-15T11:00:00Z")));
}

#[test]
fn what_begins_before_midnight_runs_into_a_closed_day() {
    let mut coverage = every_day("UTC", &[window(22 * 60, 30 * 60)]);
    coverage.days.insert(date(2026, 5, 1), Vec::new());
    assert!(is_open(Some(&coverage), at("2026-05-01T05:59:59Z")));
    assert!(!is_open(Some(&coverage), at("2026-05-01T06:00:00Z")));
    assert!(!is_open(Some(&coverage), at("2026-05-02T03:00:00Z")));
}

#[test]
fn minutes_are_those_that_passed_when_clocks_change() {
    for (zone, windows, from, minutes, expected) in [
        // Forward: a night of eight hours has seven.
        ("Europe/Rome", window(22 * 60, 30 * 60), "2026-03-28T21:00:00Z", 420, "2026-03-29T04:00:00Z"),
        // Back: it has nine.
        ("Europe/Rome", window(22 * 60, 30 * 60), "2026-10-24T20:00:00Z", 540, "2026-10-25T05:00:00Z"),
        // An hour that is left out does not open: the two minutes come on the next day.
        ("America/New_York", window(2 * 60, 3 * 60), "2026-03-08T05:00:00Z", 2, "2026-03-09T06:02:00Z"),
        // One that comes twice is two hours long.
        ("America/New_York", window(60, 2 * 60), "2026-11-01T05:00:00Z", 120, "2026-11-01T07:00:00Z"),
        // What ends in it ends the first time, and what begins in it begins the first time.
        ("America/New_York", window(0, 90), "2026-11-01T04:00:00Z", 91, "2026-11-02T05:01:00Z"),
        ("America/New_York", window(90, 180), "2026-11-01T04:00:00Z", 150, "2026-11-01T08:00:00Z"),
        // Samoa had no 30 December 2011.
        ("Pacific/Apia", window(9 * 60, 10 * 60), "2011-12-29T19:00:00Z", 61, "2011-12-30T19:01:00Z"),
    ] {
        let coverage = every_day(zone, &[windows]);
        let due = due_at(Some(&coverage), at(from), minutes);
        assert_eq!(due, Some(at(expected)), "{zone} {windows:?} {from} {minutes}");
    }
}

#[test]
fn without_coverage_every_minute_counts() {
    let from = at("2026-03-29T00:30:00Z");
    assert_eq!(due_at(None, from, 90), Some(at("2026-03-29T02:00:00Z")));
    assert_eq!(minutes_between(None, from, at("2026-03-29T02:00:59Z")), Some(90));
    assert!(is_open(None, from));
    assert_eq!(opening(None, from), Opening { is_open: true, changes_at: None });
}

#[test]
fn what_hardly_ever_opens_is_looked_for_in_bounds() {
    let mut coverage = every_day("UTC", &[]);
    let from = at("2026-03-01T00:00:00Z");
    assert_eq!(due_at(Some(&coverage), from, 1), None);
    assert_eq!(opening(Some(&coverage), from), Opening { is_open: false, changes_at: None });
    assert_eq!(minutes_between(Some(&coverage), from, at("2027-03-01T00:00:00Z")), Some(0));
    coverage.holidays.insert((2, 29), vec![window(0, 1)]);
    let leap_day = at("2028-02-29T00:01:00Z");
    assert_eq!(due_at(Some(&coverage), from, 1), Some(leap_day));
    assert_eq!(due_at(Some(&coverage), from, 2), None);
    assert_eq!(minutes_between(Some(&coverage), from, leap_day), Some(1));
    assert_eq!(minutes_between(Some(&coverage), from, at("2029-01-01T00:00:00Z")), None);
}

#[test]
fn moments_at_the_ends_of_time_are_no_harm() {
    let coverage = every_day("Pacific/Kiritimati", &[window(0, 1440)]);
    for at in [Timestamp::MIN, Timestamp::MAX] {
        for coverage in [None, Some(&coverage)] {
            assert!(due_at(coverage, at, 0).is_some());
            assert!(due_at(coverage, at, u32::MAX).is_none_or(|due| due > at));
            assert!(opening(coverage, at).changes_at.is_none_or(|changes| changes > at));
            assert_eq!(minutes_between(coverage, at, at), Some(0));
        }
    }
    assert_eq!(minutes_between(None, Timestamp::MIN, Timestamp::MAX), None);
    assert_eq!(minutes_between(None, Timestamp::MAX, Timestamp::MIN), Some(0));
}

#[test]
fn windows_that_touch_are_one_opening() {
    let mut coverage = every_day("Asia/Kolkata", &[window(0, 600), window(600, 1440)]);
    let monday_noon = at("2026-06-15T06:30:00Z");
    assert_eq!(opening(Some(&coverage), monday_noon), Opening { is_open: true, changes_at: None });
    coverage.weekly[6] = vec![window(60, 120)];
    let until_sunday = Some(at("2026-06-20T18:30:00Z"));
    assert_eq!(opening(Some(&coverage), monday_noon), Opening { is_open: true, changes_at: until_sunday });
    let sunday = at("2026-06-20T18:30:00Z");
    let from_one = Some(at("2026-06-20T19:30:00Z"));
    assert_eq!(opening(Some(&coverage), sunday), Opening { is_open: false, changes_at: from_one });
}

/// The obvious: look at the clock on the wall twice a minute, and let it never go back.
struct Model {
    begin: Timestamp,
    /// For every half minute since the beginning.
    is_open: Vec<bool>,
}

const STEP_SECONDS: i64 = 30;
/// How long before the beginning the clock is looked at, so that it has never gone back before.
const BEFORE_HOURS: i64 = 48;

impl Model {
    fn new(coverage: &Coverage, begin: Timestamp, hours: i64) -> Self {
        let steps = |hours: i64| hours * 3600 / STEP_SECONDS;
        let mut shown = DateTime::MIN;
        let mut is_open = Vec::new();
        for step in -steps(BEFORE_HOURS)..steps(hours) {
            let moment = begin.checked_add((step * STEP_SECONDS).seconds()).unwrap();
            shown = shown.max(coverage.time_zone.to_datetime(moment));
            if step >= 0 {
                is_open.push(Self::is_within(coverage, shown));
            }
        }
        Self { begin, is_open }
    }

    fn is_within(coverage: &Coverage, shown: DateTime) -> bool {
        [shown.date().yesterday().unwrap(), shown.date()].into_iter().any(|day| {
            let midnight = day.at(0, 0, 0, 0);
            let after = |minutes: u16| midnight.checked_add(i64::from(minutes).minutes()).unwrap();
            let windows = coverage.windows_of(day);
            windows.iter().any(|it| after(it.begin_minute) <= shown && shown < after(it.end_minute))
        })
    }

    fn moment(&self, step: usize) -> Timestamp {
        self.begin.checked_add((i64::try_from(step).unwrap() * STEP_SECONDS).seconds()).unwrap()
    }

    /// `None`: not within the time of the model.
    fn due_at(&self, minutes: u32) -> Option<Timestamp> {
        if minutes == 0 {
            return Some(self.begin);
        }
        let steps = usize::try_from(i64::from(minutes) * 60 / STEP_SECONDS).unwrap();
        let open = self.is_open.iter().enumerate().filter(|(_, is_open)| **is_open);
        open.map(|(step, _)| self.moment(step + 1)).nth(steps - 1)
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.is_open.iter().position(|is_open| *is_open != self.is_open[0]).map(|step| self.moment(step))
    }
}

/// Zones with a moment at which something happens to their clocks.
const PLACES: [(&str, &str); 14] = [
    ("Europe/Rome", "2026-03-29T01:00:00Z"),
    ("Europe/Rome", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Asia/Kolkata", "2026-07-01T00:00:00Z"),
    // A whole day is left out.
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    // Half an hour.
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    // At midnight: no such hour, or the same hour of the day before again.
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("Asia/Beirut", "2026-10-24T21:00:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
    // Daylight saving time below zero.
    ("Europe/Dublin", "2026-10-25T01:00:00Z"),
    // Another day from one moment to the next.
    ("Pacific/Kwajalein", "1993-08-21T12:00:00Z"),
];

/// Windows of a day in order, none over another: quarters of an hour, the last perhaps past midnight.
fn windows() -> impl Strategy<Value = Vec<Window>> {
    let cuts = prop::collection::btree_set(0u16..96, 0..5);
    (cuts, 1u16..96).prop_map(|(cuts, last)| {
        let cuts: Vec<u16> = cuts.into_iter().map(|quarter| quarter * 15).collect();
        let of_two = |cuts: &[u16]| match cuts {
            [begin, end] => window(*begin, *end),
            [begin] => window(*begin, begin + last * 15),
            _ => unreachable!(),
        };
        cuts.chunks(2).map(of_two).collect()
    })
}

/// Weeks in which a night runs into the morning of the next day too: the minutes must not count twice.
fn coverage_at(place: usize) -> impl Strategy<Value = Coverage> {
    let (zone, moment) = PLACES[place];
    let time_zone = TimeZone::get(zone).unwrap();
    let today = time_zone.to_datetime(at(moment)).date();
    let weekly = prop::array::uniform7(windows());
    let days = prop::collection::btree_map(-2i64..3, windows(), 0..3);
    let holidays = prop::collection::btree_map(-2i64..3, windows(), 0..2);
    (weekly, days, holidays).prop_map(move |(weekly, days, holidays)| {
        let day = |ahead: i64| today.checked_add(ahead.days()).unwrap();
        let days = days.into_iter().map(|(ahead, windows)| (day(ahead), windows)).collect();
        let yearly = |ahead| (day(ahead).month(), day(ahead).day());
        let holidays = holidays.into_iter().map(|(ahead, windows)| (yearly(ahead), windows)).collect();
        Coverage { time_zone: time_zone.clone(), weekly, days, holidays }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn coverage_is_as_the_clock_on_the_wall_shows(
        (place, coverage) in (0..PLACES.len()).prop_flat_map(|place| (Just(place), coverage_at(place))),
        half_minutes_before in 0i64..60 * 24 * 2,
        minutes in 0u32..40 * 60,
        whiles in prop::collection::vec(0usize..3 * 2880, 1..20),
    ) {
        let begin = at(PLACES[place].1).checked_sub((half_minutes_before * STEP_SECONDS).seconds()).unwrap();
        let model = Model::new(&coverage, begin, 72);
        let end = model.moment(model.is_open.len());
        let coverage = Some(&coverage);
        let found = due_at(coverage, begin, minutes);
        match model.due_at(minutes) {
            Some(expected) => prop_assert_eq!(found, Some(expected)),
            None => prop_assert!(found.is_none_or(|found| found > end)),
        }
        let found = opening(coverage, begin);
        prop_assert_eq!(found.is_open, model.is_open[0]);
        match model.changes_at() {
            Some(expected) => prop_assert_eq!(found.changes_at, Some(expected)),
            None => prop_assert!(found.changes_at.is_none_or(|found| found >= end)),
        }
        for step in whiles {
            let moment = model.moment(step);
            prop_assert_eq!(is_open(coverage, moment), model.is_open[step], "{}", moment);
            let half_minutes = model.is_open[..step].iter().filter(|is_open| **is_open).count();
            prop_assert_eq!(minutes_between(coverage, begin, moment), Some(half_minutes as u64 / 2), "{}", moment);
        }
    }
}
