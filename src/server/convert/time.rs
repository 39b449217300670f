use crate::{
    base::{Timestamp, limits::CREATED_AHEAD_SECONDS_MAX},
    engine::Rejection,
    server::convert::checks::rejection,
};

/// 2001 to 2286 in milliseconds, read as seconds: the usual slip of the unit.
const SECONDS_THAT_ARE_MILLISECONDS: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

/// A moment of the past, or of the near future where clocks differ; whole microseconds.
pub(super) fn time_from_wire(
    field: &str,
    wire: prost_types::Timestamp,
    received_at: Timestamp,
) -> Result<Timestamp, Rejection> {
    if SECONDS_THAT_ARE_MILLISECONDS.contains(&wire.seconds) {
        return Err(rejection(
            field,
            format!("{} seconds since 1970 look like milliseconds; divide by 1,000", wire.seconds),
        ));
    }
    let time = any_time_from_wire(field, wire)?;
    if time < Timestamp::UNIX_EPOCH {
        return Err(rejection(field, format!("{time} is before 1970; check its unit and source")));
    }
    let ahead_seconds = time.as_second().saturating_sub(received_at.as_second());
    if ahead_seconds > CREATED_AHEAD_SECONDS_MAX {
        return Err(rejection(
            field,
            format!(
                "{time} is more than {} hours ahead of the server's clock ({received_at}); check its unit and time zone",
                CREATED_AHEAD_SECONDS_MAX / 3600
            ),
        ));
    }
    Ok(time)
}

/// Any moment there is a date for; whole microseconds.
pub(super) fn any_time_from_wire(field: &str, wire: prost_types::Timestamp) -> Result<Timestamp, Rejection> {
    if !(0..1_000_000_000).contains(&wire.nanos) {
        return Err(rejection(field, format!("has {} nanos; 0 to 999,999,999 are allowed", wire.nanos)));
    }
    // The log keeps microseconds: what is read back must be equal to what was taken.
    Timestamp::new(wire.seconds, wire.nanos - wire.nanos % 1000).map_err(|_| {
        rejection(
            field,
            format!("{} seconds since 1970 are too far from now to be a date; check the unit", wire.seconds),
        )
    })
}

/// A moment for the wire, whose seconds count down before 1970 while the nanoseconds count up.
pub(crate) fn time_to_wire(time: Timestamp) -> prost_types::Timestamp {
    let us = time.as_microsecond();
    let nanos = i32::try_from(us.rem_euclid(1_000_000) * 1000).unwrap_or_default();
    prost_types::Timestamp { seconds: us.div_euclid(1_000_000), nanos }
}
