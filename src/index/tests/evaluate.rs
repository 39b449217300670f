//! The slow, obvious reading of a query: what the index has to agree with.

use std::collections::BTreeSet;

use crate::{
    base::Timestamp,
    model::Version,
    query::{KeywordTest, Node, Pattern, TimeField, Words, document},
    text::{ACCENTED, Tokens, WRITTEN, Word},
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

fn holds_words(words: &Words, version: &Version) -> bool {
    words.fields.iter().any(|field| {
        let tokens = Tokens::of(&document::text(version, field), document::language(version));
        !stretches(&words.pattern, &tokens).is_empty()
    })
}

/// First and last position of every occurrence, by trying everything. Shares nothing with what the index computes with.
fn stretches(pattern: &Pattern, tokens: &Tokens) -> BTreeSet<(u32, u32)> {
    let everywhere: BTreeSet<u32> = tokens.iter().map(|token| token.position).collect();
    match pattern {
        Pattern::Word(word) => {
            everywhere.into_iter().filter(|&at| stands_at(word, at, tokens)).map(|at| (at, at)).collect()
        }
        Pattern::Phrase(words) => {
            let length = words.iter().map(|word| word.offset).max().unwrap_or(0);
            let holds = |start: &u32| words.iter().all(|word| stands_at(&word.word, start + word.offset, tokens));
            everywhere.into_iter().filter(holds).map(|start| (start, start + length)).collect()
        }
        Pattern::AnyOf(parts) => parts.iter().flat_map(|part| stretches(part, tokens)).collect(),
        Pattern::Near { left, right, distance, ordered } => {
            let mut found = BTreeSet::new();
            for left in stretches(left, tokens) {
                for right in stretches(right, tokens) {
                    let follows =
                        |one: (u32, u32), other: (u32, u32)| other.0 > one.1 && other.0 - one.1 - 1 <= *distance;
                    if follows(left, right) || (!ordered && follows(right, left)) {
                        found.insert((left.0.min(right.0), left.1.max(right.1)));
                    }
                }
            }
            found
        }
        Pattern::Window { parts, positions_max } => {
            let parts: Vec<_> = parts.iter().map(|part| stretches(part, tokens)).collect();
            arrangements(&parts, &mut Vec::new(), *positions_max)
        }
    }
}

/// What every choice of one stretch for each part spans, of those that do not overlap.
fn arrangements(
    parts: &[BTreeSet<(u32, u32)>],
    taken: &mut Vec<(u32, u32)>,
    positions_max: u32,
) -> BTreeSet<(u32, u32)> {
    let Some((part, rest)) = parts.split_first() else {
        let first = taken.iter().map(|stretch| stretch.0).min().unwrap_or(0);
        let last = taken.iter().map(|stretch| stretch.1).max().unwrap_or(0);
        return if last - first < positions_max { BTreeSet::from([(first, last)]) } else { BTreeSet::new() };
    };
    let mut found = BTreeSet::new();
    for &stretch in part {
        if taken.iter().all(|other| stretch.1 < other.0 || other.1 < stretch.0) {
            taken.push(stretch);
            found.append(&mut arrangements(rest, taken, positions_max));
            taken.pop();
        }
    }
    found
}

fn stands_at(word: &Word, position: u32, tokens: &Tokens) -> bool {
    let here: Vec<&str> = tokens.iter().filter(|token| token.position == position).map(|token| token.term).collect();
    let mut here = here.into_iter();
    match word {
        Word::Form(form) => here.any(|held| held == form),
        Word::Plain(form) => {
            let bare = |marker: char, held: &str| held.strip_prefix(marker) == Some("");
            here.clone().any(|held| held == form)
                && !here.any(|held| bare(WRITTEN, held) || (!form.starts_with(ACCENTED) && bare(ACCENTED, held)))
        }
        Word::OneOf(forms) => here.any(|held| forms.iter().any(|form| form == held)),
        Word::Like(wildcard) => here.any(|held| wildcard.fits(held)),
    }
}
