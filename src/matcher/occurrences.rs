//! Where a pattern of words occurs in a text: what every [`Pattern`] and every [`Word`] means.

use crate::{
    base::Span,
    query::{
        Pattern,
        stretches::{WindowPart, window_exists},
    },
    text::{ACCENTED, PhraseWord, Token, Tokens, WRITTEN, Word},
};

/// The positions of one occurrence, first to last, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    first: u32,
    last: u32,
}

/// Whether the pattern occurs in the text.
pub(super) fn occurs(pattern: &Pattern, tokens: &Tokens) -> bool {
    match pattern {
        Pattern::Word(word) => positions(word, tokens).next().is_some(),
        Pattern::Phrase(words) => phrase_starts(words, tokens).next().is_some(),
        Pattern::AnyOf(parts) => parts.iter().any(|part| occurs(part, tokens)),
        Pattern::Near { left, right, .. } => {
            // Most texts hold neither.
            occurs(left, tokens) && occurs(right, tokens) && !occurrences(pattern, tokens).is_empty()
        }
        Pattern::Window { parts, positions_max } => {
            let places: Vec<(Vec<u32>, u32)> = parts.iter().map(|part| firsts_and_width(part, tokens)).collect();
            let parts: Vec<WindowPart<'_>> =
                places.iter().map(|(firsts, width)| WindowPart { firsts, width: *width }).collect();
            window_exists(&parts, *positions_max)
        }
    }
}

/// Where a word or phrase begins, and how many positions it takes.
fn firsts_and_width(part: &Pattern, tokens: &Tokens) -> (Vec<u32>, u32) {
    (occurrences(part, tokens).iter().map(|stretch| stretch.first).collect(), part.positions_max().max(1))
}

/// Where the words and phrases of a pattern stand inside its occurrences.
pub(super) fn marked(pattern: &Pattern, tokens: &Tokens) -> Vec<Span> {
    let mut found = Vec::new();
    collect_marked(pattern, tokens, &occurrences(pattern, tokens), &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn collect_marked(pattern: &Pattern, tokens: &Tokens, whole: &[Stretch], found: &mut Vec<Span>) {
    match pattern {
        Pattern::Word(word) => {
            for stretch in occurrences(pattern, tokens) {
                if is_inside(stretch, whole) {
                    found.extend(form_at(word, tokens, stretch.first).map(|token| token.span));
                }
            }
        }
        Pattern::Phrase(words) => {
            for stretch in occurrences(pattern, tokens) {
                if is_inside(stretch, whole) {
                    let forms =
                        words.iter().filter_map(|word| form_at(&word.word, tokens, stretch.first + word.offset));
                    found.extend(forms.map(|token| token.span).reduce(Span::join));
                }
            }
        }
        Pattern::Window { parts, .. } | Pattern::AnyOf(parts) => {
            parts.iter().for_each(|part| collect_marked(part, tokens, whole, found));
        }
        Pattern::Near { left, right, .. } => {
            collect_marked(left, tokens, whole, found);
            collect_marked(right, tokens, whole, found);
        }
    }
}

fn is_inside(stretch: Stretch, whole: &[Stretch]) -> bool {
    let behind = whole.partition_point(|outer| outer.first <= stretch.first);
    whole[..behind].iter().rev().any(|outer| stretch.last <= outer.last)
}

/// Every occurrence, each once, ordered by its first position, then by its last.
fn occurrences(pattern: &Pattern, tokens: &Tokens) -> Vec<Stretch> {
    match pattern {
        Pattern::Word(word) => positions(word, tokens).map(|at| Stretch { first: at, last: at }).collect(),
        Pattern::Phrase(words) => {
            let length = words.last().map_or(0, |last| last.offset);
            phrase_starts(words, tokens).map(|first| Stretch { first, last: first + length }).collect()
        }
        Pattern::AnyOf(parts) => sorted(parts.iter().flat_map(|part| occurrences(part, tokens)).collect()),
        Pattern::Near { left, right, distance, ordered } => {
            let (left, right) = (occurrences(left, tokens), occurrences(right, tokens));
            let mut found = followed(&left, &right, *distance);
            if !ordered {
                found.extend(followed(&right, &left, *distance));
            }
            sorted(found)
        }
        Pattern::Window { parts, positions_max } => windows(parts, *positions_max, tokens),
    }
}

/// Stretches from an occurrence to one behind it, with at most so many positions between them.
fn followed(before: &[Stretch], behind: &[Stretch], distance: u32) -> Vec<Stretch> {
    let mut found = Vec::new();
    for group in before.chunk_by(|a, b| a.first == b.first) {
        // The ends rise, so that each occurrence behind is met once for all of them.
        let mut next = 0;
        for stretch in group {
            next += behind[next..].partition_point(|other| other.first <= stretch.last);
            while let Some(other) = behind.get(next).filter(|other| other.first - stretch.last <= distance + 1) {
                found.push(Stretch { first: stretch.first, last: other.last });
                next += 1;
            }
        }
    }
    found
}

/// The stretches of that length that begin with a part and hold all parts. Whether these get in each other's way is not asked:
/// this is for marking places in a text that is known to match.
fn windows(parts: &[Pattern], length: u32, tokens: &Tokens) -> Vec<Stretch> {
    let places: Vec<Vec<Stretch>> = parts.iter().map(|part| occurrences(part, tokens)).collect();
    let starts = sorted(places.concat());
    let whole = starts.iter().map(|start| Stretch { first: start.first, last: start.first.saturating_add(length - 1) });
    whole
        .filter(|window| {
            places.iter().all(|found| {
                let next = found.partition_point(|stretch| stretch.first < window.first);
                found.get(next).is_some_and(|stretch| stretch.last <= window.last)
            })
        })
        .collect()
}

fn sorted(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    stretches.dedup();
    stretches
}

/// The positions at which a phrase begins.
fn phrase_starts<'a>(words: &'a [PhraseWord], tokens: &'a Tokens) -> impl Iterator<Item = u32> + 'a {
    let starts = words.first().into_iter().flat_map(|first| positions(&first.word, tokens));
    starts.filter(move |start| words.iter().skip(1).all(|word| holds(&word.word, tokens, start + word.offset)))
}

/// The positions that hold a word, each once.
fn positions<'a>(word: &'a Word, tokens: &'a Tokens) -> impl Iterator<Item = u32> + 'a {
    let mut last = None;
    let at = tokens.iter().filter(move |token| is_form(word, token.term)).map(|token| token.position);
    at.filter(move |&position| last.replace(position) != Some(position))
        .filter(move |&position| holds(word, tokens, position))
}

fn holds(word: &Word, tokens: &Tokens, position: u32) -> bool {
    form_at(word, tokens, position).is_some()
}

/// The form by which a position holds a word.
fn form_at<'a>(word: &Word, tokens: &'a Tokens, position: u32) -> Option<Token<'a>> {
    if let Word::Plain(form) = word {
        let stands_alone = |marker: char| tokens.at(position).any(|token| token.term.chars().eq([marker]));
        let shows_accents = form.starts_with(ACCENTED);
        if stands_alone(WRITTEN) || (!shows_accents && stands_alone(ACCENTED)) {
            return None;
        }
    }
    tokens.at(position).find(|token| is_form(word, token.term))
}

/// Whether a form is one of those that the word asks for.
fn is_form(word: &Word, form: &str) -> bool {
    match word {
        Word::Form(wanted) | Word::Plain(wanted) => form == wanted,
        Word::OneOf(wanted) => wanted.binary_search_by(|one| one.as_str().cmp(form)).is_ok(),
        Word::Like(wildcard) => wildcard.fits(form),
    }
}
