//! Whether an hour is far from what its hour of the week usually is.
//!
//! Counts of mentions are about Poisson where they are small and wilder than that where they are large. The square root makes the
//! spread of a Poisson count the same at 3 as at 3,000 (Anscombe's transform: 2·√(x + 3/8) has a deviation of about 1), so one rule
//! serves a quiet hobby forum and an airline. The centre is the median of the same hour of the last weeks, so that last week's crisis
//! is not this week's measure. Eight weeks are few to know a spread by, so that of this hour is drawn towards that of all hours, and
//! is never taken to be less than Poisson's.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::hours::{LocalHour, WEEK_HOURS};
use crate::model::{Sensitivity, Usual};

/// Days an alert has to have watched before it judges: each hour of the week was seen twice.
pub const LEARNING_DAYS: i64 = 14;
/// Weeks that are remembered: long enough for a median, short enough to follow a brand that grows.
const WEEKS_MAX: i64 = 8;
/// Hours of the past that a judgement needs. The clocks may have taken one away.
const SAMPLES_MIN: usize = 2;
/// Makes the median of deviations the deviation of a normal distribution.
const MAD_FACTOR: f64 = 1.4826;
/// Nine of ten values of a normal distribution lie within so many deviations. More than the median of deviations tells, it knows of
/// searches that are either calm or busy; an hour of ten may still be a crisis.
const NINE_OF_TEN_DEVIATIONS: f64 = 1.645;
/// How many weeks what is known of all hours weighs, beside those of the hour itself.
const COMMON_WEEKS: f64 = 16.0;
/// A median of n is less sure than a mean: its variance is that of a single value times π/2n.
const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;

/// What is usual for an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Baseline {
    hour: LocalHour,
    /// Transformed.
    centre: f64,
    /// Transformed: of one hour around its own centre.
    spread: f64,
    /// How much more the deviation is, as the centre is not known exactly.
    doubt: f64,
}

impl Baseline {
    /// From the hours of the past, of which the first whole one is `first`; `None` where they are too few.
    pub(super) fn of(hour: LocalHour, hours: &BTreeMap<i64, u32>, first: LocalHour, zone: &TimeZone) -> Option<Self> {
        let mut samples = samples(hour, hours, first, |past| past.is_ordinary(zone));
        if samples.len() < SAMPLES_MIN {
            return None;
        }
        let count = samples.len() as f64;
        let centre = median(&mut samples);
        let (own, common) = (deviation(&samples, centre), common_deviation(hour, hours, first));
        let drawn = (count * own.powi(2) + COMMON_WEEKS * common.powi(2)) / (count + COMMON_WEEKS);
        let spread = drawn.sqrt().max(1.0);
        Some(Self { hour, centre, spread, doubt: (1.0 + MEDIAN_VARIANCE / count).sqrt() })
    }

    pub(super) fn hour(&self) -> LocalHour {
        self.hour
    }

    /// Whether so many in this hour are a spike.
    pub(super) fn is_spike(&self, count: u32, sensitivity: Sensitivity) -> bool {
        // By chance alone once in a billion hours, in four years, in a month.
        let deviations = match sensitivity {
            Sensitivity::Low => 6.0,
            Sensitivity::Medium => 4.0,
            Sensitivity::High => 3.0,
        };
        transformed(count) > self.centre + deviations * self.spread * self.doubt
    }

    /// Where two of three such hours lie.
    pub(super) fn usual(&self) -> Usual {
        let low = inverse((self.centre - self.spread).max(0.0)).floor();
        Usual { low: low as u32, high: inverse(self.centre + self.spread).ceil() as u32 }
    }
}

/// Forgets hours no judgement looks at any more.
pub(super) fn forget_old(hours: &mut BTreeMap<i64, u32>, now: LocalHour) {
    let oldest = now.weeks_before(WEEKS_MAX).0;
    while let Some(first) = hours.first_entry().filter(|first| *first.key() < oldest) {
        first.remove();
    }
}

/// The same hour of the weeks before, transformed.
fn samples(
    hour: LocalHour,
    hours: &BTreeMap<i64, u32>,
    first: LocalHour,
    counts: impl Fn(LocalHour) -> bool,
) -> Vec<f64> {
    let past = (1..=WEEKS_MAX).map(|weeks| hour.weeks_before(weeks));
    let seen = past.take_while(|past| *past >= first).filter(|past| counts(*past));
    seen.map(|past| transformed(hours.get(&past.0).copied().unwrap_or(0))).collect()
}

/// How far hours lie from the median of their hour of the week, over the whole week: of one hour alone there are too few.
fn common_deviation(now: LocalHour, hours: &BTreeMap<i64, u32>, first: LocalHour) -> f64 {
    let mut deviations = Vec::new();
    for ago in 0..WEEK_HOURS {
        let mut samples = samples(LocalHour(now.0 - ago), hours, first, |_| true);
        if samples.len() >= SAMPLES_MIN {
            let count = samples.len() as f64;
            let centre = median(&mut samples);
            // Few values lie closer to their own median than to the true one.
            let widened = (count / (count - 1.0)).sqrt();
            deviations.extend(samples.iter().map(|sample| (sample - centre).abs() * widened));
        }
    }
    deviations.sort_unstable_by(f64::total_cmp);
    deviations.get(deviations.len() * 9 / 10).map_or(0.0, |wide| wide / NINE_OF_TEN_DEVIATIONS)
}

fn deviation(samples: &[f64], centre: f64) -> f64 {
    let mut deviations: Vec<f64> = samples.iter().map(|sample| (sample - centre).abs()).collect();
    MAD_FACTOR * median(&mut deviations)
}

/// Sorts them. Of none it is zero.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (Some(value), 1) => *value,
        (Some(value), _) => values.get(middle.wrapping_sub(1)).map_or(*value, |before| f64::midpoint(*before, *value)),
        (None, _) => 0.0,
    }
}

fn transformed(count: u32) -> f64 {
    2.0 * (f64::from(count) + 0.375).sqrt()
}

fn inverse(transformed: f64) -> f64 {
    ((transformed / 2.0).powi(2) - 0.375).max(0.0)
}
