//! Personal data that must not stand in public: addresses, phone, account, card and order numbers.

use std::ops::Range;

use super::{
    Finding, Rule, Severity,
    numbers::{Number, digit, numbers},
};
use crate::{base::Span, model::ReplyRules};

/// Digits of a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits of a phone number with its country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Letters and digits of an IBAN: Norway has the shortest, the standard allows 34.
const IBAN_SIGNS: std::ops::RangeInclusive<usize> = 15..=34;

pub(super) fn check(text: &str, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut find = |place: Range<usize>, what: &str, severity: Severity| {
        let is_free = taken.iter().all(|other| other.end <= place.start || place.end <= other.start);
        let own = text.get(place.clone()).unwrap_or_default();
        if !is_free || is_contact(own, rules) {
            return;
        }
        findings.push(Finding {
            rule: Rule::PersonalData,
            severity,
            span: Span::new(place.start, place.end),
            message: format!("{what} must not stand in public; leave it out, or go on in a private message"),
        });
        taken.push(place);
    };
    emails(text).into_iter().for_each(|place| find(place, "an e-mail address", Severity::Refuses));
    ibans(text).into_iter().for_each(|place| find(place, "an account number (IBAN)", Severity::Refuses));
    let numbers = numbers(text);
    numbers.iter().filter(|it| is_card(it)).for_each(|it| find(it.place.clone(), "a card number", Severity::Refuses));
    for pattern in &rules.number_patterns {
        let what = format!("a number like `{pattern}`");
        of_pattern(text, pattern).into_iter().for_each(|place| find(place, &what, Severity::Refuses));
    }
    for number in &numbers {
        if let Some(severity) = phone(number) {
            find(number.place.clone(), "a phone number", severity);
        }
    }
}

/// The house's own contacts, however they are divided.
fn is_contact(found: &str, rules: &ReplyRules) -> bool {
    let bare = |text: &str| -> String {
        let kept = text.chars().filter(|letter| letter.is_alphanumeric() || *letter == '@').map(|letter| {
            match digit(letter) {
                Some(value) => char::from(b'0' + value),
                None => letter,
            }
        });
        kept.flat_map(char::to_lowercase).collect()
    };
    let found = bare(found);
    rules.contacts.iter().any(|contact| bare(contact) == found)
}

/// A sign with a name before it and a domain with a dot behind it.
fn emails(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['@', '＠']) {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + sign.len()..).unwrap_or_default();
        let local = name_bytes(before.chars().rev(), &['.', '_', '%', '+', '-']);
        let domain = behind.get(..name_bytes(behind.chars(), &['.', '-'])).unwrap_or_default();
        let domain = domain.trim_end_matches(['.', '-']);
        let last = domain.rsplit_once('.').map_or("", |(_, last)| last);
        if local > 0 && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic) {
            found.push(at - local..at + sign.len() + domain.len());
        }
    }
    found
}

/// Bytes of the parts of an address that these signs join. Many scripts leave no blank beside it, so a part ends where Latin letters meet others.
fn name_bytes(letters: impl Iterator<Item = char>, signs: &[char]) -> usize {
    let is_latin = |letter: char| letter < '\u{250}';
    let mut is_part_latin = None;
    let goes_on = |letter: &char| {
        if signs.contains(letter) {
            is_part_latin = None;
            return true;
        }
        letter.is_alphanumeric()
            && (letter.is_ascii_digit() || *is_part_latin.get_or_insert(is_latin(*letter)) == is_latin(*letter))
    };
    letters.take_while(goes_on).map(char::len_utf8).sum()
}

/// Country, check digits and account, in groups or not, whose checksum fits.
fn ibans(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let starts = letter.is_ascii_alphabetic() && !before.is_alphanumeric();
        before = letter;
        if !starts {
            continue;
        }
        let mut signs = String::new();
        let mut fitting = None;
        for (offset, letter) in text.get(at..).unwrap_or_default().char_indices() {
            match letter {
                ' ' | '\u{A0}' | '-' => continue,
                letter if letter.is_ascii_alphanumeric() => signs.push(letter.to_ascii_uppercase()),
                _ => break,
            }
            if signs.len() > *IBAN_SIGNS.end() {
                break;
            }
            let ends = text.get(at + offset + 1..).and_then(|rest| rest.chars().next());
            if IBAN_SIGNS.contains(&signs.len()) && !ends.is_some_and(char::is_alphanumeric) && is_iban(&signs) {
                fitting = Some(at..at + offset + 1);
            }
        }
        found.extend(fitting);
    }
    found
}

fn is_iban(signs: &str) -> bool {
    let (head, account) = signs.split_at_checked(4).unwrap_or_default();
    let begins_right = head.bytes().take(2).all(|sign| sign.is_ascii_uppercase())
        && head.bytes().skip(2).all(|sign| sign.is_ascii_digit());
    // Letters are 10 to 35; the whole number leaves 1 over 97.
    let rest = account.chars().chain(head.chars()).fold(0_u32, |rest, sign| {
        let value = sign.to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    begins_right && rest == 1
}

/// By the checksum of Luhn; a row of one digit fits it by chance.
fn is_card(number: &Number) -> bool {
    let digits = &number.digits;
    if !CARD_DIGITS.contains(&digits.len()) || digits.iter().all(|digit| Some(digit) == digits.first()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(*digit) * 2) {
            (0, _) => u32::from(*digit),
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// How sure it is that this is a phone number: with a country very, without one enough to look again.
fn phone(number: &Number) -> Option<Severity> {
    let (digits, groups) = (number.digits.len(), number.groups.as_slice());
    if !PHONE_DIGITS.contains(&digits) {
        return None;
    }
    if number.is_international {
        return Some(Severity::Refuses);
    }
    let is_date = matches!(groups, [1..=2, 1..=2, 4, ..] | [4, 1..=2, 1..=2, ..]);
    let begins_like_one = digits >= 9 && number.digits.first() == Some(&0)
        || digits == 11 && groups.len() > 2 && matches!(number.digits.first(), Some(1 | 7 | 8))
        || groups == [3, 3, 4];
    (begins_like_one && !is_date).then_some(Severity::Warns)
}

/// Where a pattern of digits (`#`), letters (`?`) and itself stands in a text, not inside a longer word.
fn of_pattern(text: &str, pattern: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, first) in text.char_indices() {
        let is_inside = before.is_alphanumeric() && first.is_alphanumeric();
        before = first;
        if is_inside {
            continue;
        }
        let mut rest = text.get(at..).unwrap_or_default().chars();
        let fits = pattern.chars().all(|sign| {
            rest.next().is_some_and(|letter| match sign {
                '#' => digit(letter).is_some(),
                '?' => letter.is_alphabetic(),
                sign => sign == letter || sign.to_lowercase().eq(letter.to_lowercase()),
            })
        });
        let end = text.len() - rest.as_str().len();
        let goes_on = rest.next().is_some_and(char::is_alphanumeric);
        if fits && !goes_on && !pattern.is_empty() {
            found.push(at..end);
        }
    }
    found
}
