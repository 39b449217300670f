//! The only tokenizer: folds letters, cuts texts into terms with positions and byte ranges, and query words into the same terms.
//!
//! Index, matcher and highlighting all use it; nothing else may cut a text into words.
//!
//! At one position stand all forms of a word that can be searched for: the folded one and, where it differs, the accented
//! one behind [`ACCENTED`]; a hashtag has its forms a second time behind `#`. So phrases work the same on every form.

mod class;
mod fold;
mod segment;
#[cfg(test)]
mod tests;

pub use class::is_letter_or_digit;
pub use segment::{Segment, SegmentKind, Segments, segments};

use crate::base::Span;
use fold::{Spellings, spell, spell_emoji, spell_unit};

/// Stands before a spelling with its accents, so that it never meets a folded one. No text holds it: it is a control character.
pub const ACCENTED: char = '\u{1}';

/// A text cut into terms. All terms lie in one string: a text of 14 words costs two allocations, not 14.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    terms: String,
    forms: Vec<Form>,
}

#[derive(Clone, Copy, Debug)]
struct Form {
    position: u32,
    span: Span,
    term_start: u32,
    term_end: u32,
}

/// One form of one token. Several forms of a token (folded, accented, as a hashtag…) share position and span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Which word of the text it is, from 0. Never falls from one token to the next.
    pub position: u32,
    /// Where it stands in the text.
    pub span: Span,
    /// What the index and the matcher know it as.
    pub term: &'a str,
}

impl Tokens {
    /// Cuts a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut tokens =
            Self { terms: String::with_capacity(text.len()), forms: Vec::with_capacity(text.len() / 6 + 1) };
        let mut position = 0;
        for segment in segments(text) {
            position += tokens.add_segment(segment, position);
        }
        tokens
    }

    /// All forms of all tokens, in order of position.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        self.forms.iter().map(|form| self.token(form))
    }

    /// How many forms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// Nothing in the text can be searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The form at that place of [`Self::iter`].
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Token<'_>> {
        self.forms.get(index).map(|form| self.token(form))
    }

    fn token(&self, form: &Form) -> Token<'_> {
        let term = &self.terms[form.term_start as usize..form.term_end as usize];
        Token { position: form.position, span: form.span, term }
    }

    /// Adds the forms of one segment and gives the number of positions it takes.
    fn add_segment(&mut self, segment: Segment<'_>, position: u32) -> u32 {
        match segment.kind {
            SegmentKind::Word => {
                self.add_word("", segment.body, position, segment.span);
                1
            }
            SegmentKind::Run => self.add_run(segment.body, position, segment.span.start as usize),
            SegmentKind::Hashtag => {
                self.add_word("#", segment.body, position, segment.span);
                // A plain word finds it behind the sign.
                let body_start = segment.span.end as usize - segment.body.len();
                let mut taken = 0;
                for part in segments(segment.body) {
                    let span = Span::new(body_start + part.span.start as usize, body_start + part.span.end as usize);
                    taken += self.add_segment(Segment { span, ..part }, position + taken);
                }
                taken.max(1)
            }
            SegmentKind::Handle => {
                self.add_form(&["@", &spell_handle(segment.body)], position, segment.span);
                1
            }
            SegmentKind::Cashtag => {
                self.add_word("$", segment.body, position, segment.span);
                self.add_word("", segment.body, position, segment.span);
                1
            }
            SegmentKind::Emoji => {
                self.add_spellings("", &spell_emoji(segment.body), position, segment.span);
                1
            }
            SegmentKind::Symbol => {
                self.add_form(&[&spell_unit(segment.body)], position, segment.span);
                1
            }
            // Links are found by `link:`; as words they would be noise. They keep their place.
            SegmentKind::Link => 1,
        }
    }

    fn add_word(&mut self, sign: &str, word: &str, position: u32, span: Span) {
        if word.is_ascii() && word.len() <= fold::WORD_BYTES_MAX {
            let start = self.terms.len();
            self.terms.push_str(sign);
            self.terms.push_str(word);
            self.terms[start..].make_ascii_lowercase();
            self.push_form(start, position, span);
        } else {
            self.add_spellings(sign, &spell(word), position, span);
        }
    }

    fn add_spellings(&mut self, sign: &str, spellings: &Spellings, position: u32, span: Span) {
        self.add_form(&[sign, &spellings.folded], position, span);
        if let Some(accented) = &spellings.accented {
            let mut marker = [0; 4];
            self.add_form(&[ACCENTED.encode_utf8(&mut marker), sign, accented], position, span);
        }
    }

    /// Every unit of the run stands by itself, and together with the next one.
    fn add_run(&mut self, run: &str, position: u32, run_start: usize) -> u32 {
        let mut position = position;
        let first_position = position;
        let mut units = units(run).map(|(at, unit)| (run_start + at, unit.len(), spell_unit(unit))).peekable();
        while let Some((start, length, unit)) = units.next() {
            let span = Span::new(start, start + length);
            self.add_form(&[&unit], position, span);
            if let Some((next_start, next_length, next)) = units.peek() {
                self.add_form(&[&unit, next], position, Span::new(start, next_start + next_length));
            }
            position += 1;
        }
        position - first_position
    }

    fn add_form(&mut self, parts: &[&str], position: u32, span: Span) {
        let start = self.terms.len();
        parts.iter().for_each(|part| self.terms.push_str(part));
        self.push_form(start, position, span);
    }

    fn push_form(&mut self, term_start: usize, position: u32, span: Span) {
        if term_start == self.terms.len() {
            return;
        }
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.forms.push(Form { position, span, term_start: narrow(term_start), term_end: narrow(self.terms.len()) });
    }
}

