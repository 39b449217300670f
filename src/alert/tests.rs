use jiff::{SignedDuration, ToSpan as _, civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::{Entry, Watcher};
use crate::{
    base::{Seq, Timestamp, limits::ALERT_SAMPLE_MENTIONS_MAX},
    model::{Alert, AlertKind, AlertState, Firing, MentionName, Sensitivity},
};

fn alert(kind: AlertKind) -> Alert {
    Alert {
        id: "a".into(),
        saved_search: "s".into(),
        kind,
        cooldown_minutes: None,
        age_hours_max: 0,
        time_zone: "Europe/Rome".into(),
        enabled: true,
        note: String::new(),
        revision: 1,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn rome() -> TimeZone {
    TimeZone::get("Europe/Rome").unwrap()
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn entry(seq: u64, at: Timestamp) -> Entry {
    let name = MentionName { platform: "forum".into(), external_id: seq.to_string() };
    Entry { seq: Seq(seq), at, created_at: at, name }
}

fn watcher(alert: Alert, since: Timestamp) -> Watcher {
    Watcher::new(alert, AlertState::new(Seq::ZERO, since), rome())
}

/// The minutes at which a watcher fires when mentions enter at these.
fn fired(mut watcher: Watcher, minutes: &[i64]) -> Vec<i64> {
    let mut fired = Vec::new();
    for (seq, &at) in (1..).zip(minutes) {
        fired.extend(watcher.passes(minute(at), Seq(seq - 1)).map(|firing| firing.at));
        fired.extend(watcher.enters(&entry(seq, minute(at))).map(|firing| firing.at));
    }
    fired.into_iter().map(|at| (at.as_second() - 1_790_000_000) / 60).collect()
}

#[test]
fn every_match_fires_for_each_and_after_a_cooldown_tells_how_many_it_kept_quiet_about() {
    let each = alert(AlertKind::EveryMatch);
    assert_eq!(fired(watcher(each.clone(), minute(0)), &[1, 1, 2]), [1, 1, 2]);
    let mut calm = watcher(Alert { cooldown_minutes: Some(10), ..each }, minute(0));
    let firings: Vec<Firing> = (1..=12).filter_map(|seq| calm.enters(&entry(seq, minute(seq.cast_signed())))).collect();
    assert_eq!(firings.len(), 2);
    assert_eq!((firings[1].count, firings[1].first_seq, firings[1].last_seq), (10, Seq(2), Seq(11)));
    assert_eq!(firings[1].sample.len(), ALERT_SAMPLE_MENTIONS_MAX);
    assert_eq!(firings[1].sample.last().unwrap().external_id, "11");
}

#[test]
fn a_count_slides_and_then_is_quiet_as_long_as_its_window() {
    let three_in_ten = alert(AlertKind::Count { matches: 3, minutes: 10 });
    // The first lies ten minutes before the third: the window is half open.
    assert_eq!(fired(watcher(three_in_ten.clone(), minute(0)), &[0, 5, 10]), [0; 0]);
    assert_eq!(fired(watcher(three_in_ten.clone(), minute(0)), &[0, 5, 9, 10, 11, 18, 19, 20]), [9, 19]);
    let restless = Alert { cooldown_minutes: Some(0), ..three_in_ten };
    assert_eq!(fired(watcher(restless, minute(0)), &[0, 5, 9, 10, 30]), [9, 10]);
}

#[test]
fn what_came_before_it_or_is_too_old_does_not_count_and_a_disabled_one_only_learns() {
    let mut late = Watcher::new(alert(AlertKind::EveryMatch), AlertState::new(Seq(5), minute(0)), rome());
    assert!(late.enters(&entry(5, minute(1))).is_none());
    assert!(late.enters(&entry(6, minute(1))).is_some());

    let mut fresh_only = watcher(Alert { age_hours_max: 2, ..alert(AlertKind::EveryMatch) }, minute(0));
    let old = Entry { created_at: minute(-121), ..entry(1, minute(0)) };
    assert!(fresh_only.enters(&old).is_none());
    assert!(fresh_only.enters(&Entry { created_at: minute(-120), ..entry(2, minute(0)) }).is_some());

    let kind = AlertKind::Count { matches: 2, minutes: 10 };
    let mut muted = watcher(Alert { enabled: false, ..alert(kind) }, minute(0));
    assert!(muted.enters(&entry(1, minute(0))).is_none());
    assert!(muted.enters(&entry(2, minute(1))).is_none());
    let mut awake = Watcher::new(alert(kind), muted.state().clone(), rome());
    assert!(awake.enters(&entry(3, minute(2))).is_some_and(|firing| firing.count == 3));
}

#[test]
fn a_silence_is_told_once_and_again_only_after_somebody_spoke() {
    let mut watcher = watcher(alert(AlertKind::Silence { minutes: 360 }), minute(0));
    assert!(watcher.passes(minute(359), Seq(0)).is_none());
    let firing = watcher.passes(minute(400), Seq(7)).unwrap();
    assert_eq!((firing.at, firing.count, firing.last_seq), (minute(360), 0, Seq(7)));
    assert_eq!(firing.reason, "nothing for 6 h, since 2026-09-21 16:13 CEST");
    assert!(watcher.passes(minute(4000), Seq(7)).is_none());
    assert_eq!(watcher.deadline(), None);
    watcher.enters(&entry(8, minute(5000)));
    assert_eq!(watcher.deadline(), Some(minute(5360)));
    assert_eq!(watcher.passes(minute(5360), Seq(9)).unwrap().first_seq, Seq(8));
}

proptest! {
    /// Against the obvious: look at everything again, every time.
    #[test]
    fn a_count_fires_where_the_obvious_model_does(
        gaps in prop::collection::vec(0i64..5, 1..120), matches in 1u32..6, window in 1u32..20, cooldown in 0u32..30,
    ) {
        let minutes: Vec<i64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
        let mut expected: Vec<i64> = Vec::new();
        for (place, &at) in minutes.iter().enumerate() {
            let within = minutes[..=place].iter().filter(|&&other| other > at - i64::from(window)).count();
            let is_cool = expected.last().is_none_or(|fired| at >= fired + i64::from(cooldown));
            if within >= matches as usize && is_cool {
                expected.push(at);
            }
        }
        let kind = AlertKind::Count { matches, minutes: window };
        let counted = Alert { cooldown_minutes: Some(cooldown), ..alert(kind) };
        prop_assert_eq!(fired(watcher(counted, minute(0)), &minutes), expected);
    }
}

/// Draws the same counts in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Knuth's way; slow for large means, but obvious.
    fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.next(), 0);
        while product > limit {
            product *= self.next();
            count += 1;
        }
        count
    }
}

/// How many usually enter in an hour of the week: nights are quiet, and on Monday from nine to ten everybody writes.
fn rhythm(hour_of_week: i64) -> f64 {
    match (hour_of_week / 24, hour_of_week % 24) {
        (0, 9) => 60.0,
        (_, 0..=6) => 0.3,
        (5 | 6, _) => 3.0,
        (_, 8..=19) => 12.0,
        _ => 4.0,
    }
}

/// Lets hours pass from a Monday midnight in Rome on; `count` gives how many enter in each, spread over it.
fn weeks(watcher: &mut Watcher, weeks: std::ops::Range<i64>, mut count: impl FnMut(i64) -> u32) -> Vec<Firing> {
    let monday = date(2026, 8, 31).to_zoned(rome()).unwrap();
    let mut firings = Vec::new();
    let mut seq = watcher.state().newest.back().map_or(0, |(seq, _)| seq.0);
    for hour in weeks.start * 168..weeks.end * 168 {
        // By the wall: an hour that the clocks leave out moves behind it.
        let begin = monday.datetime().checked_add(hour.hours()).unwrap().to_zoned(rome()).unwrap().timestamp();
        let entering = count(hour);
        for place in 0..entering {
            seq += 1;
            let at = begin + SignedDuration::from_secs(i64::from(place * 3599 / entering.max(1)));
            firings.extend(watcher.enters(&entry(seq, at)));
        }
    }
    firings
}

fn spiking(sensitivity: Sensitivity) -> Watcher {
    let since = date(2026, 8, 31).to_zoned(rome()).unwrap().timestamp();
    watcher(alert(AlertKind::Spike { sensitivity, matches_min: 10 }), since)
}

#[test]
fn a_monday_morning_like_every_monday_morning_is_no_spike_and_a_crisis_is_told_within_the_hour() {
    for seed in 0..5 {
        let mut dice = Dice(seed);
        let mut watcher = spiking(Sensitivity::Medium);
        // Ten weeks, in which the clocks are put back too.
        let usual = weeks(&mut watcher, 0..10, |hour| dice.poisson(rhythm(hour % 168)));
        assert!(usual.is_empty(), "seed {seed}: {:?}", usual.first());
        // The same sixty that are nothing on Monday at nine are a crisis on Tuesday at nine.
        let crisis = weeks(&mut watcher, 10..11, |hour| match hour % 168 {
            33 => 60,
            hour => dice.poisson(rhythm(hour)),
        });
        assert_eq!(crisis.len(), 1, "seed {seed}: {:?}", crisis.first());
        let told = &crisis[0];
        assert!(told.count < 55 && told.count > u64::from(told.usual.unwrap().high), "{told:?}");
        assert!(told.reason.contains(" since 09:00; usual Tuesday 09–10: "), "{}", told.reason);
        assert!(
            (4..=12).contains(&told.usual.unwrap().low) && (12..=22).contains(&told.usual.unwrap().high),
            "{told:?}"
        );
    }
}

#[test]
fn it_learns_first_and_says_until_when() {
    let mut watcher = spiking(Sensitivity::High);
    let until = |watcher: &Watcher, at| Watcher::learning_until(watcher.alert(), watcher.state(), at);
    let since = watcher.state().since;
    assert_eq!(until(&watcher, since), Some(since + SignedDuration::from_hours(14 * 24)));
    let mut storm = weeks(&mut watcher, 0..2, |hour| if hour == 200 { 5000 } else { 1 });
    assert_eq!(storm, [], "nobody knows yet what is usual");
    assert_eq!(until(&watcher, since + SignedDuration::from_hours(14 * 24)), None);
    storm = weeks(&mut watcher, 2..3, |hour| if hour == 2 * 168 + 50 { 40 } else { 1 });
    assert_eq!(storm.len(), 1);
}

#[test]
fn few_are_never_a_spike_and_sensitivity_is_a_matter_of_degree() {
    let quiet = |sensitivity| {
        let mut watcher = spiking(sensitivity);
        assert_eq!(weeks(&mut watcher, 0..8, |hour| u32::from(hour % 5 == 0)), []);
        watcher
    };
    let told =
        |sensitivity, count| weeks(&mut quiet(sensitivity), 8..9, |hour| if hour == 8 * 168 { count } else { 0 });
    assert_eq!(told(Sensitivity::High, 9), [], "fewer than the least that was asked for");
    for (sensitivity, count) in [(Sensitivity::High, 10), (Sensitivity::Medium, 12), (Sensitivity::Low, 20)] {
        assert_eq!(told(sensitivity, count).len(), 1, "{sensitivity} {count}");
    }
    assert_eq!(told(Sensitivity::Low, 12), []);
}

#[test]
fn last_week_s_crisis_is_not_this_week_s_measure() {
    let mut watcher = spiking(Sensitivity::Medium);
    weeks(&mut watcher, 0..5, |_| 8);
    weeks(&mut watcher, 5..6, |hour| if hour % 168 == 40 { 400 } else { 8 });
    let again = weeks(&mut watcher, 6..7, |hour| if hour % 168 == 40 { 40 } else { 8 });
    assert_eq!(again.len(), 1, "{again:?}");
}

#[test]
fn a_brand_whose_days_are_wild_is_judged_by_its_own_measure() {
    let mut dice = Dice(7);
    let mut watcher = spiking(Sensitivity::Medium);
    // Three times as wild as chance would have it: each hour is calm or busy.
    let mut wild = move |_| if dice.next() < 0.5 { 10 } else { 60 };
    let firings = weeks(&mut watcher, 0..10, &mut wild);
    assert!(firings.is_empty(), "{} firings, first {:?}", firings.len(), firings.first());
}

#[test]
fn what_was_remembered_goes_on_as_if_nothing_had_happened() {
    let run = |interrupted: bool| {
        let mut dice = Dice(3);
        let mut watcher = spiking(Sensitivity::High);
        let mut firings = Vec::new();
        for week in 0..12 {
            firings.extend(weeks(&mut watcher, week..week + 1, |hour| {
                if hour % 331 == 9 { 70 } else { dice.poisson(rhythm(hour % 168)) }
            }));
            if interrupted {
                watcher = Watcher::new(watcher.alert().clone(), watcher.state().clone(), rome());
            }
        }
        firings
    };
    assert!(!run(false).is_empty());
    assert_eq!(run(true), run(false));
}
