//! A text cut into folded words, signs and marks with their places: what all judgements but the language read.

use std::ops::Range;

use hashbrown::HashMap;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::strip::{Foreign, foreign_at, is_invisible};
use crate::{
    config::{SignLists, WordRole},
    text::is_letter_or_digit,
};

/// Between words of one clause in the folded text.
pub(super) const WORD_GAP: char = ' ';
/// Between clauses in the folded text: no phrase and no negation reaches over it.
pub(super) const CLAUSE_GAP: char = '\n';

/// A text, cut.
#[derive(Debug, Default)]
pub(super) struct Units<'a> {
    pub(super) text: &'a str,
    /// All words, folded, a gap after each.
    pub(super) folded: String,
    pub(super) words: Vec<Word>,
    /// Pictograms and emoticons with a feeling.
    pub(super) signs: Vec<Sign>,
    /// Places of handles without `@`.
    pub(super) handles: Vec<Range<usize>>,
    /// Places of question marks.
    pub(super) question_marks: Vec<Range<usize>>,
    pub(super) links: usize,
    pub(super) hashtags: usize,
    /// The first thing in the text is a handle.
    pub(super) starts_with_handle: bool,
}

/// A run of letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In the text.
    pub(super) place: Range<usize>,
    /// In the folded text.
    pub(super) folded: Range<usize>,
    /// Grows by 1 with each word, by the number of letters with a run of a script that leaves no blanks.
    pub(super) position: usize,
    /// Words before it in its clause.
    pub(super) in_clause: usize,
    /// Words before its clause in the same sentence, with nothing but commas between.
    pub(super) before_clause: usize,
    /// Its script leaves no blanks between words: what is looked for may stand anywhere in it.
    pub(super) unspaced: bool,
}

/// A pictogram or emoticon with a feeling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) place: Range<usize>,
    pub(super) role: WordRole,
}

/// The pictograms and emoticons that are looked for.
#[derive(Debug, Default)]
pub(super) struct Signs {
    emoji: HashMap<char, WordRole>,
    /// By first letter, the longest first.
    emoticons: HashMap<char, Vec<(String, WordRole)>>,
}

impl Signs {
    pub(super) fn new(lists: &SignLists) -> Self {
        let emoji = lists.emoji.iter().filter_map(|(sign, role)| Some((sign.chars().next()?, *role))).collect();
        let mut emoticons: HashMap<char, Vec<(String, WordRole)>> = HashMap::new();
        for (sign, role) in &lists.emoticons {
            if let Some(first) = sign.chars().next() {
                emoticons.entry(first).or_default().push((sign.clone(), *role));
            }
        }
        for signs in emoticons.values_mut() {
            signs.sort_by_key(|(sign, _)| std::cmp::Reverse(sign.len()));
        }
        Self { emoji, emoticons }
    }

    /// A sign that begins here, with its length in bytes.
    fn at(&self, rest: &str, first: char, brackets: Brackets) -> Option<(usize, WordRole)> {
        if let Some(role) = self.emoji.get(&first) {
            return Some((first.len_utf8(), *role));
        }
        let (sign, role) = self.emoticons.get(&first)?.iter().find(|(sign, _)| {
            rest.strip_prefix(sign.as_str()).is_some_and(|after| {
                let ends_in_letter = sign.ends_with(is_letter_or_digit);
                !(ends_in_letter && after.starts_with(is_letter_or_digit)) && brackets.leave(sign)
            })
        })?;
        Some((sign.len(), *role))
    }
}

/// A text with both brackets most likely brackets something: rows of one bracket are smiles only where the other is missing.
#[derive(Clone, Copy)]
struct Brackets {
    both: bool,
}

impl Brackets {
    fn leave(self, sign: &str) -> bool {
        !(self.both && sign.bytes().all(|byte| matches!(byte, b'(' | b')')))
    }
}

impl<'a> Units<'a> {
    pub(super) fn of(text: &'a str, signs: &Signs) -> Self {
        let brackets = Brackets { both: text.contains('(') && text.contains(')') };
        let mut cutter = Cutter {
            units: Self { text, folded: String::with_capacity(text.len() + 16), ..Self::default() },
            position: 0,
            in_clause: 0,
            before_clause: 0,
        };
        let mut at = 0;
        let mut after_letter = false;
        let mut nothing_yet = true;
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            if let Some((foreign, bytes)) = foreign_at(text, at, after_letter) {
                match foreign {
                    Foreign::Link => {
                        cutter.units.links += 1;
                        cutter.end_clause();
                    }
                    Foreign::Handle => {
                        let sign = c.len_utf8();
                        cutter.units.handles.push(at + sign..at + bytes);
                        cutter.units.starts_with_handle |= nothing_yet;
                        cutter.end_clause();
                    }
                    Foreign::Entity => {}
                }
                at += bytes;
                after_letter = false;
            } else if is_letter_or_digit(c) {
                at = cutter.word(at);
                after_letter = true;
            } else if let Some((bytes, role)) = signs.at(rest, c, brackets) {
                cutter.units.signs.push(Sign { place: at..at + bytes, role });
                cutter.end_clause();
                at += bytes;
                after_letter = false;
            } else {
                cutter.mark(at, c);
                at += c.len_utf8();
                after_letter = false;
            }
            nothing_yet &= c.is_whitespace() || matches!(c, '.' | '"');
        }
        cutter.units
    }

    /// The text at a place; empty where the place is none.
    pub(super) fn written(&self, place: &Range<usize>) -> &'a str {
        self.text.get(place.clone()).unwrap_or_default()
    }
}