/// A term of a phrase in a query, at its distance from the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhraseTerm {
    /// Positions after the first term.
    pub offset: u32,
    /// Exactly as the tokenizer yields it.
    pub term: String,
}

/// The terms that a word or phrase of a query asks for; empty where nothing in it can be searched for.
///
/// A word written with accents asks for that spelling, a plain one for every spelling. A pictogram with a skin tone asks
/// for that tone, a plain one for every tone. The first offset is 0, offsets rise.
#[must_use]
pub fn phrase_terms(written: &str) -> Vec<PhraseTerm> {
    let mut terms = Vec::new();
    let mut position = 0;
    for segment in segments(written) {
        let mut add = |offset: u32, term: String| terms.push(PhraseTerm { offset: position + offset, term });
        position += match segment.kind {
            SegmentKind::Word => {
                add(0, asked_spelling("", spell(segment.body)));
                1
            }
            SegmentKind::Run => {
                let units: Vec<String> = units(segment.body).map(|(_, unit)| spell_unit(unit)).collect();
                match units.as_slice() {
                    [unit] => add(0, unit.clone()),
                    units => (0..).zip(units.windows(2)).for_each(|(offset, pair)| add(offset, pair.concat())),
                }
                u32::try_from(units.len()).unwrap_or(u32::MAX)
            }
            SegmentKind::Hashtag => {
                add(0, asked_spelling("#", spell(segment.body)));
                positions_of(segment.body)
            }
            SegmentKind::Handle => {
                add(0, format!("@{}", spell_handle(segment.body)));
                1
            }
            SegmentKind::Cashtag => {
                add(0, asked_spelling("$", spell(segment.body)));
                1
            }
            SegmentKind::Emoji => {
                add(0, asked_spelling("", spell_emoji(segment.body)));
                1
            }
            SegmentKind::Symbol => {
                add(0, spell_unit(segment.body));
                1
            }
            SegmentKind::Link => 1,
        };
    }
    // A link in front has no term; the distances between the terms that are left stay.
    let first = terms.first().map_or(0, |term| term.offset);
    terms.iter_mut().for_each(|term| term.offset -= first);
    terms.retain(|term| !term.term.is_empty());
    terms
}

fn asked_spelling(sign: &str, spellings: Spellings) -> String {
    match spellings.accented {
        Some(accented) => format!("{ACCENTED}{sign}{accented}"),
        None => format!("{sign}{}", spellings.folded),
    }
}

/// How many positions the body of a hashtag takes.
fn positions_of(body: &str) -> u32 {
    let tokens = Tokens::of(body);
    tokens.forms.last().map_or(1, |form| form.position + 1)
}

/// Handles are compared without letter case, accents and all.
fn spell_handle(handle: &str) -> String {
    if handle.is_ascii() {
        return handle.to_ascii_lowercase();
    }
    let spellings = spell(handle);
    spellings.accented.unwrap_or(spellings.folded)
}

/// The units of a run with their places: a letter with the signs that belong to it.
fn units(run: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = run;
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let signs = rest[first.len_utf8()..].find(|c| !class::joins_unit(c));
        let length = signs.map_or(rest.len(), |signs| first.len_utf8() + signs);
        let (unit, after) = rest.split_at(length);
        let start = at;
        at += length;
        rest = after;
        Some((start, unit))
    })
}
