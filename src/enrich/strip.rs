//! What stands in a text without being language: links, handles, the entities platforms leave behind, invisible signs.

/// Something at a place of a text that is no word of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// An address.
    Link,
    /// `@` and a name; its name begins after the sign.
    Handle,
    /// A letter written as `&amp;` and the like.
    Entity,
}

/// The longest entity looked for, with both ends.
const ENTITY_BYTES_MAX: usize = 10;

/// What foreign thing begins at a byte of the text, and how many bytes it has. `after_letter`: a letter or digit stands before.
pub(super) fn foreign_at(text: &str, start: usize, after_letter: bool) -> Option<(Foreign, usize)> {
    let rest = text.get(start..)?;
    match *rest.as_bytes().first()? {
        b'h' | b'H' | b'w' | b'W' if !after_letter => link_bytes(rest).map(|length| (Foreign::Link, length)),
        b'@' if !after_letter => handle_bytes(rest, 1).map(|length| (Foreign::Handle, length)),
        0xEF if !after_letter && rest.starts_with('＠') => {
            handle_bytes(rest, '＠'.len_utf8()).map(|length| (Foreign::Handle, length))
        }
        b'&' => entity_bytes(rest).map(|length| (Foreign::Entity, length)),
        _ => None,
    }
}

fn link_bytes(rest: &str) -> Option<usize> {
    let begins = |head: &str| rest.get(..head.len()).is_some_and(|found| found.eq_ignore_ascii_case(head));
    (begins("http://") || begins("https://") || begins("www."))
        .then(|| rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>')).unwrap_or(rest.len()))
}

/// Dots belong to a handle inside, not at its end.
fn handle_bytes(rest: &str, sign: usize) -> Option<usize> {
    let name = rest.get(sign..)?;
    let end = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(name.len());
    let name = name.get(..end)?.trim_end_matches('.');
    (!name.is_empty()).then(|| sign + name.len())
}

fn entity_bytes(rest: &str) -> Option<usize> {
    let end = rest.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let known = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos" | "nbsp")
        || name
            .strip_prefix('#')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    known.then_some(end + 1)
}

/// The letter or mark that an entity stands for, where it is one that says something.
pub(super) fn entity(written: &str) -> Option<char> {
    match written {
        "&quot;" | "&#34;" => Some('"'),
        "&#33;" => Some('!'),
        "&#63;" => Some('?'),
        _ => None,
    }
}

/// Signs that nobody sees: joiners, directions, variation selectors. They neither end a word nor belong to it.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_no_word() {
        for (text, expected) in [
            ("https://a.example/x?y=1 z", Some((Foreign::Link, 23))),
            ("WWW.A.example", Some((Foreign::Link, 13))),
            ("how", None),
            ("@Nord.wind. hi", Some((Foreign::Handle, 10))),
            ("@ home", None),
            ("＠луна!", Some((Foreign::Handle, 11))),
            ("&amp; b", Some((Foreign::Entity, 5))),
            ("&#39;", Some((Foreign::Entity, 5))),
            ("& b;", None),
            ("&", None),
            ("", None),
        ] {
            assert_eq!(foreign_at(text, 0, false), expected, "{text}");
        }
        assert_eq!(foreign_at("a@b", 1, true), None);
    }
}
