//! `[brand.coverage]` and `[[brand.target]]` of a profile: when it answers, and how soon.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use toml::Spanned;

use super::nearest;
use crate::{
    base::limits::{COVERAGE_EXCEPTIONS_MAX, COVERAGE_WINDOWS_MAX, TARGET_MINUTES_MAX, TARGETS_MAX},
    model::{self, PriorityLevel},
};

/// A place of the file, in bytes, and what is wrong there.
pub(super) type Wrong = (Range<usize>, String);

type Windows = Option<Spanned<Vec<Spanned<String>>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coverage {
    time_zone: Spanned<String>,
    every_day: Windows,
    weekdays: Windows,
    weekend: Windows,
    monday: Windows,
    tuesday: Windows,
    wednesday: Windows,
    thursday: Windows,
    friday: Windows,
    saturday: Windows,
    sunday: Windows,
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    date: Spanned<String>,
    hours: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    platform: Option<String>,
    priority: Option<String>,
    first_reply_minutes: Option<u32>,
    next_reply_minutes: Option<u32>,
    due_soon_minutes: Option<u32>,
}

/// Weeks within which a target has to come to its end.
const WEEKS: u64 = 52;

/// The coverage of a profile. `place` is where it stands in the file.
pub(super) fn coverage(place: Range<usize>, written: Coverage) -> Result<model::Coverage, Wrong> {
    let time_zone = time_zone(&written.time_zone)?;
    let days = [
        (written.monday, &written.weekdays),
        (written.tuesday, &written.weekdays),
        (written.wednesday, &written.weekdays),
        (written.thursday, &written.weekdays),
        (written.friday, &written.weekdays),
        (written.saturday, &written.weekend),
        (written.sunday, &written.weekend),
    ];
    let mut weekly: [Vec<model::Window>; 7] = Default::default();
    let mut places: [Range<usize>; 7] = std::array::from_fn(|_| place.clone());
    for ((of_day, place), (own, shared)) in weekly.iter_mut().zip(&mut places).zip(days) {
        if let Some(written) = own.as_ref().or(shared.as_ref()).or(written.every_day.as_ref()) {
            *place = written.span();
            *of_day = windows(place, written.get_ref())?;
        }
    }
    if weekly.iter().all(Vec::is_empty) {
        return Err((
            place,
            "the coverage never opens; give hours such as `every_day = [\"05:00-20:00\"]`, or leave the table out to answer round the clock"
                .to_owned(),
        ));
    }
    for today in 0..7 {
        let tomorrow = (today + 1) % 7;
        let last = weekly.get(today).and_then(|it| it.last());
        let first = weekly.get(tomorrow).and_then(|it| it.first());
        if let (Some(last), Some(first)) = (last, first)
            && last.end_minute > model::Window::DAY_MINUTES + first.begin_minute
        {
            let name = |day: usize| model::Coverage::WEEK.get(day).copied().unwrap_or_default();
            return Err((
                places.get(today).cloned().unwrap_or(place),
                format!(
                    "{} of {} runs into {} of {}; end the first where the second begins",
                    last,
                    name(today),
                    first,
                    name(tomorrow)
                ),
            ));
        }
    }
    let (days, holidays) = exceptions(&place, &written.exception)?;
    Ok(model::Coverage { time_zone, weekly, days, holidays })
}

fn time_zone(written: &Spanned<String>) -> Result<TimeZone, Wrong> {
    let name = written.get_ref();
    TimeZone::get(name).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|known| known.to_string()).collect();
        let city = |name: &str| name.rsplit('/').next().unwrap_or(name).replace([' ', '-'], "_").to_lowercase();
        // People know the city, not the continent it is filed under.
        let of_city = known.iter().find(|known| city(known) == city(name)).map(String::as_str);
        let nearest = of_city.or_else(|| nearest(name, known.iter().map(String::as_str))).unwrap_or("UTC");
        let message = format!(
            "there is no time zone `{name}`; names are those of the IANA database, and the nearest is `{nearest}`"
        );
        (written.span(), message)
    })
}

