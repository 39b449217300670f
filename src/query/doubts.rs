//! Queries that can be read, but that no mention can match: what one part asks for, another one rules out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Keyword, KeywordField, KeywordTest, Moment, Node, NumberField, ProblemCode, Reference, TimeField, problem::Problems,
};
use crate::base::Span;

/// Warns of every part of a query that cannot match together with those before it.
pub(super) fn warn(node: &Node<Reference>, problems: &mut Problems) {
    match node {
        Node::And(parts) => {
            for (span, message) in Together::contradictions(parts) {
                problems.warning(ProblemCode::NeverMatches, span, message, None);
            }
            parts.iter().for_each(|part| warn(part, problems));
        }
        Node::Or(parts) => parts.iter().for_each(|part| warn(part, problems)),
        Node::Not(part) => warn(part, problems),
        _ => {}
    }
}

/// The first contradiction for which no mention can match the whole, whatever else it holds.
pub(super) fn contradiction(node: &Node<Reference>) -> Option<(Span, String)> {
    match node {
        Node::And(parts) => {
            let here = Together::contradictions(parts).into_iter().next();
            here.or_else(|| parts.iter().find_map(contradiction))
        }
        // Of several ways one is enough.
        Node::Or(parts) => {
            let mut all = parts.iter().map(contradiction).collect::<Option<Vec<_>>>()?;
            all.truncate(1);
            all.pop()
        }
        _ => None,
    }
}

/// What is left for a mention that matches all parts so far.
#[derive(Default)]
struct Together<'q> {
    values: BTreeMap<KeywordField, BTreeSet<&'q str>>,
    numbers: BTreeMap<NumberField, (f64, f64)>,
    times: BTreeMap<TimeField, (i64, i64)>,
    /// Canonical texts of the parts asked for.
    asked: HashMap<String, Span>,
    ruled_out: HashMap<String, Span>,
}

impl<'q> Together<'q> {
    /// What each part asks for that those before it rule out.
    fn contradictions(parts: &'q [Node<Reference>]) -> Vec<(Span, String)> {
        let mut so_far = Self::default();
        let told = parts.iter().filter_map(|part| {
            so_far
                .values(part)
                .or_else(|| so_far.number(part))
                .or_else(|| so_far.time(part))
                .or_else(|| so_far.denial(part))
        });
        told.collect()
    }

    fn values(&mut self, part: &'q Node<Reference>) -> Option<(Span, String)> {
        let (field, wanted, span) = alternatives(part)?;
        if !is_single(field) {
            return None;
        }
        let left = match self.values.remove(&field) {
            Some(before) => before.intersection(&wanted).copied().collect(),
            None => wanted,
        };
        let is_empty = left.is_empty();
        self.values.insert(field, left);
        is_empty.then(|| {
            let name = field.name();
            (
                span,
                format!(
                    "no mention can match: it has only one value of `{name}:`, and another one is asked for before"
                ),
            )
        })
    }

    fn number(&mut self, part: &Node<Reference>) -> Option<(Span, String)> {
        let Node::Number(number) = part else { return None };
        let range = self.numbers.entry(number.field).or_insert((f64::NEG_INFINITY, f64::INFINITY));
        *range = (range.0.max(number.min), range.1.min(number.max));
        (range.0 > range.1).then(|| {
            let name = number.field.name();
            (
                number.span,
                format!("no mention can match: the ranges of `{name}:` have nothing in common; for either write OR"),
            )
        })
    }

    /// Only times on the calendar: the others move.
    fn time(&mut self, part: &Node<Reference>) -> Option<(Span, String)> {
        let Node::Time(time) = part else { return None };
        let on_calendar = |moment: Option<Moment>| match moment {
            Some(Moment::At(at)) => Some(at.as_microsecond()),
            _ => None,
        };
        let range = self.times.entry(time.field).or_insert((i64::MIN, i64::MAX));
        range.0 = range.0.max(on_calendar(time.from).unwrap_or(i64::MIN));
        range.1 = range.1.min(on_calendar(time.before).unwrap_or(i64::MAX));
        (range.0 >= range.1).then(|| {
            let name = time.field.name();
            (
                time.span,
                format!("no mention can match: the times of `{name}:` have nothing in common; for either write OR"),
            )
        })
    }

    /// `tea -tea`
    fn denial(&mut self, part: &Node<Reference>) -> Option<(Span, String)> {
        let (leaf, here, there) = match part {
            Node::Not(inside) => (inside.as_ref(), &mut self.ruled_out, &self.asked),
            other => (other, &mut self.asked, &self.ruled_out),
        };
        let span = leaf_span(leaf)?;
        let written = leaf.to_string();
        let contradicts = there.contains_key(&written);
        let message = format!("no mention can match: {} is asked for and ruled out", super::problem::shown(&written));
        here.entry(written).or_insert(span);
        contradicts.then_some((span, message))
    }
}

/// The values of one field of which a mention has to have one.
fn alternatives(part: &Node<Reference>) -> Option<(KeywordField, BTreeSet<&str>, Span)> {
    match part {
        Node::Keyword(Keyword { field, test: KeywordTest::Is(value), span }) => {
            Some((*field, BTreeSet::from([value.as_str()]), *span))
        }
        Node::Or(parts) => {
            let mut parts = parts.iter().map(alternatives);
            let (field, mut values, mut span) = parts.next()??;
            for part in parts {
                let (other, more, place) = part?;
                if other != field {
                    return None;
                }
                values.extend(more);
                span = span.join(place);
            }
            Some((field, values, span))
        }
        _ => None,
    }
}

/// Fields of which a mention has one value at most.
const fn is_single(field: KeywordField) -> bool {
    matches!(
        field,
        KeywordField::From
            | KeywordField::To
            | KeywordField::Platform
            | KeywordField::Type
            | KeywordField::Lang
            | KeywordField::Country
            | KeywordField::Thread
            | KeywordField::Id
            | KeywordField::Sentiment
            | KeywordField::Status
    )
}

fn leaf_span(node: &Node<Reference>) -> Option<Span> {
    Some(match node {
        Node::Words(leaf) => leaf.span,
        Node::HasText(leaf) => leaf.span,
        Node::Keyword(leaf) => leaf.span,
        Node::Sample(leaf) => leaf.span,
        Node::Reference(leaf) => leaf.span(),
        _ => return None,
    })
}
