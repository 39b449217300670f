//! Places of a template that nobody filled.

use std::ops::Range;

use super::{Finding, Rule, Severity};
use crate::{base::Span, text::is_letter_or_digit};

/// A placeholder is a name; what is longer is a sentence in brackets.
const LETTERS_MAX: usize = 40;

pub(super) fn check(text: &str, findings: &mut Vec<Finding>) {
    let mut places = bracketed(text, '{', '}', |_| true);
    places.extend(bracketed(text, '[', ']', is_shouted_name));
    places
        .extend(bracketed(text, '<', '>', |inside| inside.starts_with(char::is_alphabetic) && !inside.contains("://")));
    places.extend(printed(text));
    places.extend(rows(text));
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut end = 0;
    for place in places {
        if place.start < end {
            continue;
        }
        end = place.end;
        let written = text.get(place.clone()).unwrap_or_default();
        findings.push(Finding {
            rule: Rule::Placeholder,
            severity: Severity::Refuses,
            span: Span::new(place.start, place.end),
            message: format!("`{written}` is still to be filled; write what it stands for"),
        });
    }
}

/// What stands between two brackets on one line.
fn bracketed(text: &str, open: char, close: char, is_one: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(open) {
        let inside = text.get(at + open.len_utf8()..).unwrap_or_default();
        // No further than a name may reach: else a text of opening brackets would be read anew from each of them.
        let mut letters = inside.char_indices().take(LETTERS_MAX + 1);
        let ended = letters.find(|(_, letter)| *letter == close || matches!(letter, '\n' | '\r'));
        let Some((end, _)) = ended.filter(|(_, letter)| *letter == close) else { continue };
        if is_one(inside.get(..end).unwrap_or_default().trim()) {
            found.push(at..at + open.len_utf8() + end + close.len_utf8());
        }
    }
    found
}

/// `[NAME]`, `[ORDER NUMBER]`, `[ИМЯ]`: nothing but capitals. Scripts without capitals are asked by the other brackets.
fn is_shouted_name(inside: &str) -> bool {
    inside.chars().filter(|letter| letter.is_uppercase()).count() >= 2
        && inside
            .chars()
            .all(|letter| letter.is_uppercase() || matches!(letter, ' ' | '_' | '-') || letter.is_numeric())
}

/// `%s`, `%d`, `%1$s`.
fn printed(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('%') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let numbered = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let skipped = rest.len() - numbered.len();
        let (skipped, named) = match numbered.strip_prefix('$') {
            Some(named) if skipped > 0 => (skipped + 1, named),
            _ => (0, rest),
        };
        let mut letters = named.chars();
        let is_conversion = matches!(letters.next(), Some('s' | 'd'));
        // Of "5%sicher" nobody knows; "100%s" behind a figure is a slip of another kind.
        if is_conversion && !letters.next().is_some_and(is_letter_or_digit) {
            found.push(at..at + 1 + skipped + 1);
        }
    }
    found
}

/// `XXX`, `xxxx`, `____`: letters and strokes where something was to stand.
fn rows(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let goes_on = open.as_ref().is_some_and(|row| row.end == at) && letter == before;
        if goes_on {
            open = open.map(|row| row.start..at + letter.len_utf8());
        } else {
            if let Some(row) = open.take() {
                let ends = !is_letter_or_digit(letter);
                let written = text.get(row.clone()).unwrap_or_default();
                // Small ones are kisses.
                let is_row = written.len() >= 3 && (written.starts_with('_') || written.starts_with('X'));
                if ends && is_row {
                    found.push(row);
                }
            }
            if matches!(letter, 'X' | '_') && !is_letter_or_digit(before) && at < text.len() {
                open = Some(at..at + letter.len_utf8());
            }
        }
        before = letter;
    }
    found
}