type Exceptions = (BTreeMap<Date, Vec<model::Window>>, BTreeMap<(i8, i8), Vec<model::Window>>);

fn exceptions(place: &Range<usize>, written: &[Exception]) -> Result<Exceptions, Wrong> {
    if written.len() > COVERAGE_EXCEPTIONS_MAX {
        let found = written.len();
        return Err((
            place.clone(),
            format!("the coverage has {found} exceptions, {COVERAGE_EXCEPTIONS_MAX} are allowed"),
        ));
    }
    let (mut days, mut holidays) = (BTreeMap::new(), BTreeMap::new());
    for exception in written {
        let (place, date) = (exception.date.span(), exception.date.get_ref());
        let hours = windows(&place, &exception.hours)?;
        let twice = match the_date(date) {
            Some(TheDate::Once(day)) => days.insert(day, hours).is_some(),
            Some(TheDate::EveryYear(month, day)) => holidays.insert((month, day), hours).is_some(),
            None => {
                return Err((
                    place,
                    format!("there is no date `{date}`; write one day as 2026-12-25, or a day of every year as 12-25"),
                ));
            }
        };
        if twice {
            return Err((place, format!("the exception {date} stands twice; write all its hours into one")));
        }
    }
    Ok((days, holidays))
}

enum TheDate {
    Once(Date),
    EveryYear(i8, i8),
}

/// 29 February is a day of every year too: of those that have it.
fn the_date(written: &str) -> Option<TheDate> {
    const LEAP_YEAR: i16 = 2000;
    let number = |digits: &str, length: usize| {
        (digits.len() == length && digits.bytes().all(|it| it.is_ascii_digit())).then(|| digits.parse::<i16>().ok())?
    };
    let parts: Vec<&str> = written.split('-').collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] => (Some(number(year, 4)?), month, day),
        [month, day] => (None, month, day),
        _ => return None,
    };
    let (month, day) = (i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?);
    let date = Date::new(year.unwrap_or(LEAP_YEAR), month, day).ok()?;
    Some(if year.is_some() { TheDate::Once(date) } else { TheDate::EveryYear(month, day) })
}

/// The windows of one day, in order of time.
fn windows(place: &Range<usize>, written: &[Spanned<String>]) -> Result<Vec<model::Window>, Wrong> {
    if written.len() > COVERAGE_WINDOWS_MAX {
        let found = written.len();
        return Err((place.clone(), format!("one day has {found} windows, {COVERAGE_WINDOWS_MAX} are allowed")));
    }
    let mut windows = Vec::with_capacity(written.len());
    for one in written {
        windows.push((window(one.get_ref()).map_err(|message| (one.span(), message))?, one));
    }
    windows.sort_by_key(|(window, _)| *window);
    for ((earlier, _), (later, place)) in windows.iter().zip(windows.iter().skip(1)) {
        if earlier.end_minute > later.begin_minute {
            let message = format!("{} and {} overlap; make one window of both", earlier, later);
            return Err((place.span(), message));
        }
    }
    Ok(windows.into_iter().map(|(window, _)| window).collect())
}

/// `05:00-20:00`; what ends no later than it begins runs past midnight.
fn window(written: &str) -> Result<model::Window, String> {
    const DAY_MINUTES: u16 = model::Window::DAY_MINUTES;
    let unreadable =
        || format!("`{written}` are no hours; write them as \"05:00-20:00\", until midnight as \"20:00-24:00\"");
    let (begin, end) = written.split_once('-').ok_or_else(unreadable)?;
    let (begin_minute, end_minute) = (minute(begin).ok_or_else(unreadable)?, minute(end).ok_or_else(unreadable)?);
    if begin_minute == end_minute {
        return Err(format!(
            "`{written}` ends where it begins; write all day as \"00:00-24:00\", and a closed day as []"
        ));
    }
    if begin_minute == DAY_MINUTES {
        return Err(format!("`{written}` begins at the end of the day; write 00:00 on the day after"));
    }
    let end_minute = if end_minute < begin_minute { end_minute + DAY_MINUTES } else { end_minute };
    Ok(model::Window { begin_minute, end_minute })
}

