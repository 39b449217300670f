//! Stretches of digits as people write them: in any digits, with blanks and strokes between.

use std::ops::Range;

/// Zeros of the digits people write numbers in: Latin, Arabic, Persian, Devanagari, Bengali, Thai, full width.
const ZEROS: [u32; 7] = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10];

/// The value of a digit.
pub(super) fn digit(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code)).and_then(|zero| u8::try_from(code - zero).ok())
}

/// Digits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Where they stand, with a `+` before them and what divides them.
    pub(super) place: Range<usize>,
    /// Their values.
    pub(super) digits: Vec<u8>,
    /// How many stand together each time.
    pub(super) groups: Vec<usize>,
    /// Begins with `+`.
    pub(super) is_international: bool,
}

/// All numbers of a text that stand by themselves, not inside a word.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    let mut found: Vec<Number> = Vec::new();
    let mut open: Option<Number> = None;
    // What stood since the last digit; only so little may stand inside a number.
    let mut between = 0;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if let Some(value) = digit(letter) {
            match &mut open {
                Some(number) => {
                    number.digits.push(value);
                    number.place.end = end;
                    match number.groups.last_mut() {
                        Some(last) if between == 0 => *last += 1,
                        _ => number.groups.push(1),
                    }
                }
                None if !before.is_alphabetic() => {
                    let is_international = matches!(before, '+' | '＋');
                    let start = if is_international { at - before.len_utf8() } else { at };
                    open = Some(Number { place: start..end, digits: vec![value], groups: vec![1], is_international });
                }
                None => {}
            }
            between = 0;
        } else if matches!(letter, ' ' | '\u{A0}' | '\u{202F}' | '-' | '‑' | '–' | '.' | '(' | ')' | '/') && between < 2
        {
            between += 1;
        } else {
            // Behind letters it was the beginning of a code, not a number.
            if let Some(number) = open.take()
                && !(between == 0 && letter.is_alphabetic())
            {
                found.push(number);
            }
            between = 0;
        }
        // Digits that go on a word are part of it.
        if digit(letter).is_none() || !before.is_alphabetic() {
            before = letter;
        }
    }
    found.extend(open);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_numbers_in_any_digits() {
        let told = |text: &str| -> Vec<(String, usize)> {
            let place = |number: Number| (text[number.place].to_owned(), number.digits.len());
            numbers(text).into_iter().map(place).collect()
        };
        let own = |told: &[(&str, usize)]| -> Vec<(String, usize)> {
            told.iter().map(|(text, digits)| ((*text).to_owned(), *digits)).collect()
        };
        assert_eq!(told("call +49 (30) 123-456."), own(&[("+49 (30) 123-456", 10)]));
        assert_eq!(told("at 10, 12 and A380"), own(&[("10", 2), ("12", 2)]));
        assert_eq!(told("٠١٢٣ ๔๕"), own(&[("٠١٢٣ ๔๕", 6)]));
        assert_eq!(told("4x4, x12y"), own(&[]));
    }
}
