use std::collections::HashMap;

use crate::text::{ACCENTED, STEM, Tokens, WRITTEN};

/// Letters of the groups that stand for a word that is misspelt or bent.
const GROUP_LETTERS: usize = 4;
/// A group of letters says less than a word.
const GROUP_WEIGHT: f32 = 0.5;
/// Two words in a row are rarer than each, so their rarity already speaks loudly.
const PAIR_WEIGHT: f32 = 0.7;

/// Calls `sink` with every term of a text and what one occurrence of it weighs: its words, their stems, pairs of neighbours and groups
/// of letters.
fn each_term(text: &str, language: &str, mut sink: impl FnMut(String, f32)) {
    let tokens = Tokens::of_asked(text, language, false);
    let mut before: Option<(u32, &str)> = None;
    for token in tokens.iter() {
        let term = token.term;
        if term.starts_with([ACCENTED, WRITTEN]) {
            continue;
        }
        sink(term.to_owned(), 1.0);
        if term.starts_with(STEM) {
            continue;
        }
        if let Some((position, other)) = before
            && position + 1 == token.position
        {
            sink(format!("{other} {term}"), PAIR_WEIGHT);
        }
        if before.is_none_or(|(position, _)| position != token.position) {
            before = Some((token.position, term));
        }
        let letters: Vec<char> = std::iter::once('<').chain(term.chars()).chain(std::iter::once('>')).collect();
        for group in letters.windows(GROUP_LETTERS) {
            sink(std::iter::once('~').chain(group.iter().copied()).collect(), GROUP_WEIGHT);
        }
    }
}

/// Terms of a text with what they weigh in it; repeating a word adds less each time.
pub(super) fn of_text(text: &str, language: &str) -> HashMap<String, f32> {
    let mut terms: HashMap<String, (f32, u32)> = HashMap::new();
    each_term(text, language, |term, weight| terms.entry(term).or_insert((weight, 0)).1 += 1);
    #[expect(clippy::cast_precision_loss, reason = "counts of words in one text")]
    terms.into_iter().map(|(term, (weight, times))| (term, weight * (1.0 + (times as f32).ln()))).collect()
}
