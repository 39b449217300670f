//! A text as trained models see it: words, signs and marks with their places, letters in one spelling.
//!
//! Letter case, look-alike letters, stacked accents, entities and invisible signs go, accents that belong stay: they tell languages
//! apart. What is made here lies in the weights of every model, so a change of meaning is a change of [`FEATURES`].

use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

use super::{
    script::Script,
    signs,
    strip::{Foreign, entity, foreign_at, is_invisible},
};
use crate::{linear::mix, text::is_letter_or_digit};

/// Version of the features that are made of a reading.
pub const FEATURES: u32 = 1;

/// Letters of one word that are kept; nobody means anything by the thousandth.
const WORD_LETTERS_MAX: usize = 64;
/// Letters of a run without blanks in one token.
const RUN_LETTERS_MAX: usize = 512;
/// Letters in a row that are kept of "sooooo".
const REPEATS_MAX: usize = 2;
/// Capital letters that make a shouted word.
const SHOUTED_LETTERS_MIN: u32 = 3;

/// A text, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    /// Letters of all words, one spelling each.
    pub(super) letters: Vec<Letter>,
    /// Letters by script, in the order of [`Script::ALL`].
    counts: [u32; Script::COUNT],
    /// A language told by a letter that only it has.
    pub(super) told: Option<&'static str>,
}

/// A letter and where it stands in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) code: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A place in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Of which token and place something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// As a place in [`Reading::tokens`]; none where the whole text is meant.
    pub(super) token: Option<u32>,
    pub(super) place: Place,
}

impl Place {
    pub(super) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters and digits between blanks.
    Word,
    /// Letters of a script that leaves no blanks.
    Run,
    /// A pictogram or emoticon.
    Sign,
    /// One mark of punctuation, any number of times.
    Mark,
    /// An account that is named.
    Handle,
    /// An address.
    Link,
}

/// One piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) hash: u64,
    pub(super) place: Place,
    /// Its letters, as places in [`Reading::letters`].
    pub(super) letters: (u32, u32),
    pub(super) script: Script,
    /// A hash sign before it.
    pub(super) is_tag: bool,
    pub(super) is_shouted: bool,
    pub(super) is_drawn_out: bool,
    /// Times the mark stands.
    pub(super) times: u32,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        // About one token for six bytes, one letter for each.
        let mut reading = Self {
            tokens: Vec::with_capacity(text.len() / 5 + 4),
            letters: Vec::with_capacity(text.len() + 4),
            ..Self::default()
        };
        Reader { text, at: 0, is_after_letter: false, reading: &mut reading }.read();
        reading
    }

    pub(super) fn letters_of(&self, token: &Token) -> &[Letter] {
        self.letters.get(token.letters.0 as usize..token.letters.1 as usize).unwrap_or_default()
    }

    pub(super) fn count(&self, script: Script) -> u32 {
        self.counts.get(script as usize).copied().unwrap_or_default()
    }

    /// The script that weighs most, with its share of all weight; `None` where there is no letter.
    pub(super) fn dominant(&self) -> Option<(Script, f32)> {
        let weight = |script: Script| self.count(script).saturating_mul(script.letter_weight());
        let total: u32 = Script::ALL.into_iter().map(weight).sum();
        // Japanese mixes both; wherever there is kana, its Han letters are Japanese too.
        let is_japanese = self.count(Script::Kana) > 0;
        let joined = |script: Script| match script {
            Script::Kana if is_japanese => weight(Script::Kana) + weight(Script::Han),
            Script::Han if is_japanese => 0,
            other => weight(other),
        };
        let best = Script::ALL.into_iter().rev().max_by_key(|script| joined(*script))?;
        let narrow = |count: u32| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        (total > 0).then(|| (best, narrow(joined(best)) / narrow(total)))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    is_after_letter: bool,
    reading: &'a mut Reading,
}