fn minute(written: &str) -> Option<u16> {
    let (hours, minutes) = written.trim().split_once(':')?;
    let number = |digits: &str| digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?;
    let is_clock = (1..=2).contains(&hours.len()) && minutes.len() == 2;
    let (hours, minutes) = is_clock.then(|| Some((number(hours)?, number(minutes)?)))??;
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= model::Window::DAY_MINUTES).then_some(minute)
}

/// The targets of a profile with this coverage. `place` is where the profile stands in the file.
pub(super) fn targets(
    place: Range<usize>,
    written: Vec<Spanned<Target>>,
    coverage: Option<&model::Coverage>,
) -> Result<Vec<model::Target>, Wrong> {
    if written.len() > TARGETS_MAX {
        return Err((place, format!("there are {} targets, {TARGETS_MAX} are allowed", written.len())));
    }
    let week_minutes: u64 = match coverage {
        None => 7 * u64::from(model::Window::DAY_MINUTES),
        Some(coverage) => coverage.weekly.iter().flatten().map(|window| u64::from(window.minutes())).sum(),
    };
    let mut targets: Vec<model::Target> = Vec::with_capacity(written.len());
    let mut seen = BTreeSet::new();
    for target in written {
        let place = target.span();
        let target = checked(target.into_inner(), week_minutes).map_err(|message| (place.clone(), message))?;
        if !seen.insert((target.platform.clone(), target.priority)) {
            let message = "two targets hold for the same platform and priority; write all their minutes into one";
            return Err((place, message.to_owned()));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn checked(written: Target, week_minutes: u64) -> Result<model::Target, String> {
    let Target { platform, priority, first_reply_minutes, next_reply_minutes, due_soon_minutes } = written;
    if let Some(platform) = platform.as_deref().filter(|platform| !is_platform(platform)) {
        return Err(wrong_platform(platform));
    }
    let priority = match priority.as_deref() {
        None => None,
        Some(word) => Some(PriorityLevel::from_word(word).ok_or_else(|| unknown_priority(word))?),
    };
    let times = [("first_reply_minutes", first_reply_minutes), ("next_reply_minutes", next_reply_minutes)];
    if times.iter().all(|(_, minutes)| minutes.is_none()) {
        return Err("a target needs first_reply_minutes, next_reply_minutes, or both".to_owned());
    }
    for (key, minutes) in times.into_iter().filter_map(|(key, minutes)| Some((key, minutes?))) {
        if !(1..=TARGET_MINUTES_MAX).contains(&minutes) {
            return Err(format!("{key} is {minutes}; a target is from 1 to {TARGET_MINUTES_MAX} minutes"));
        }
        if u64::from(minutes) > week_minutes * WEEKS {
            return Err(format!(
                "{key} is {minutes}, and the coverage has {week_minutes} minutes a week; make it less than a year takes"
            ));
        }
        if let Some(soon) = due_soon_minutes.filter(|soon| !(1..minutes).contains(soon)) {
            return Err(format!(
                "due_soon_minutes is {soon}; it has to be at least 1 and less than {key}, which is {minutes}"
            ));
        }
    }
    Ok(model::Target { platform, priority, first_reply_minutes, next_reply_minutes, due_soon_minutes })
}

fn unknown_priority(word: &str) -> String {
    let known = || PriorityLevel::ALL.iter().map(|level| level.word());
    let nearest = nearest(word, known()).unwrap_or_default();
    let all = known().collect::<Vec<_>>().join(", ");
    format!("there is no priority `{word}`; priorities are {all}, and the nearest is `{nearest}`")
}

/// Whether a word can be the name of a platform.
pub(super) fn is_platform(word: &str) -> bool {
    let is_right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !word.is_empty() && word.bytes().all(is_right)
}

/// What is said of a word that cannot.
pub(super) fn wrong_platform(word: &str) -> String {
    format!("the platform `{word}` must be of lower-case letters a-z, digits, _, - and .")
}

#[cfg(test)]
mod tests;
