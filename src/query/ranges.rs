//! Ranges and figures as they are written: `>1000`, `<=5`, `1000..5000`, `[500 TO *]`.

use super::{NumberField, Sample};

/// A range whose ends have not been read yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range<'a> {
    /// `*`
    Any,
    /// `5`
    One(&'a str),
    /// `>5` or, inclusive, `>=5`
    Above { end: &'a str, inclusive: bool },
    /// `<5` or, inclusive, `<=5`
    Below { end: &'a str, inclusive: bool },
    /// `1..5`, both inclusive; none where open.
    Between(Option<&'a str>, Option<&'a str>),
}

impl<'a> Range<'a> {
    /// Reads the form; whether the ends are numbers or times is for others to see.
    pub(super) fn read(written: &'a str) -> Option<Self> {
        let written = written.trim();
        let end = |end: &'a str| Some(end.trim()).filter(|end| !end.is_empty());
        if written == "*" {
            Some(Self::Any)
        } else if let Some(inside) = written.strip_prefix('[') {
            let (from, to) = inside.strip_suffix(']').and_then(halves)?;
            Self::between(end(from)?, end(to)?)
        } else if let Some(rest) = written.strip_prefix(">=").or_else(|| written.strip_prefix('≥')) {
            Some(Self::Above { end: end(rest)?, inclusive: true })
        } else if let Some(rest) = written.strip_prefix("<=").or_else(|| written.strip_prefix('≤')) {
            Some(Self::Below { end: end(rest)?, inclusive: true })
        } else if let Some(rest) = written.strip_prefix('>') {
            Some(Self::Above { end: end(rest)?, inclusive: false })
        } else if let Some(rest) = written.strip_prefix('<') {
            Some(Self::Below { end: end(rest)?, inclusive: false })
        } else if let Some((from, to)) = written.split_once("..") {
            Self::between(end(from).unwrap_or("*"), end(to).unwrap_or("*"))
        } else {
            Some(Self::One(end(written)?))
        }
    }

    fn between(from: &'a str, to: &'a str) -> Option<Self> {
        let closed = |end: &'a str| Some(end).filter(|&end| end != "*");
        match (closed(from), closed(to)) {
            (None, None) => None,
            (from, to) => Some(Self::Between(from, to)),
        }
    }
}

/// The two sides of a ` TO `.
fn halves(inside: &str) -> Option<(&str, &str)> {
    let mut words = inside.split_whitespace();
    let (from, to, end) = (words.next()?, words.next()?, words.next()?);
    (to.eq_ignore_ascii_case("to") && words.next().is_none()).then_some((from, end))
}

/// Above this not every whole number has an own value in the arithmetic of both back-ends.
const COUNT_MAX: f64 = 9_007_199_254_740_991.0;
/// Ratings and scores are small; a bound keeps what is printed short.
const DECIMAL_MAX: f64 = 1_000_000.0;

/// Why a written range is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It cannot be read; says what can.
    Bad(String),
    /// Its ends change places; the range that was meant.
    Backwards(String),
}

/// The lowest and the highest value that match.
pub(super) fn numbers(written: &str, field: NumberField) -> Result<(f64, f64), Fault> {
    let bad = || {
        let (figure, sample) = if field.is_count() { ("whole numbers", "1000") } else { ("numbers such as 4.5", "4") };
        Fault::Bad(format!(
            "`{}:` takes {figure}, written as `{sample}`, `>{sample}`, `<={sample}` or `1..{sample}`",
            field.name()
        ))
    };
    let number = |written: &str| number(written, field).ok_or_else(bad);
    let (min, max) = match Range::read(written).ok_or_else(bad)? {
        Range::Any => (f64::NEG_INFINITY, f64::INFINITY),
        Range::One(value) => (number(value)?, number(value)?),
        Range::Above { end, inclusive } => {
            let end = number(end)?;
            let above = if field.is_count() { end + 1.0 } else { end.next_up() };
            (if inclusive { end } else { above }, f64::INFINITY)
        }
        Range::Below { end, inclusive } => {
            let end = number(end)?;
            let below = if field.is_count() { end - 1.0 } else { end.next_down() };
            (f64::NEG_INFINITY, if inclusive { end } else { below })
        }
        Range::Between(from, to) => {
            let min = from.map(number).transpose()?.unwrap_or(f64::NEG_INFINITY);
            let max = to.map(number).transpose()?.unwrap_or(f64::INFINITY);
            if min > max {
                return Err(Fault::Backwards(format!("{}..{}", to.unwrap_or("*"), from.unwrap_or("*"))));
            }
            (min, max)
        }
    };
    if field.is_count() && (max < 0.0 || min > COUNT_MAX) {
        return Err(Fault::Bad(format!("no number of {} lies there", field.name())));
    }
    Ok((min, max))
}

/// A share in per cent, as hundredths of it.
pub(super) fn share(written: &str) -> Option<u16> {
    let written = written.trim();
    let written = written.strip_suffix('%').unwrap_or(written);
    let (whole, decimals) = written.split_once('.').unwrap_or((written, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    if !are_digits(whole) || !are_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let hundredths: u16 = format!("{decimals:0<2}").parse().ok()?;
    let share = whole.parse::<u16>().ok()?.checked_mul(100)?.checked_add(hundredths)?;
    (1..=Sample::WHOLE).contains(&share).then_some(share)
}

fn number(written: &str, field: NumberField) -> Option<f64> {
    let digits = if field.is_count() { written } else { written.strip_prefix('-').unwrap_or(written) };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    if !are_digits(whole) || !are_digits(decimals) || (field.is_count() && digits.contains('.')) {
        return None;
    }
    let value: f64 = written.parse().ok()?;
    let most = if field.is_count() { COUNT_MAX } else { DECIMAL_MAX };
    // Adding zero makes plain zero of its negative.
    (value.abs() <= most).then_some(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFINITY: f64 = f64::INFINITY;

    #[test]
    fn ranges_of_counts() {
        for (written, expected) in [
            ("*", Some((-INFINITY, INFINITY))),
            ("5", Some((5.0, 5.0))),
            (">1000", Some((1001.0, INFINITY))),
            (">=1000", Some((1000.0, INFINITY))),
            ("<=5", Some((-INFINITY, 5.0))),
            ("≤5", Some((-INFINITY, 5.0))),
            ("<5", Some((-INFINITY, 4.0))),
            ("1000..5000", Some((1000.0, 5000.0))),
            ("1000..", Some((1000.0, INFINITY))),
            ("*..5", Some((-INFINITY, 5.0))),
            ("[500 TO *]", Some((500.0, INFINITY))),
            ("[ 500 to 600 ]", Some((500.0, 600.0))),
            ("9007199254740991", Some((COUNT_MAX, COUNT_MAX))),
            ("9007199254740992", None),
            (">9007199254740991", None),
            ("<0", None),
            ("-5", None),
            ("1.5", None),
            ("1,000", None),
            ("1e3", None),
            ("٥", None),
            ("", None),
            ("..", None),
            ("[* TO *]", None),
            ("[1 2]", None),
            ("[1 TO 2 TO 3]", None),
            (">", None),
            ("many", None),
        ] {
            assert_eq!(numbers(written, NumberField::Likes).ok(), expected, "{written}");
        }
        assert_eq!(numbers("5..1", NumberField::Likes), Err(Fault::Backwards("1..5".to_owned())));
    }

    #[test]
    fn shares() {
        for (written, expected) in [
            ("10", Some(1000)),
            ("100", Some(10_000)),
            ("0.01", Some(1)),
            ("2.5%", Some(250)),
            ("12.25", Some(1225)),
            ("0", None),
            ("0.001", None),
            ("100.01", None),
            ("1000000", None),
            ("-1", None),
            ("ten", None),
            ("", None),
        ] {
            assert_eq!(share(written), expected, "{written}");
        }
    }

    #[test]
    fn ranges_of_decimals() {
        for (written, expected) in [
            ("5", Some((5.0, 5.0))),
            ("-0.5..0.5", Some((-0.5, 0.5))),
            (">4.5", Some((4.5_f64.next_up(), INFINITY))),
            ("<0", Some((-INFINITY, 0.0_f64.next_down()))),
            ("-0", Some((0.0, 0.0))),
            (".5", None),
            ("5.", None),
            ("nan", None),
            ("inf", None),
            ("1000001", None),
        ] {
            assert_eq!(numbers(written, NumberField::SentimentScore).ok(), expected, "{written}");
        }
    }
}
