//! The slow, obvious reading of a query: what the index has to agree with.

use crate::{
    base::Timestamp,
    model::Version,
    query::{KeywordTest, Node, Pattern, TimeField, Words, document},
    text::{Tokens, Word},
};

/// Whether a version matches.
pub(super) fn matches(node: &Node, version: &Version, now: Timestamp) -> bool {
    match node {
        Node::All => true,
        Node::Words(words) => holds_words(words, version),
        Node::HasText(asked) => document::has_text(version, asked.field),
        Node::Sample(sample) => document::sample(&version.mention.name) < sample.share,
        Node::Reference(never) => match *never {},
        Node::Keyword(keyword) => document::keywords(version).iter().any(|(field, value)| {
            *field == keyword.field
                && match &keyword.test {
                    KeywordTest::Is(wanted) => value == wanted,
                    KeywordTest::OneOf(wanted) => wanted.contains(value),
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

/// Single words and phrases of single forms.
fn holds_words(words: &Words, version: &Version) -> bool {
    words.fields.iter().any(|field| {
        let text = document::text(version, field);
        let tokens = Tokens::of(&text, document::language(version));
        let stands_at = |position: u32, word: &Word| {
            tokens.iter().any(|token| {
                token.position == position
                    && match word {
                        Word::Form(form) => token.term == form,
                        Word::OneOf(forms) => forms.iter().any(|form| token.term == form),
                        Word::Plain(_) | Word::Like(_) => panic!("{words:?} has no reading here"),
                    }
            })
        };
        tokens.iter().map(|token| token.position).any(|start| match &words.pattern {
            Pattern::Word(word) => stands_at(start, word),
            Pattern::Phrase(words) => words.iter().all(|word| stands_at(start + word.offset, &word.word)),
            _ => panic!("{words:?} has no reading here"),
        })
    })
}
