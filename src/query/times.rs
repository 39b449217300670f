//! Times as they are written: days and moments on the calendar, moments relative to now, readings of a wall clock.

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::{
    ClockPart, Moment, Problem, ProblemCode, Severity, TimeField,
    problem::shown,
    ranges::{Fault, Range},
    suggest,
};
use crate::base::{Span, Timestamp};

/// The time zone of that name in the IANA database, which is compiled in; UTC for the empty name.
///
/// # Errors
/// [`ProblemCode::UnknownTimeZone`] with the nearest known name; its span is that of the name.
pub fn time_zone(name: &str) -> Result<TimeZone, Problem> {
    if name.is_empty() {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| {
        let known: Vec<_> = jiff::tz::db().available().map(|known| known.to_string()).collect();
        let city = |name: &str| name.rsplit('/').next().unwrap_or(name).replace([' ', '-'], "_");
        let whole = suggest::nearest(name, known.iter().map(String::as_str));
        // People know the city, not the continent it is filed under.
        let suggestion = whole.map(str::to_owned).or_else(|| {
            let cities: Vec<_> = known.iter().map(|known| city(known)).collect();
            let nearest = suggest::nearest(&city(name), cities.iter().map(String::as_str))?;
            known.iter().find(|known| city(known) == nearest).cloned()
        });
        Problem {
            severity: Severity::Error,
            code: ProblemCode::UnknownTimeZone,
            span: Span::new(0, name.len()),
            message: format!("there is no time zone {}; names are those of the IANA database", shown(name)),
            suggestion,
        }
    })
}

const MICROSECOND_US: i64 = 1;
const SECOND_US: i64 = 1_000_000;

/// Units of relative times, longest first, in microseconds. The shortest is for exact printing.
pub(super) const UNITS_US: [(&str, i64); 6] = [
    ("w", 7 * 24 * 60 * 60 * SECOND_US),
    ("d", 24 * 60 * 60 * SECOND_US),
    ("h", 60 * 60 * SECOND_US),
    ("m", 60 * SECOND_US),
    ("s", SECOND_US),
    ("us", MICROSECOND_US),
];

/// What one written time covers: a day its whole length, a moment one microsecond.
struct Stretch {
    first: Moment,
    /// First moment behind it.
    behind: Moment,
    is_day: bool,
}

/// The first moment that matches, and the first that no longer does.
pub(super) fn times(
    written: &str,
    field: TimeField,
    zone: &TimeZone,
) -> Result<(Option<Moment>, Option<Moment>), Fault> {
    let bad = || {
        Fault::Bad(format!(
            "`{0}:` takes times, written as `2026-11-21`, `>now-24h` (units s, m, h, d, w), `<2026-11-20T08:00Z` or \
             `2026-11-01..2026-11-21`",
            field.name()
        ))
    };
    let read = |written: &str| stretch(written, zone).ok_or_else(bad);
    Ok(match Range::read(written).ok_or_else(bad)? {
        Range::Any => (None, None),
        Range::One(written) => {
            let stretch = read(written)?;
            if !stretch.is_day {
                return Err(Fault::Bad(format!(
                    "a single moment matches next to nothing; write `{0}:>={written}` or `{0}:<={written}`, or a range",
                    field.name()
                )));
            }
            (Some(stretch.first), Some(stretch.behind))
        }
        Range::Above { end, inclusive } => {
            let end = read(end)?;
            (Some(if inclusive { end.first } else { end.behind }), None)
        }
        Range::Below { end, inclusive } => {
            let end = read(end)?;
            (None, Some(if inclusive { end.behind } else { end.first }))
        }
        Range::Between(from, to) => {
            let first = from.map(read).transpose()?.map(|stretch| stretch.first);
            let behind = to.map(read).transpose()?.map(|stretch| stretch.behind);
            if let (Some(first), Some(behind)) = (first, behind)
                && is_backwards(first, behind)
            {
                return Err(Fault::Backwards(format!("{}..{}", to.unwrap_or("*"), from.unwrap_or("*"))));
            }
            (first, behind)
        }
    })
}

/// A day and a moment relative to now cannot be compared before the query runs.
fn is_backwards(first: Moment, behind: Moment) -> bool {
    match (first, behind) {
        (Moment::At(first), Moment::At(behind)) => first >= behind,
        (Moment::FromNow(first), Moment::FromNow(behind)) => first >= behind,
        (Moment::At(_), Moment::FromNow(_)) | (Moment::FromNow(_), Moment::At(_)) => false,
    }
}

