use std::collections::HashMap;

use crate::{
    base::Span,
    text::{ACCENTED, STEM, Token, Tokens, WRITTEN},
};

/// Letters of the groups that stand for a word that is misspelt or bent.
const GROUP_LETTERS: usize = 4;
/// A group of letters says less than a word.
const GROUP_WEIGHT: f32 = 0.5;
/// Two words in a row are rarer than each, so their rarity already speaks loudly.
const PAIR_WEIGHT: f32 = 0.5;
/// A number of so many digits names an order or a customer, not a problem.
const NUMBER_DIGITS: usize = 5;

/// Calls `sink` with every term of a text and what one occurrence of it weighs: its words, their stems, pairs of neighbours and groups
/// of letters.
fn each_term(text: &str, language: &str, mut sink: impl FnMut(String, f32)) {
    let tokens = Tokens::of_asked(text, language, false);
    let mut before: Option<(u32, &str)> = None;
    for token in tokens.iter() {
        let term = token.term;
        if !is_of_the_problem(term) {
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

/// Forms that show only how a word was written say nothing of the problem, and neither do whom it is told to and what number it has.
fn is_of_the_problem(term: &str) -> bool {
    let is_number = || term.chars().count() >= NUMBER_DIGITS && term.chars().all(char::is_numeric);
    !term.starts_with([ACCENTED, WRITTEN, '@']) && !is_number()
}

/// The words of a text as they stand there, each with the terms it gives.
pub(super) fn words(text: &str, language: &str) -> Vec<(Span, Vec<String>)> {
    let tokens = Tokens::of_asked(text, language, false);
    let mut words: Vec<(u32, Span, Vec<String>)> = Vec::new();
    for Token { position, span, term } in tokens.iter().filter(|token| is_of_the_problem(token.term)) {
        match words.last_mut() {
            Some((last, _, terms)) if *last == position => terms.push(term.to_owned()),
            _ => words.push((position, span, vec![term.to_owned()])),
        }
    }
    words.into_iter().map(|(_, span, terms)| (span, terms)).collect()
}

/// Terms of a text with what they weigh in it; repeating a word adds less each time.
pub(super) fn of_text(text: &str, language: &str) -> HashMap<String, f32> {
    let mut terms: HashMap<String, (f32, u32)> = HashMap::new();
    each_term(text, language, |term, weight| terms.entry(term).or_insert((weight, 0)).1 += 1);
    #[expect(clippy::cast_precision_loss, reason = "counts of words in one text")]
    terms.into_iter().map(|(term, (weight, times))| (term, weight * (1.0 + (times as f32).ln()))).collect()
}