/// Texts are at most 32 KiB, and titles 1 KiB.
fn narrow(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl Reader<'_> {
    fn read(&mut self) {
        let text = self.text;
        let mut is_tag = false;
        while let Some(rest) = text.get(self.at..)
            && let Some(&first) = rest.as_bytes().first()
        {
            if matches!(first, b'h' | b'H' | b'w' | b'W' | b'@' | b'&' | 0xEF)
                && let Some((foreign, bytes)) = foreign_at(text, self.at, self.is_after_letter)
            {
                self.foreign(foreign, bytes);
                continue;
            }
            if first.is_ascii_alphabetic() {
                self.word(is_tag);
                is_tag = false;
                self.is_after_letter = true;
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            let start = self.at;
            if let Some((bytes, id)) = signs::at(rest, c) {
                self.at += bytes;
                self.push(TokenKind::Sign, mix(0xEEEE, id), start, 1);
            } else if c == '#' || c == '＃' {
                is_tag = true;
                self.at += c.len_utf8();
                self.is_after_letter = false;
                continue;
            } else if is_letter_or_digit(c) {
                self.word(is_tag);
                is_tag = false;
                self.is_after_letter = true;
                continue;
            } else if is_told_mark(c) {
                let times = rest.chars().take_while(|other| *other == c).count();
                self.at += times * c.len_utf8();
                self.push(TokenKind::Mark, mix(0xC0C0, mark_code(c, times)), start, narrow(times));
            } else {
                self.at += c.len_utf8();
            }
            is_tag &= is_invisible(c);
            self.is_after_letter = false;
        }
    }

    fn foreign(&mut self, foreign: Foreign, bytes: usize) {
        let start = self.at;
        self.at += bytes;
        self.is_after_letter = false;
        match foreign {
            Foreign::Link => self.push(TokenKind::Link, 0xF001, start, 1),
            Foreign::Handle => self.push(TokenKind::Handle, 0xF002, start, 1),
            Foreign::Entity => {
                if let Some(c) = self.text.get(start..self.at).and_then(entity)
                    && is_told_mark(c)
                {
                    self.push(TokenKind::Mark, mix(0xC0C0, mark_code(c, 1)), start, 1);
                }
            }
        }
    }

    fn push(&mut self, kind: TokenKind, hash: u64, start: usize, times: u32) {
        let letters = narrow(self.reading.letters.len());
        self.reading.tokens.push(Token {
            kind,
            hash,
            place: Place { start: narrow(start), end: narrow(self.at) },
            letters: (letters, letters),
            script: Script::Other,
            is_tag: false,
            is_shouted: false,
            is_drawn_out: false,
            times,
        });
    }

    /// Takes the word or run that begins here.
    fn word(&mut self, is_tag: bool) {
        let mut word = Word::begin(self.at, self.reading.letters.len());
        let text = self.text;
        let bytes = text.as_bytes();
        loop {
            let at = self.at;
            let Some(&byte) = bytes.get(at) else { break };
            if byte.is_ascii() {
                if byte.is_ascii_alphabetic() {
                    if word.is_unspaced {
                        break;
                    }
                    word.capitals += u32::from(byte.is_ascii_uppercase());
                    word.letter(self.reading, u32::from(byte.to_ascii_lowercase()), at, at + 1);
                    word.ascii += 1;
                } else if byte.is_ascii_digit() {
                    if word.is_unspaced {
                        break;
                    }
                    word.digit(self.reading, at, at + 1);
                } else if matches!(byte, b'\'' | b'_') && word.goes_on(text, at + 1) {
                    word.inner(self.reading, u32::from(b'\''), at, at + 1);
                } else if byte == b'&' && !word.is_unspaced && text.get(at..).is_some_and(|it| it.starts_with("&#39;"))
                {
                    word.inner(self.reading, u32::from(b'\''), at, at + 5);
                    self.at += 5;
                    continue;
                } else {
                    break;
                }
                self.at += 1;
                continue;
            }
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            let end = at + c.len_utf8();
            if is_invisible(c) || is_silent(c) {
                self.at = end;
                continue;
            }
            if matches!(c, '’' | 'ʼ') && word.goes_on(text, end) {
                word.inner(self.reading, u32::from(b'\''), at, end);
                self.at = end;
                continue;
            }
            if is_combining_mark(c) {
                word.accent(self.reading, c, at, end);
                self.at = end;
                continue;
            }
            if !is_letter_or_digit(c) || !word.takes(c) {
                break;
            }
            if c.is_numeric() {
                word.digit(self.reading, at, end);
            } else {
                word.foreign_letter(self.reading, c, at, end);
            }
            self.at = end;
        }
        // What begins with a letter of another kind than it goes on with must still be passed.
        if self.at == word.start {
            self.at += text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        }
        if word.letters == 0 && word.digits == 0 {
            return;
        }
        word.finish(self.reading, self.at, is_tag);
    }
}

/// A word on its way into the reading.
struct Word {
    start: usize,
    first_letter: usize,
    letters: u32,
    digits: u32,
    capitals: u32,
    ascii: u32,
    counts: [u32; 3],
    script: Script,
    is_unspaced: bool,
    is_drawn_out: bool,
    last: u32,
    repeats: usize,
}

/// Scripts whose letters look alike.
const ALIKE: [Script; 3] = [Script::Latin, Script::Cyrillic, Script::Greek];

impl Word {
    fn begin(start: usize, first_letter: usize) -> Self {
        Self {
            start,
            first_letter,
            letters: 0,
            digits: 0,
            capitals: 0,
            ascii: 0,
            counts: [0; 3],
            script: Script::Other,
            is_unspaced: false,
            is_drawn_out: false,
            last: 0,
            repeats: 0,
        }
    }

    /// Whether a letter follows, so that the sign before it belongs into the word.
    fn goes_on(&self, text: &str, at: usize) -> bool {
        !self.is_unspaced
            && self.letters > 0
            && text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_letter_or_digit)
    }

    /// Whether a letter belongs to the same word: runs without blanks end where others begin.
    fn takes(&mut self, c: char) -> bool {
        let is_unspaced = is_unspaced(c);
        if self.letters == 0 && self.digits == 0 {
            self.is_unspaced = is_unspaced;
        }
        self.is_unspaced == is_unspaced
    }

    fn keeps(&self, reading: &Reading) -> bool {
        let max = if self.is_unspaced { RUN_LETTERS_MAX } else { WORD_LETTERS_MAX };
        reading.letters.len() - self.first_letter < max
    }

    fn letter(&mut self, reading: &mut Reading, code: u32, start: usize, end: usize) {
        self.letters += 1;
        self.keep(reading, code, start, end);
    }

    fn keep(&mut self, reading: &mut Reading, code: u32, start: usize, end: usize) {
        if code == self.last {
            self.repeats += 1;
            if self.repeats >= REPEATS_MAX {
                self.is_drawn_out |= self.repeats == REPEATS_MAX && code != u32::from(b'0');
                return;
            }
        } else {
            self.last = code;
            self.repeats = 0;
        }
        if self.keeps(reading) {
            reading.letters.push(Letter { code, start: narrow(start), end: narrow(end) });
        }
    }

    fn digit(&mut self, reading: &mut Reading, start: usize, end: usize) {
        self.digits += 1;
        self.keep(reading, u32::from(b'0'), start, end);
    }

    fn inner(&mut self, reading: &mut Reading, code: u32, start: usize, end: usize) {
        self.last = code;
        self.repeats = 0;
        if self.keeps(reading) {
            reading.letters.push(Letter { code, start: narrow(start), end: narrow(end) });
        }
    }

    /// A mark over or under the letter before: one letter with it where there is one, a letter of its own in scripts that write vowels
    /// so, and else nothing: stacks of accents belong to no language.
    fn accent(&mut self, reading: &mut Reading, mark: char, start: usize, end: usize) {
        let is_stack = matches!(mark, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{20D0}'..='\u{20FF}');
        if !is_stack {
            self.keep(reading, u32::from(mark), start, end);
            return;
        }
        let after_word = reading.letters.len() > self.first_letter;
        if let Some(last) = reading.letters.last_mut().filter(|_| after_word)
            && let Some(whole) = char::from_u32(last.code).and_then(|base| compose(base, mark))
        {
            last.code = u32::from(whole);
            last.end = narrow(end);
            self.last = last.code;
            self.repeats = 0;
        }
    }

    fn foreign_letter(&mut self, reading: &mut Reading, c: char, start: usize, end: usize) {
        let mut c = c;
        if matches!(c as u32, 0x1D400..=0x1D7FF | 0xFF21..=0xFF5A | 0x24B6..=0x24E9) {
            decompose_compatible(c, |plain| c = plain);
        }
        if !self.is_unspaced && c.is_uppercase() {
            self.capitals += 1;
        }
        let script = Script::of(c);
        if reading.told.is_none() {
            reading.told = script.told_by_letter(c);
        }
        match ALIKE.iter().position(|alike| *alike == script) {
            Some(alike) => {
                if let Some(count) = self.counts.get_mut(alike) {
                    *count += 1;
                }
            }
            None => {
                self.script = script;
                if let Some(count) = reading.counts.get_mut(script as usize) {
                    *count += 1;
                }
            }
        }
        let code = fold(c);
        self.letter(reading, code, start, end);
    }

    fn finish(mut self, reading: &mut Reading, end: usize, is_tag: bool) {
        if let Some(latin) = self.counts.first_mut() {
            *latin += self.ascii;
        }
        self.settle_alike(reading);
        let mut hash = 0x1234_5678_u64;
        for letter in reading.letters.get(self.first_letter..).unwrap_or_default() {
            hash = mix(hash, u64::from(letter.code));
        }
        reading.tokens.push(Token {
            kind: if self.is_unspaced { TokenKind::Run } else { TokenKind::Word },
            hash,
            place: Place { start: narrow(self.start), end: narrow(end) },
            letters: (narrow(self.first_letter), narrow(reading.letters.len())),
            script: self.script,
            is_tag,
            is_shouted: self.letters >= SHOUTED_LETTERS_MIN && self.capitals == self.letters,
            is_drawn_out: self.is_drawn_out,
            times: 1,
        });
    }

    /// A word of letters that look alike is in the script most of them have, whoever mixed them, and is spelt in it.
    fn settle_alike(&mut self, reading: &mut Reading) {
        let [latin, cyrillic, greek] = self.counts;
        let all = latin + cyrillic + greek;
        if all == 0 {
            return;
        }
        let script = if cyrillic > latin && cyrillic >= greek {
            Script::Cyrillic
        } else if greek > latin {
            Script::Greek
        } else {
            Script::Latin
        };
        if self.counts.iter().filter(|count| **count > 0).count() > 1 {
            for letter in reading.letters.iter_mut().skip(self.first_letter) {
                letter.code = signs::alike(letter.code, script).unwrap_or(letter.code);
            }
        }
        self.script = script;
        if let Some(count) = reading.counts.get_mut(script as usize) {
            *count += all;
        }
    }
}

/// One spelling for letters that are written in several ways.
fn fold(c: char) -> u32 {
    match c as u32 {
        // Alef with and without its signs, ya, ta marbuta.
        0x0622 | 0x0623 | 0x0625 | 0x0671 => 0x0627,
        0x0649 => 0x064A,
        0x0629 => 0x0647,
        code if code < 0x0250 || (0x0370..0x0560).contains(&code) || code >= 0x1E00 => {
            c.to_lowercase().next().map_or(code, u32::from)
        }
        code => code,
    }
}

/// Signs inside Arabic words that change nothing: tatweel and short vowels.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{0640}' | '\u{064B}'..='\u{0652}')
}

/// Letters of scripts that leave no blanks between words.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

/// Marks that tell something of mood or of the kind of text.
fn is_told_mark(c: char) -> bool {
    matches!(
        c,
        '!' | '?'
            | '.'
            | '"'
            | '%'
            | '$'
            | ':'
            | '-'
            | '/'
            | '*'
            | '…'
            | '¿'
            | '¡'
            | '！'
            | '？'
            | '؟'
            | '。'
            | '€'
            | '£'
    )
}

/// The mark and how often, up to 3: "!!!!" says what "!!!" says.
fn mark_code(c: char, times: usize) -> u64 {
    let c = match c {
        '！' => '!',
        '？' | '؟' => '?',
        '。' => '.',
        other => other,
    };
    u64::from(c) * 4 + times.min(3) as u64
}

#[cfg(test)]
mod tests;
