use jiff::{Span, SpanRelativeTo, Timestamp, civil, tz::TimeZone};

/// A moment on the command line: `2026-11-21T08:00Z`, `2026-11-21 08:00` or `2026-11-21` in a zone, or `24h`, `7d` ago.
///
/// # Errors
/// What may be written instead.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    let allowed =
        || format!("`{text}` is no time; write 2026-11-21T08:00:00Z, 2026-11-21, or 24h or 7d for so long ago");
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return local.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| allowed());
    }
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return ago(text, zone, now).ok_or_else(allowed);
    }
    Err(allowed())
}

/// `35m`, `24h`, `7d` before now; days are calendar days of the zone.
pub(super) fn ago(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let span: Span = text.parse().ok()?;
    let zoned = now.to_zoned(zone.clone());
    // Checks that the span has a meaning in this zone before it is taken.
    span.total((jiff::Unit::Second, SpanRelativeTo::from(&zoned))).ok()?;
    zoned.checked_sub(span).ok().map(|earlier| earlier.timestamp())
}

/// The zone a caller names; UTC where none is named.
///
/// # Errors
/// There is no such zone.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    if name.is_empty() {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`; write an IANA name, e.g. Europe/Rome"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_as_people_write_them() {
        let rome = zone("Europe/Rome").unwrap();
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-21T08:00:00Z", Some("2026-11-21T08:00:00Z")),
            ("2026-11-21T08:00+01:00", Some("2026-11-21T07:00:00Z")),
            ("2026-11-21", Some("2026-11-20T23:00:00Z")),
            ("2026-11-21T08:00", Some("2026-11-21T07:00:00Z")),
            ("24h", Some("2026-11-20T12:00:00Z")),
            ("7d", Some("2026-11-14T12:00:00Z")),
            ("yesterday", None),
            ("-3d", None),
            ("", None),
            ("2026-13-01", None),
        ] {
            let expected = expected.map(|moment| moment.parse::<Timestamp>().unwrap());
            assert_eq!(moment(text, &rome, now).ok(), expected, "{text}");
        }
    }
}