fn stretch(written: &str, zone: &TimeZone) -> Option<Stretch> {
    if let Some(offset) = written.to_lowercase().strip_prefix("now") {
        let offset_us = offset_us(offset)?;
        let behind = Moment::FromNow(offset_us.checked_add(MICROSECOND_US)?);
        return Some(Stretch { first: Moment::FromNow(offset_us), behind, is_day: false });
    }
    if !begins_with_date(written) {
        return None;
    }
    if written.len() == "2026-11-21".len() {
        let date: Date = written.parse().ok()?;
        let first = start_of_day(date, zone)?;
        let behind = start_of_day(date.tomorrow().ok()?, zone)?;
        return Some(Stretch { first: Moment::At(first), behind: Moment::At(behind), is_day: true });
    }
    let written = written.to_uppercase();
    let timestamp = match written.parse::<Timestamp>() {
        Ok(timestamp) => timestamp,
        // Without a zone of its own it is in the query's. One that does not exist there (clocks go forward) is moved.
        Err(_) => {
            written.parse::<DateTime>().ok().filter(|_| !has_zone(&written))?.to_zoned(zone.clone()).ok()?.timestamp()
        }
    };
    if timestamp.subsec_nanosecond() % 1000 != 0 {
        return None;
    }
    let behind = Timestamp::from_microsecond(timestamp.as_microsecond().checked_add(MICROSECOND_US)?).ok()?;
    Some(Stretch { first: Moment::At(timestamp), behind: Moment::At(behind), is_day: false })
}

/// `2026-11-21`: other forms of the standard are refused, so that one moment is written in one way.
fn begins_with_date(written: &str) -> bool {
    let bytes = written.as_bytes();
    bytes.len() >= 10
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
        && bytes.get(10).is_none_or(|&byte| byte == b'T' || byte == b't')
}

/// Whether a date with time of day says its own offset from UTC or a zone.
fn has_zone(written: &str) -> bool {
    written["2026-11-21T".len()..].contains(['Z', '+', '-', '['])
}

/// The first moment of a day. Where clocks change at midnight it is not twelve o'clock.
fn start_of_day(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(date.at(12, 0, 0, 0).to_zoned(zone.clone()).ok()?.start_of_day().ok()?.timestamp())
}

/// What stands behind `now`: nothing, or a signed number with a unit.
fn offset_us(written: &str) -> Option<i64> {
    let Some(sign) = written.chars().next() else { return Some(0) };
    let sign = match sign {
        '-' => -1,
        '+' => 1,
        _ => return None,
    };
    let digits = written[1..].find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = written[1..].split_at(digits);
    let &(_, unit_us) = UNITS_US.iter().find(|&&(name, _)| name == unit)?;
    number.parse::<i64>().ok()?.checked_mul(unit_us)?.checked_mul(sign)
}

/// The lowest and the highest reading that match; the lowest may be above the highest, which runs over midnight.
pub(super) fn clock(written: &str, part: ClockPart) -> Result<(u16, u16), Fault> {
    let (first, last) = match part {
        ClockPart::MinuteOfDay => (0, 24 * 60 - 1),
        ClockPart::Weekday => (1, 7),
    };
    let bad = || {
        Fault::Bad(match part {
            ClockPart::MinuteOfDay => {
                "`minute_of_day:` takes minutes from midnight, 0 to 1439, or times of day: `540..1020`, `09:00..17:00`"
                    .to_owned()
            }
            ClockPart::Weekday => {
                "`weekday:` takes days from 1 (Monday) to 7, or their English names: `1..5`, `mon..fri`".to_owned()
            }
        })
    };
    let read =
        |written: &str| reading(written, part).filter(|reading| (first..=last).contains(reading)).ok_or_else(bad);
    let within = |reading: u16| Some(reading).filter(|reading| (first..=last).contains(reading)).ok_or_else(bad);
    Ok(match Range::read(written).ok_or_else(bad)? {
        Range::Any => (first, last),
        Range::One(one) => (read(one)?, read(one)?),
        Range::Above { end, inclusive } => (within(read(end)? + u16::from(!inclusive))?, last),
        Range::Below { end, inclusive } => {
            (first, within(read(end)?.checked_sub(u16::from(!inclusive)).ok_or_else(bad)?)?)
        }
        Range::Between(from, to) => (from.map_or(Ok(first), read)?, to.map_or(Ok(last), read)?),
    })
}

fn reading(written: &str, part: ClockPart) -> Option<u16> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let number = |written: &str| {
        let are_digits = !written.is_empty() && written.bytes().all(|digit| digit.is_ascii_digit());
        written.parse::<u16>().ok().filter(|_| are_digits)
    };
    match part {
        ClockPart::MinuteOfDay => match written.split_once(':') {
            Some((hour, minute)) => {
                let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
                (hour < 24 && minute < 60).then_some(hour * 60 + minute)
            }
            None => number(written),
        },
        ClockPart::Weekday => {
            let name = written.to_lowercase();
            let is_day = |day: &&str| *day == name || day[..3] == name;
            number(written).or_else(|| DAYS.iter().zip(1..).find(|(day, _)| is_day(day)).map(|(_, number)| number))
        }
    }
}

#[cfg(test)]
mod tests;
