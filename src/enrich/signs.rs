//! Pictograms and emoticons as trained models see them, and letters that look alike. Unlike the lists of `index-config`, these are
//! part of the features: a model knows what a sign says, this only tells that there is one.

use super::script::Script;

/// Emoticons; those that mean the same have one number.
#[rustfmt::skip]
const EMOTICONS: &[(&str, u64)] = &[
    (":)", 1), (":-)", 1), ("=)", 1), ("(:", 1), (":]", 1),
    (":D", 2), (":-D", 2), ("=D", 2), ("xD", 2), ("XD", 2),
    (";)", 3), (";-)", 3),
    (":(", 4), (":-(", 4), ("=(", 4), ("):", 4), (":[", 4),
    (":'(", 5), (":/", 6), (":-/", 6), (":\\", 6), ("=/", 6),
    ("<3", 7), ("</3", 8), (":P", 9), (":p", 9), (":-P", 9), ("^^", 10), ("^_^", 10),
    (":*", 11), (":-*", 11), ("-_-", 12), (">_<", 12), (":|", 13), (":o", 14), (":O", 14), (":@", 15), (">:(", 15), (":3", 16),
];

/// Numbers of rows of one bracket, which are smiles and frowns where Russian is written: one and several.
const BRACKETS: [(char, u64); 2] = [(')', 20), ('(', 22)];

/// The sign that begins here: its bytes and its number.
pub(super) fn at(rest: &str, first: char) -> Option<(usize, u64)> {
    if first.is_ascii() {
        if first.is_ascii_alphanumeric() || matches!(first, ' ' | '\n' | '.' | ',' | '!' | '?' | '"' | '#') {
            return None;
        }
        return emoticon(rest, first);
    }
    is_pictogram(first).then(|| {
        // What is drawn together is one sign: tones of skin, joiners, and what they join.
        let more =
            rest.chars().skip(1).take_while(|c| matches!(*c as u32, 0xFE0E | 0xFE0F | 0x20E3 | 0x1F3FB..=0x1F3FF));
        (first.len_utf8() + more.map(char::len_utf8).sum::<usize>(), u64::from(first))
    })
}

fn emoticon(rest: &str, first: char) -> Option<(usize, u64)> {
    let known = EMOTICONS
        .iter()
        .filter(|(sign, _)| rest.starts_with(sign) && !joins_word(sign, rest))
        .max_by_key(|(sign, _)| sign.len());
    if let Some((sign, number)) = known {
        let more =
            rest.get(sign.len()..).unwrap_or_default().bytes().take_while(|byte| matches!(byte, b')' | b'(')).count();
        return Some((sign.len() + more, *number));
    }
    let (_, number) = BRACKETS.iter().find(|(bracket, _)| *bracket == first)?;
    let times = rest.chars().take_while(|c| *c == first).count();
    Some((times, number + u64::from(times > 1)))
}

/// ":Paul" begins with no tongue.
fn joins_word(sign: &str, rest: &str) -> bool {
    sign.ends_with(|c: char| c.is_ascii_alphanumeric())
        && rest.get(sign.len()..).is_some_and(|after| after.starts_with(char::is_alphanumeric))
}

fn is_pictogram(c: char) -> bool {
    matches!(c as u32,
        0x1F000..=0x1F3FA | 0x1F400..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2190..=0x21FF | 0x203C | 0x2049
        | 0x2300..=0x23FF | 0x3030 | 0x303D)
}

/// Letters of other scripts that look like a Latin one, all lower-case.
#[rustfmt::skip]
const ALIKE: &[(char, char, Script)] = &[
    ('a', 'а', Script::Cyrillic), ('e', 'е', Script::Cyrillic), ('o', 'о', Script::Cyrillic), ('p', 'р', Script::Cyrillic),
    ('c', 'с', Script::Cyrillic), ('y', 'у', Script::Cyrillic), ('x', 'х', Script::Cyrillic), ('i', 'і', Script::Cyrillic),
    ('s', 'ѕ', Script::Cyrillic), ('j', 'ј', Script::Cyrillic), ('k', 'к', Script::Cyrillic), ('m', 'м', Script::Cyrillic),
    ('h', 'н', Script::Cyrillic), ('t', 'т', Script::Cyrillic), ('b', 'в', Script::Cyrillic), ('h', 'һ', Script::Cyrillic),
    ('o', 'ο', Script::Greek), ('a', 'α', Script::Greek), ('v', 'ν', Script::Greek), ('p', 'ρ', Script::Greek),
    ('i', 'ι', Script::Greek), ('k', 'κ', Script::Greek), ('u', 'υ', Script::Greek), ('t', 'τ', Script::Greek),
    ('x', 'χ', Script::Greek), ('e', 'ε', Script::Greek), ('n', 'η', Script::Greek),
];

/// The letter of a script that looks like this one of another.
pub(super) fn alike(code: u32, script: Script) -> Option<u32> {
    let letter = char::from_u32(code)?;
    let own = Script::of(letter);
    if own == script {
        return None;
    }
    let latin = match own {
        Script::Latin => letter,
        _ => ALIKE.iter().find(|(_, other, of)| *other == letter && *of == own)?.0,
    };
    if script == Script::Latin {
        return Some(u32::from(latin));
    }
    ALIKE.iter().find(|(plain, _, of)| *plain == latin && *of == script).map(|(_, other, _)| u32::from(*other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_signs() {
        for (text, expected) in [
            ("😡😡", Some((4, 0x1F621))),
            ("👍🏽 ok", Some((8, 0x1F44D))),
            ("❤\u{FE0F}", Some((6, 0x2764))),
            (":)", Some((2, 1))),
            (":)))) ja", Some((5, 1))),
            (")))", Some((3, 21))),
            ("(", Some((1, 22))),
            (":Paul", None),
            (":P", Some((2, 9))),
            (":", None),
            ("ж", None),
            ("</3", Some((3, 8))),
        ] {
            assert_eq!(at(text, text.chars().next().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn tells_the_letter_that_was_meant() {
        let meant = |c: char, script| alike(u32::from(c), script).and_then(char::from_u32);
        assert_eq!(meant('а', Script::Latin), Some('a'));
        assert_eq!(meant('ο', Script::Latin), Some('o'));
        assert_eq!(meant('p', Script::Cyrillic), Some('р'));
        assert_eq!(meant('ο', Script::Cyrillic), Some('о'));
        assert_eq!(meant('ж', Script::Latin), None);
        assert_eq!(meant('a', Script::Latin), None);
    }
}
