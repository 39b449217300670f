//! Query → canonical text: AND written out, brackets only where they are needed, values as they are compared, times in
//! UTC. Parsed in the same time zone it gives the same query. It can be longer than the text the query was made of.

use std::fmt::{self, Display, Formatter};

use super::{
    HasText, Keyword, KeywordField, KeywordTest, LocalTime, Moment, Node, Number, Pattern, Query, Reference, Sample,
    Time, Words, field::Field, letters::in_quotes, lexer, times::UNITS_US,
};
use crate::base::Timestamp;

impl<R: Display> Display for Query<R> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl<R: Display> Display for Node<R> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Words(words) => words.fmt(f),
            Self::HasText(HasText { field, .. }) => write!(f, "{}:*", field.name()),
            Self::Keyword(keyword) => keyword.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::LocalTime(time) => time.fmt(f),
            Self::Sample(sample) => sample.fmt(f),
            Self::Reference(reference) => reference.fmt(f),
            Self::And(parts) => print_joined(parts, " AND ", f),
            Self::Or(parts) => print_joined(parts, " OR ", f),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                print_operand(part, f)
            }
        }
    }
}

fn print_joined<R: Display>(parts: &[Node<R>], operator: &str, f: &mut Formatter<'_>) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(operator)?;
        }
        print_operand(part, f)?;
    }
    Ok(())
}

fn print_operand<R: Display>(part: &Node<R>, f: &mut Formatter<'_>) -> fmt::Result {
    match part {
        Node::And(_) | Node::Or(_) => write!(f, "({part})"),
        _ => part.fmt(f),
    }
}

impl Display for Words {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.fields.is_default() {
            return f.write_str(&self.written);
        }
        let Some(field) = self.fields.iter().next() else { return Ok(()) };
        match &self.pattern {
            Pattern::Near { .. } => write!(f, "{}:({})", field.name(), self.written),
            _ => write!(f, "{}:{}", field.name(), self.written),
        }
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { field, name, .. } => write!(f, "{}:list:{name}", field.name()),
            Self::SavedSearch { id, .. } if id != "*" && lexer::is_one_word("search:", id) => write!(f, "search:{id}"),
            Self::SavedSearch { id, .. } => write!(f, "search:{}", in_quotes(id)),
        }
    }
}

impl Display for Sample {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "sample:{}", f64::from(self.share) / f64::from(Self::WHOLE / 100))
    }
}

impl Display for Keyword {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let prefix = format!("{}:", self.field.name());
        f.write_str(&prefix)?;
        let value = match &self.test {
            KeywordTest::Is(value) | KeywordTest::StartsWith(value) => value,
            KeywordTest::Set => return f.write_str("*"),
            // Of a list that has been put in its place: nobody reads this again.
            KeywordTest::OneOf(values) => return write!(f, "({})", values.join(" OR ")),
        };
        let has_open_letters = value.contains('*') || (value.contains('?') && !Field::Keyword(self.field).is_address());
        let is_handle = matches!(self.field, KeywordField::From | KeywordField::To | KeywordField::Mentions);
        let is_list = is_handle && value.starts_with("list:");
        let is_bare = !has_open_letters && !is_list && lexer::is_one_word(&prefix, value);
        if is_bare { f.write_str(value) } else { f.write_str(&in_quotes(value)) }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (min, max) = (self.min, self.max);
        write!(f, "{}:", self.field.name())?;
        match (min.is_finite(), max.is_finite()) {
            (false, false) => f.write_str("*"),
            (true, false) => f.write_str(&shorter(format!(">={min}"), format!(">{}", min.next_down()))),
            (false, true) => f.write_str(&shorter(format!("<={max}"), format!("<{}", max.next_up()))),
            (true, true) if min.to_bits() == max.to_bits() => write!(f, "{min}"),
            (true, true) => write!(f, "{min}..{max}"),
        }
    }
}

/// The neighbour of a round number has seventeen digits: the form with the round number is the one that was written.
fn shorter(inclusive: String, exclusive: String) -> String {
    if exclusive.len() < inclusive.len() { exclusive } else { inclusive }
}

impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.field.name())?;
        match (self.from, self.before) {
            (None, None) => f.write_str("*"),
            (Some(from), None) => match microsecond_before(from) {
                Some(end) if is_rounder(end, from) => write!(f, ">{}", Written(end)),
                _ => write!(f, ">={}", Written(from)),
            },
            (None, Some(before)) => match microsecond_before(before) {
                Some(end) if is_rounder(end, before) => write!(f, "<={}", Written(end)),
                _ => write!(f, "<{}", Written(before)),
            },
            (Some(from), Some(before)) => {
                write!(f, "{}..{}", Written(from), Written(microsecond_before(before).unwrap_or(before)))
            }
        }
    }
}

fn microsecond_before(moment: Moment) -> Option<Moment> {
    match moment {
        Moment::At(timestamp) => {
            Timestamp::from_microsecond(timestamp.as_microsecond().checked_sub(1)?).ok().map(Moment::At)
        }
        Moment::FromNow(offset_us) => offset_us.checked_sub(1).map(Moment::FromNow),
    }
}

/// Whether the first is a whole second and the other is not.
fn is_rounder(moment: Moment, other: Moment) -> bool {
    let is_whole = |moment: Moment| match moment {
        Moment::At(timestamp) => timestamp.as_microsecond() % 1_000_000 == 0,
        Moment::FromNow(offset_us) => offset_us % 1_000_000 == 0,
    };
    is_whole(moment) && !is_whole(other)
}

struct Written(Moment);

impl Display for Written {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Moment::At(timestamp) => timestamp.fmt(f),
            Moment::FromNow(0) => f.write_str("now"),
            Moment::FromNow(offset_us) => {
                let unit = UNITS_US.iter().find(|&&(_, unit_us)| offset_us % unit_us == 0);
                let &(name, unit_us) = unit.unwrap_or(&("us", 1));
                write!(f, "now{:+}{name}", offset_us / unit_us)
            }
        }
    }
}

impl Display for LocalTime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.part.name(), self.min)?;
        if self.max == self.min { Ok(()) } else { write!(f, "..{}", self.max) }
    }
}
