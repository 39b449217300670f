//! A text without everything that is no language, and whose script its letters are of.

use super::script::Script;
use crate::{
    enrich::strip::{Foreign, foreign_at, is_invisible},
    text::is_letter_or_digit,
};

/// Letters looked at. A language shows in the first lines, and the cost of letter statistics grows with each letter.
const LETTERS_MAX: usize = 600;

/// The letters of a text.
#[derive(Debug)]
pub(super) struct Letters {
    /// Words in lower case with their accents, one blank between. Signs that belong into words (`'`) stay.
    pub(super) words: String,
    /// Letters by script, in the order of [`Script::ALL`].
    counts: [usize; Script::COUNT],
    /// A language told by a letter that only it has.
    pub(super) told: Option<&'static str>,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self { words: String::new(), counts: [0; Script::COUNT], told: None };
        let mut total = 0;
        let mut at = 0;
        let mut after_letter = false;
        while total < LETTERS_MAX
            && let Some(c) = text.get(at..).and_then(|rest| rest.chars().next())
        {
            if let Some((foreign, bytes)) = foreign_at(text, at, after_letter) {
                // `&#39;` stands inside words, the other entities between them.
                let inside = foreign == Foreign::Entity && text.get(at..at + bytes).is_some_and(|it| it == "&#39;");
                letters.gap(if inside { '\'' } else { ' ' });
                at += bytes;
                after_letter = false;
                continue;
            }
            at += c.len_utf8();
            after_letter = is_letter_or_digit(c);
            if c.is_alphabetic() {
                total += 1;
                letters.letter(c);
            } else if !c.is_ascii() && unicode_normalization::char::is_combining_mark(c) {
                // Vowel signs belong to their word; stacks of accents on a Latin letter are no letters of any language.
                if !matches!(c, '\u{0300}'..='\u{036F}' | '\u{20D0}'..='\u{20FF}') {
                    letters.words.push(c);
                }
            } else if matches!(c, '\'' | '’' | 'ʼ') {
                letters.gap('\'');
            } else if matches!(c, '¿' | '¡') {
                letters.gap(' ');
                letters.words.push(c);
                letters.gap(' ');
            } else if !is_invisible(c) {
                letters.gap(' ');
            }
        }
        letters
    }

    fn letter(&mut self, c: char) {
        let script = Script::of(c);
        if let Some(count) = self.counts.get_mut(script as usize) {
            *count += 1;
        }
        self.told = self.told.or_else(|| script.told_by_letter(c));
        if c.is_ascii() {
            self.words.push(c.to_ascii_lowercase());
        } else {
            self.words.extend(c.to_lowercase());
        }
    }

    fn gap(&mut self, sign: char) {
        if !self.words.is_empty() && !self.words.ends_with([' ', '\'']) {
            self.words.push(sign);
        }
    }

    pub(super) fn count(&self, script: Script) -> usize {
        self.counts.get(script as usize).copied().unwrap_or_default()
    }

    /// The script that weighs most, with its share of all weight; `None` where there is no letter.
    pub(super) fn dominant(&self) -> Option<(Script, f32)> {
        let weight = |script: Script| self.count(script) * script.letter_weight();
        let total: usize = Script::ALL.into_iter().map(weight).sum();
        // Japanese mixes both; wherever there is kana, its Han letters are Japanese too.
        let japanese = self.count(Script::Kana) > 0;
        let joined = |script: Script| match script {
            Script::Kana if japanese => weight(Script::Kana) + weight(Script::Han),
            Script::Han if japanese => 0,
            other => weight(other),
        };
        let best = Script::ALL.into_iter().rev().max_by_key(|script| joined(*script))?;
        (total > 0).then(|| (best, share(joined(best), total)))
    }

    /// Without the words of other scripts, which would only mislead the statistics.
    pub(super) fn words_of(&self, script: Script) -> String {
        let mut words = String::with_capacity(self.words.len());
        for word in self.words.split(' ') {
            if word.chars().any(|c| Script::of(c) == script) {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(word);
            }
        }
        words
    }
}

fn share(part: usize, whole: usize) -> f32 {
    let narrow = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    narrow(part) / narrow(whole).max(1.0)
}
