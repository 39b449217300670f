use super::{
    ACCENTED, STEM, WRITTEN, class,
    fold::{self, Spellings, spell, spell_emoji, spell_handle, spell_unit},
    segment::{Segment, SegmentKind, segments},
    stem::Stemming,
};
use crate::base::Span;

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
    /// Cuts a text in a language, given by its code. Only stems depend on the language: without one, or with one that has
    /// no stemmer, all else is the same.
    #[must_use]
    pub fn of(text: &str, language: &str) -> Self {
        Self::of_asked(text, language, true)
    }

    /// The same, with forms that show letter case only where `case` is asked for: a third of all forms, which few queries look at.
    #[must_use]
    pub fn of_asked(text: &str, language: &str, case: bool) -> Self {
        let tokens = Self { terms: String::with_capacity(text.len()), forms: Vec::with_capacity(text.len() / 6 + 1) };
        let mut cutter = Cutter { tokens, stemming: Stemming::of(language), case };
        let mut position = 0;
        for segment in segments(text) {
            position += cutter.add_segment(segment, position);
        }
        cutter.tokens
    }

    /// All forms of all tokens, in order of position.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        self.forms.iter().map(|form| self.token(form))
    }

    /// The forms at a position. Positions never fall, so the place is found by halving.
    pub fn at(&self, position: u32) -> impl Iterator<Item = Token<'_>> {
        let first = self.forms.partition_point(|form| form.position < position);
        self.forms[first..].iter().take_while(move |form| form.position == position).map(|form| self.token(form))
    }

    /// The first position behind the last one that holds a form; links at the end of the text do not count.
    #[must_use]
    pub fn position_count(&self) -> u32 {
        self.forms.last().map_or(0, |form| form.position + 1)
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
}

struct Cutter {
    tokens: Tokens,
    stemming: Option<Stemming>,
    /// Forms as written are made, too.
    case: bool,
}

impl Cutter {
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
            let terms = &mut self.tokens.terms;
            let start = terms.len();
            terms.push_str(sign);
            terms.push_str(word);
            terms[start..].make_ascii_lowercase();
            self.push_form(start, position, span);
            if self.case && word.bytes().any(|letter| letter.is_ascii_uppercase()) {
                self.add_marked(WRITTEN, sign, word, position, span);
            }
            if sign.is_empty() && self.stemming.is_some() {
                let lower = self.tokens.terms[start..start + word.len()].to_owned();
                self.add_stem(&lower, position, span);
            }
        } else {
            let spellings = spell(word);
            self.add_spellings(sign, &spellings, position, span);
            if sign.is_empty() {
                self.add_stem(spellings.accented(), position, span);
            }
        }
    }

    fn add_spellings(&mut self, sign: &str, spellings: &Spellings, position: u32, span: Span) {
        self.add_form(&[sign, &spellings.folded], position, span);
        if let Some(accented) = &spellings.accented {
            self.add_marked(ACCENTED, sign, accented, position, span);
        }
        if self.case
            && let Some(written) = &spellings.written
        {
            self.add_marked(WRITTEN, sign, written, position, span);
        }
    }

    /// Adds a form behind its marker, and the marker alone where it does not stand yet.
    fn add_marked(&mut self, marker: char, sign: &str, form: &str, position: u32, span: Span) {
        let mut buffer = [0; 4];
        let marker: &str = marker.encode_utf8(&mut buffer);
        self.add_form(&[marker, sign, form], position, span);
        // Forms of one position stand at the end.
        let mut others = self.tokens.forms.iter().rev().take_while(|other| other.position == position);
        if !others.any(|other| self.tokens.token(other).term == marker) {
            self.add_form(&[marker], position, span);
        }
    }

    fn add_stem(&mut self, accented: &str, position: u32, span: Span) {
        let Some(stemming) = self.stemming else { return };
        if let Some(stem) = stemming.stem(accented) {
            let mut buffer = [0; 4];
            self.add_form(&[STEM.encode_utf8(&mut buffer), stemming.language(), ":", &stem], position, span);
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
        let start = self.tokens.terms.len();
        parts.iter().for_each(|part| self.tokens.terms.push_str(part));
        self.push_form(start, position, span);
    }

    fn push_form(&mut self, term_start: usize, position: u32, span: Span) {
        let term_end = self.tokens.terms.len();
        if term_start == term_end {
            return;
        }
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.tokens.forms.push(Form { position, span, term_start: narrow(term_start), term_end: narrow(term_end) });
    }
}

/// The units of a run with their places: a letter with the signs that belong to it.
pub(super) fn units(run: &str) -> impl Iterator<Item = (usize, &str)> {
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
