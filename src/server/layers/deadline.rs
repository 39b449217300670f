use std::time::Duration;

use http::HeaderMap;

use crate::server::ServerOptions;

/// How long a unary call may take: what the client says in `grpc-timeout`, bounded, or the default. A header that
/// cannot be read counts as absent, as the specification of gRPC leaves open.
pub(super) fn time_allowed(headers: &HeaderMap, options: &ServerOptions) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| parse(value.to_str().ok()?));
    asked.map_or(options.request_timeout, |asked| asked.min(options.request_timeout_max))
}

/// At most eight digits and a unit, as in `250m`.
fn parse(value: &str) -> Option<Duration> {
    let unit = value.chars().next_back()?;
    let digits = value.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        'H' => Some(Duration::from_secs(number * 3600)),
        'M' => Some(Duration::from_secs(number * 60)),
        'S' => Some(Duration::from_secs(number)),
        'm' => Some(Duration::from_millis(number)),
        'u' => Some(Duration::from_micros(number)),
        'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(header: Option<&str>) -> Duration {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("grpc-timeout", value.parse().unwrap());
        }
        time_allowed(&headers, &ServerOptions::default())
    }

    #[test]
    fn the_client_says_how_long_within_bounds() {
        for (header, expected) in [
            (None, Duration::from_secs(30)),
            (Some("1S"), Duration::from_secs(1)),
            (Some("250m"), Duration::from_millis(250)),
            (Some("7u"), Duration::from_micros(7)),
            (Some("99999999n"), Duration::from_nanos(99_999_999)),
            (Some("2M"), Duration::from_secs(120)),
            (Some("99999999H"), Duration::from_secs(120)),
            (Some("123456789S"), Duration::from_secs(30)),
            (Some("S"), Duration::from_secs(30)),
            (Some("1X"), Duration::from_secs(30)),
            (Some("+1S"), Duration::from_secs(30)),
            (Some("1"), Duration::from_secs(30)),
        ] {
            assert_eq!(allowed(header), expected, "{header:?}");
        }
    }
}
