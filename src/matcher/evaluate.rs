use super::occurrences::{marked, occurs};
use crate::{
    base::{Span, Timestamp, limits::HIGHLIGHTS_MAX},
    query::{Document, Keyword, KeywordTest, LocalTime, Node, Number, TextField, Time, TimeField},
};

/// Whether a mention matches, when it is `now`. The meaning of every [`Node`] is what stands here.
#[must_use]
pub fn evaluate(node: &Node, document: &Document, now: Timestamp) -> bool {
    match node {
        Node::All => true,
        Node::Words(words) => words.fields.iter().any(|field| occurs(&words.pattern, &document.texts[field as usize])),
        Node::HasText(asked) => document.has_text[asked.field as usize],
        Node::Keyword(keyword) => keyword_holds(keyword, document),
        Node::Number(number) => number_holds(number, document),
        Node::Time(time) => time_holds(time, document, now),
        Node::LocalTime(local) => local_time_holds(local, document),
        Node::Sample(sample) => document.sample < sample.share,
        Node::Reference(never) => match *never {},
        Node::And(parts) => parts.iter().all(|part| evaluate(part, document, now)),
        Node::Or(parts) => parts.iter().any(|part| evaluate(part, document, now)),
        Node::Not(part) => !evaluate(part, document, now),
    }
}

/// Where the words of a query stand in a mention that matches it: ordered by field and place, each once, at most
/// [`HIGHLIGHTS_MAX`]. What stands behind NOT, and parts that do not match, mark nothing.
#[must_use]
pub fn highlights(node: &Node, document: &Document, now: Timestamp) -> Vec<(TextField, Span)> {
    let mut found = Vec::new();
    collect(node, document, now, &mut found);
    found.sort_unstable();
    found.dedup();
    found.truncate(HIGHLIGHTS_MAX);
    found
}

fn collect(node: &Node, document: &Document, now: Timestamp, found: &mut Vec<(TextField, Span)>) {
    match node {
        Node::Words(words) => {
            for field in words.fields.iter() {
                let spans = marked(&words.pattern, &document.texts[field as usize]);
                found.extend(spans.into_iter().take(HIGHLIGHTS_MAX).map(|span| (field, span)));
            }
        }
        Node::And(parts) => parts.iter().for_each(|part| collect(part, document, now, found)),
        Node::Or(parts) => parts
            .iter()
            .filter(|part| evaluate(part, document, now))
            .for_each(|part| collect(part, document, now, found)),
        Node::All
        | Node::HasText(_)
        | Node::Keyword(_)
        | Node::Number(_)
        | Node::Time(_)
        | Node::LocalTime(_)
        | Node::Sample(_)
        | Node::Not(_) => {}
        Node::Reference(never) => match *never {},
    }
}

fn keyword_holds(keyword: &Keyword, document: &Document) -> bool {
    let start = document.keywords.partition_point(|(field, _)| *field < keyword.field);
    let mut values = document.keywords[start..].iter().take_while(|(field, _)| *field == keyword.field);
    match &keyword.test {
        KeywordTest::Is(value) => values.any(|(_, held)| held == value),
        KeywordTest::OneOf(wanted) => values.any(|(_, held)| wanted.binary_search(held).is_ok()),
        KeywordTest::StartsWith(beginning) => values.any(|(_, held)| held.starts_with(beginning.as_str())),
        KeywordTest::Set => values.next().is_some(),
    }
}

fn number_holds(number: &Number, document: &Document) -> bool {
    document.numbers[number.field as usize].is_some_and(|held| number.min <= held && held <= number.max)
}

fn time_holds(time: &Time, document: &Document, now: Timestamp) -> bool {
    let moment = match time.field {
        TimeField::Published => document.published,
        TimeField::Ingested => document.ingested,
    };
    let moment_us = moment.as_microsecond();
    time.from.is_none_or(|from| from.resolve_us(now) <= moment_us)
        && time.before.is_none_or(|before| moment_us < before.resolve_us(now))
}

fn local_time_holds(local: &LocalTime, document: &Document) -> bool {
    local.holds(document.published)
}
