use std::{borrow::Cow, fmt::Write as _};

/// Makes a text from outside safe for one line of a terminal: control characters (which move the cursor, change colours or
/// set the window's title) and signs that turn the direction of writing or break lines are written out as `\u{…}`.
///
/// Joiners stay, as emoji and several scripts need them; so do the marks of direction, which turn nothing but themselves, and
/// byte order marks, which editors leave inside texts and terminals do not show.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        push_escaped(&mut safe, letter);
    }
    Cow::Owned(safe)
}

/// Appends one character of a text from outside.
pub(crate) fn push_escaped(line: &mut String, letter: char) {
    match letter {
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push(' '),
        _ if is_dangerous(letter) => {
            // Writing to a string cannot fail.
            let _ = write!(line, "\\u{{{:x}}}", u32::from(letter));
        }
        _ => line.push(letter),
    }
}

/// Does the same to a JSON document, where it changes nothing of the meaning: inside JSON such characters stand only in
/// strings, and line ends between values are left alone.
pub(crate) fn escape_json(document: &str) -> Cow<'_, str> {
    if !document.chars().any(|letter| letter != '\n' && is_dangerous(letter)) {
        return Cow::Borrowed(document);
    }
    let mut safe = String::with_capacity(document.len() + 16);
    for letter in document.chars() {
        if letter != '\n' && is_dangerous(letter) {
            // All of them lie in the basic plane, so four digits are enough.
            let _ = write!(safe, "\\u{:04x}", u32::from(letter));
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

fn is_dangerous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{2028}' | '\u{2029}'                 // line and paragraph separators
            | '\u{202a}'..='\u{202e}'               // embeddings and overrides of direction
            | '\u{2066}'..='\u{2069}'               // isolates of direction
            | '\u{fff9}'..='\u{fffb}') // interlinear annotation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        for (outside, shown) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "\\u{1b}[31mred\\u{1b}]0;title\\u{7}"),
            ("a\nb\r\tc", "a\\nb\\r c"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{7f}\u{0}", "\\u{7f}\\u{0}"),
            ("abc\u{202e}cba\u{2066}", "abc\\u{202e}cba\\u{2066}"),
            ("line\u{2028}line", "line\\u{2028}line"),
            ("👩\u{200d}🚀 می\u{200c}خواهم क\u{94d}ष 東京", "👩\u{200d}🚀 می\u{200c}خواهم क\u{94d}ष 東京"),
        ] {
            assert_eq!(escape(outside), shown, "{outside:?}");
        }
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({"text": "a\u{9b}2J\u{202e}b\nc\u{7f}", "n": 1});
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let safe = escape_json(&pretty);
        assert!(!safe.contains(['\u{9b}', '\u{202e}', '\u{7f}']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
