use jiff::{Timestamp, tz::TimeZone};

/// A moment of the wire as a moment of ours; `None` when absent or out of the calendar.
pub(crate) fn moment(wire: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    let wire = wire?;
    Timestamp::new(wire.seconds, wire.nanos).ok()
}

/// A moment of ours as one of the wire.
pub(crate) fn to_wire(moment: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: moment.as_second(), nanos: moment.subsec_nanosecond() }
}

/// Date and minute in a zone, e.g. `2026-11-21 22:10`.
pub(crate) fn minute(wire: Option<&prost_types::Timestamp>, zone: &TimeZone) -> String {
    shown(wire, zone, "%Y-%m-%d %H:%M")
}

/// Time of day in a zone, e.g. `22:10:05`.
pub(crate) fn second_of_day(wire: Option<&prost_types::Timestamp>, zone: &TimeZone) -> String {
    shown(wire, zone, "%H:%M:%S")
}

/// The whole moment with its zone, e.g. `2026-11-21 22:10:05 +01:00`.
pub(crate) fn full(wire: Option<&prost_types::Timestamp>, zone: &TimeZone) -> String {
    shown(wire, zone, "%Y-%m-%d %H:%M:%S %:z")
}

fn shown(wire: Option<&prost_types::Timestamp>, zone: &TimeZone, format: &str) -> String {
    moment(wire)
        .map_or_else(|| "no time".to_owned(), |moment| moment.to_zoned(zone.clone()).strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_times_in_the_zone_asked_for() {
        let wire = to_wire("2026-07-01T22:10:05Z".parse().unwrap());
        let rome = TimeZone::get("Europe/Rome").unwrap();
        assert_eq!(minute(Some(&wire), &rome), "2026-07-02 00:10");
        assert_eq!(full(Some(&wire), &TimeZone::UTC), "2026-07-01 22:10:05 +00:00");
        assert_eq!(minute(None, &TimeZone::UTC), "no time");
        let absurd = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
        assert_eq!(minute(Some(&absurd), &TimeZone::UTC), "no time");
    }
}
