//! Which letters part words, quote them or stand for others, in all scripts that queries are written in.

/// What stands between words: blanks, and the marks that only steer how a line is set (they come with pasted text in
/// scripts that run from right to left).
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What a word ends before.
pub(super) fn is_word_end(letter: char) -> bool {
    is_blank(letter) || matches!(letter, '(' | ')' | '（' | '）') || Quote::of(letter).is_some()
}

/// `"` between two Hebrew letters is a letter of an abbreviation, typed in place of gershayim: ארה"ב.
pub(super) fn is_gershayim(previous: Option<char>, letter: char, next: Option<char>) -> bool {
    let is_hebrew = |letter: Option<char>| letter.is_some_and(|letter| ('\u{5d0}'..='\u{5ea}').contains(&letter));
    matches!(letter, '"' | '”') && is_hebrew(previous) && is_hebrew(next)
}

/// The sorts of quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// `"`, also full-width.
    Straight,
    /// `“ ” „`; languages differ in which opens and which closes.
    Curly,
    /// `« »`, likewise.
    Guillemet,
}

impl Quote {
    pub(super) const fn of(letter: char) -> Option<Self> {
        match letter {
            '"' | '＂' => Some(Self::Straight),
            '“' | '”' | '„' => Some(Self::Curly),
            '«' | '»' => Some(Self::Guillemet),
            _ => None,
        }
    }

    /// Word processors bend only some of the marks: a curly quote may end straight. Within straight quotes all others
    /// are part of the phrase.
    pub(super) fn is_closed_by(self, letter: char) -> bool {
        match Self::of(letter) {
            Some(other) => other == self || (self == Self::Curly && other == Self::Straight),
            None => false,
        }
    }

    /// The mark to write at the end.
    pub(super) const fn closing(self) -> char {
        match self {
            Self::Straight => '"',
            Self::Curly => '”',
            Self::Guillemet => '»',
        }
    }
}

/// Text in quotes that is read as exactly this text.
pub(super) fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        // Before `*` and `?` it says already that they are letters like others.
        let is_loose = letter == '\\' && !matches!(letters.peek(), Some('*' | '?'));
        if is_loose || Quote::Straight.is_closed_by(letter) {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}
