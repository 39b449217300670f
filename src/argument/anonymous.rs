//! Takes out of a customer's words what tells who they are: whom they speak to, addresses, numbers, their own name. What is left is an example
//! of the problem, not of the person.

use std::ops::Range;

use crate::text::{SegmentKind, segments};

/// Digits from which on a number may name a person, an order or an account.
const NUMBER_DIGITS: usize = 4;
/// Letters and digits from which on a mixture of both is a code and not a model: `X7K2PQ`, but `A380`.
const CODE_SIGNS: usize = 5;
/// Digits of such a code, where it also has small letters: `iphone15` is none.
const CODE_DIGITS: usize = 3;
/// Letters of a handle; a longer stretch in a script without blanks is a sentence.
const HANDLE_LETTERS_MAX: usize = 20;
/// A name of fewer letters stands inside too many words.
const NAME_LETTERS: usize = 3;

/// A text without what is personal. `names` are what its author is called.
#[must_use]
pub fn anonymous(text: &str, names: &[&str]) -> String {
    let mut personal: Vec<Range<usize>> = Vec::new();
    for segment in segments(text) {
        let is_personal = match segment.kind {
            SegmentKind::Link | SegmentKind::Handle => true,
            SegmentKind::Word => is_code(segment.body),
            _ => false,
        };
        if is_personal {
            personal.push(segment.span.start as usize..segment.span.end as usize);
        }
    }
    personal.extend(emails(text));
    personal.extend(numbers(text));
    names.iter().for_each(|name| personal.extend(places_of(text, name)));
    personal.sort_unstable_by_key(|place| place.start);
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for place in personal {
        if place.start > at {
            left.push_str(text.get(at..place.start).unwrap_or_default());
            left.push(' ');
        }
        at = at.max(place.end);
    }
    left.push_str(text.get(at..).unwrap_or_default());
    tidy(&left)
}

/// Single blanks, none before a mark, and no marks at the beginning that divided what is gone.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let is_mark = word.chars().all(|letter| matches!(letter, ',' | '.' | ';' | ':' | '!' | '?'));
        if !tidied.is_empty() && !is_mark {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    tidied.trim_start_matches([' ', ',', '.', ';', ':', '-', '–', ')']).to_owned()
}

fn is_code(word: &str) -> bool {
    let digits = word.chars().filter(|letter| letter.is_numeric()).count();
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let shouts = word.chars().all(|letter| letter.is_numeric() || letter.is_uppercase());
    digits > 0 && letters > 0 && digits + letters >= CODE_SIGNS && (digits >= CODE_DIGITS || shouts)
}

/// Whatever stands around an at sign without a blank, as far as addresses and handles go.
fn emails(text: &str) -> Vec<Range<usize>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '%' | '+' | '-');
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['@', '＠']) {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + sign.len()..).unwrap_or_default());
        let local: usize = before.chars().rev().take_while(|letter| is_part(*letter)).map(char::len_utf8).sum();
        let letters = behind.chars().take_while(|letter| is_part(*letter) || letter.is_alphanumeric()).count();
        let is_handle = |letter: char| is_part(letter) || letters <= HANDLE_LETTERS_MAX && letter.is_alphanumeric();
        let domain: usize = behind.chars().take_while(|letter| is_handle(*letter)).map(char::len_utf8).sum();
        let end = at + sign.len() + domain;
        let end = text.get(..end).map_or(end, |whole| whole.trim_end_matches(['.', '-']).len());
        found.push(at - local..end.max(at));
    }
    found
}

/// Numbers of several digits, in any digits, with what divides them.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(Range<usize>, usize)> = None;
    let mut close = |open: &mut Option<(Range<usize>, usize)>| {
        if let Some((place, digits)) = open.take()
            && digits >= NUMBER_DIGITS
        {
            found.push(place);
        }
    };
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if letter.is_numeric() {
            match &mut open {
                Some((place, digits)) => {
                    place.end = end;
                    *digits += 1;
                }
                None => {
                    let start = if matches!(before, '+' | '＋' | '#' | '№') { at - before.len_utf8() } else { at };
                    open = Some((start..end, 1));
                }
            }
        } else if !matches!(letter, ' ' | '\u{A0}' | '-' | '‑' | '–' | '.' | '(' | ')' | '/')
            || open.as_ref().is_some_and(|(place, _)| at - place.end > 1)
        {
            close(&mut open);
        }
        before = letter;
    }
    close(&mut open);
    found
}

/// Where a name stands as a whole word, in any letter case.
fn places_of(text: &str, name: &str) -> Vec<Range<usize>> {
    let name: Vec<char> = name.trim().chars().flat_map(char::to_lowercase).collect();
    if name.len() < NAME_LETTERS {
        return Vec::new();
    }
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    for (number, (start, _)) in letters.iter().enumerate() {
        let is_inside =
            |neighbour: Option<&(usize, char)>| neighbour.is_some_and(|(_, letter)| letter.is_alphanumeric());
        if number.checked_sub(1).is_some_and(|before| is_inside(letters.get(before))) {
            continue;
        }
        let Some(own) = letters.get(number..number + name.len()) else { break };
        let is_same = own.iter().zip(&name).all(|((_, letter), wanted)| letter.to_lowercase().eq([*wanted]));
        let behind = letters.get(number + name.len());
        if is_same && !is_inside(behind) {
            found.push(*start..behind.map_or(text.len(), |(end, _)| *end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_personal_goes_and_the_problem_stays() {
        for (text, left) in [
            ("@LunaBank my card 4111 1111 1111 1111 is gone!", "my card is gone!"),
            ("write me at anna.rossi+x@mail.example.", "write me at."),
            ("order #123456: where is it? https://shop.example/o/1", "order: where is it?"),
            ("call +39 06 555-0101, please", "call, please"),
            ("PNR X7K2PQ, the A380 at 10", "PNR, the A380 at 10"),
            ("my iphone15 is broken", "my iphone15 is broken"),
            ("หมายเลข ๑๒๓๔๕๖ หาย", "หมายเลข หาย"),
            ("رقم الطلب ٤٥٦٧٨٩ لم يصل", "رقم الطلب لم يصل"),
            ("@ルナ銀行 カードをなくしました", "カードをなくしました"),
            ("Ho perso la carta. Anna Rossi", "Ho perso la carta."),
            ("anna rossi qui: dov'è?", "qui: dov'è?"),
            ("Annarossi", "Annarossi"),
            ("IBAN IT60X0542811101000000123456 wrong", "IBAN wrong"),
            ("", ""),
            ("@a @b 12345", ""),
        ] {
            assert_eq!(anonymous(text, &["Anna Rossi", "x"]), left, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_and_no_long_number_is_left(text in "\\PC{0,60}|([a-z@. ]|[0-9+ -]){0,40}") {
            let left = anonymous(&text, &["Anna Rossi"]);
            proptest::prop_assert!(!left.contains(['@', '＠']), "{left}");
            let mut digits = 0;
            for letter in left.chars() {
                digits = if letter.is_numeric() { digits + 1 } else { 0 };
                proptest::prop_assert!(digits < NUMBER_DIGITS, "{left}");
            }
        }
    }
}