struct Cutter<'a> {
    units: Units<'a>,
    position: usize,
    in_clause: usize,
    before_clause: usize,
}

impl Cutter<'_> {
    /// Takes the word that begins at a byte; where it ends.
    fn word(&mut self, start: usize) -> usize {
        let folded_start = self.units.folded.len();
        let text = self.units.text.get(start..).unwrap_or_default();
        let unspaced = text.chars().next().is_some_and(is_unspaced);
        let mut length = 0;
        let mut letters = 0;
        for c in text.chars() {
            if !c.is_ascii() && (is_invisible(c) || is_combining_mark(c)) {
                fold(c, &mut self.units.folded);
            } else if is_letter_or_digit(c) && is_unspaced(c) == unspaced {
                fold(c, &mut self.units.folded);
                letters += 1;
            } else {
                break;
            }
            length += c.len_utf8();
        }
        let end = start + length;
        if self.units.folded.len() > folded_start {
            self.units.words.push(Word {
                place: start..end,
                folded: folded_start..self.units.folded.len(),
                position: self.position,
                in_clause: self.in_clause,
                before_clause: self.before_clause,
                unspaced,
            });
            self.units.folded.push(WORD_GAP);
            self.position += if unspaced { letters } else { 1 };
            self.in_clause += 1;
        }
        end
    }

    fn mark(&mut self, at: usize, c: char) {
        match c {
            '?' | '？' | '؟' | '⁇' | '⁉' | '\u{37E}' | '՞' | '፧' | '⁈' => {
                self.units.question_marks.push(at..at + c.len_utf8());
                self.end_clause();
            }
            '#' | '＃' => self.units.hashtags += 1,
            '\'' | '’' | '‘' | 'ʼ' | '`' | '-' | '‐' | '_' | '&' | '"' | '“' | '”' | '«' | '»' | '*' => {}
            '\n' => self.end_clause(),
            ',' | '،' => {
                let before_clause = self.before_clause + self.in_clause;
                self.end_clause();
                self.before_clause = before_clause;
            }
            _ if c.is_whitespace() || is_invisible(c) => {}
            _ => self.end_clause(),
        }
    }

    fn end_clause(&mut self) {
        self.in_clause = 0;
        self.before_clause = 0;
        if self.units.folded.ends_with(WORD_GAP) {
            self.units.folded.pop();
            self.units.folded.push(CLAUSE_GAP);
        }
    }
}

/// Letters of scripts that leave no blanks between words, or, as Hangul, leave them at will.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3040..=0x30FF
        | 0x3130..=0x318F | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Appends a letter lower-cased and without accents, so that what people type in haste meets what the lists say.
pub(super) fn fold(c: char, into: &mut String) {
    if c.is_ascii() {
        into.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'ß' => into.push_str("ss"),
            'ı' => into.push('i'),
            'ł' => into.push('l'),
            'đ' => into.push('d'),
            'ø' => into.push('o'),
            'æ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            // The Arabic letters that are written with and without their small signs.
            'أ' | 'إ' | 'آ' | 'ٱ' => into.push('ا'),
            'ى' => into.push('ي'),
            'ة' => into.push('ه'),
            '\u{0640}' | '\u{064B}'..='\u{0652}' | '\u{0670}' => {}
            '\u{0300}'..='\u{036F}' | '\u{20D0}'..='\u{20FF}' => {}
            '\u{FF01}'..='\u{FF5E}' => {
                let ascii = char::from_u32(lower as u32 - 0xFEE0).unwrap_or(lower);
                into.push(ascii.to_ascii_lowercase());
            }
            '\u{00C0}'..='\u{024F}' | '\u{0370}'..='\u{052F}' | '\u{1E00}'..='\u{1FFF}' => {
                decompose_canonical(lower, |part| {
                    if !matches!(part, '\u{0300}'..='\u{036F}') {
                        into.push(part);
                    }
                });
            }
            _ if is_invisible(lower) => {}
            _ => into.push(lower),
        }
    }
}
