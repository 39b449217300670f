//! The slow, obvious reading of a query: what the index has to agree with.

use crate::{
    base::Timestamp,
    model::Version,
    query::{KeywordTest, Node, Phrase, TimeField, document},
    text::Tokens,
};

/// Whether a version matches.
pub(super) fn matches(node: &Node, version: &Version, now: Timestamp) -> bool {
    match node {
        Node::All => true,
        Node::Phrase(phrase) => holds_phrase(phrase, version),
        Node::Keyword(keyword) => document::keywords(version).iter().any(|(field, value)| {
            *field == keyword.field
                && match &keyword.test {
                    KeywordTest::Is(wanted) => value == wanted,
                    KeywordTest::StartsWith(beginning) => value.starts_with(beginning.as_str()),
                    KeywordTest::Set => true,
                }
        }),
        Node::Number(number) => {
            document::number(version, number.field).is_some_and(|value| number.min <= value && value <= number.max)
        }
        Node::Time(time) => {
            let moment = document::time(version, time.field).as_microsecond();
            time.from.is_none_or(|from| from.resolve_us(now) <= moment)
                && time.before.is_none_or(|before| moment < before.resolve_us(now))
        }
        Node::LocalTime(local_time) => local_time.holds(document::time(version, TimeField::Published)),
        Node::And(parts) => parts.iter().all(|part| matches(part, version, now)),
        Node::Or(parts) => parts.iter().any(|part| matches(part, version, now)),
        Node::Not(part) => !matches(part, version, now),
    }
}

fn holds_phrase(phrase: &Phrase, version: &Version) -> bool {
    phrase.fields.iter().any(|field| {
        let text = document::text(version, field);
        let tokens = Tokens::of(&text);
        let stands_at =
            |position: u32, term: &str| tokens.iter().any(|token| token.position == position && token.term == term);
        tokens
            .iter()
            .map(|token| token.position)
            .any(|start| phrase.terms.iter().all(|term| stands_at(start + term.offset, &term.term)))
    })
}
