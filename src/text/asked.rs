use std::ops::Range;

use super::{
    ACCENTED, STEM, WRITTEN,
    class::{is_ignorable, is_mark, is_unspaced, is_word},
    fold::{Spellings, spell, spell_emoji, spell_handle, spell_unit},
    segment::{Segment, SegmentKind, segments},
    stem,
    tokens::{Tokens, units},
    wildcard::{Wildcard, WildcardPart},
};

/// What a query asks of one position of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// Exactly this form stands there, as the tokenizer yields it, markers included.
    Form(String),
    /// This form stands there, and it is written so: none of the markers for accents and letter case stands alone beside it that
    /// come after the form's own. `apple` but not `Apple`, which has the folded form, too.
    Plain(String),
    /// One of these forms stands there; sorted, each once, at least two. All forms of a word: the word itself, and its stem in
    /// each language that can have it.
    OneOf(Vec<String>),
    /// A form stands there that fits.
    Like(Wildcard),
}

/// A word of a phrase, at its distance from the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhraseWord {
    /// Positions after the first word.
    pub offset: u32,
    /// What stands there.
    pub word: Word,
}

/// How the words of a query are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Without letter case; accents count where they are written. `*` and `?` stand for letters.
    Usual,
    /// Letter case and accents as written.
    Exact,
    /// All inflected forms.
    Inflected,
}

/// How a piece of query text is to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How its words are taken.
    pub reading: Reading,
    /// It stands in quotes: a `?` at the end of a word ends a sentence.
    pub quoted: bool,
    /// The phrase has to cover every position it takes, because distances are measured from its end: the last letter of a run
    /// without spaces is asked for once more by itself.
    pub measured: bool,
}

impl Asked {
    /// Usual words in quotes.
    pub const QUOTED: Self = Self { reading: Reading::Usual, quoted: true, measured: false };
}

/// Why `*` or `?` cannot stand where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WildcardFault {
    /// No letter stands before it.
    AtStart,
    /// Fewer than [`Wildcard::HEAD_LETTERS_MIN`] letters stand before it.
    TooFewLetters,
    /// It stands in a script without spaces, where words are found inside running text anyway.
    Unspaced,
    /// Letter case as written and inflected forms know no wildcards.
    Reading,
}

impl Wildcard {
    /// Letters before the first `*` or `?`. With fewer, half the words there are would fit.
    pub const HEAD_LETTERS_MIN: usize = 2;
}

/// The words that a piece of query text asks for; empty where nothing in it can be searched for. The first offset is 0,
/// offsets rise: by more than 1 where a link, which is no word, holds a place.
///
/// A word written with accents asks for that spelling, a plain one for every spelling; a pictogram with a skin tone asks for
/// that tone, a plain one for every tone. `\*` and `\?` stand for themselves, which can be searched for as little as other
/// punctuation.
///
/// # Errors
/// The first fault of a wildcard.
pub fn asked(written: &str, how: Asked) -> Result<Vec<PhraseWord>, WildcardFault> {
    let mut cutter = Cutter { how, words: Vec::new(), position: 0 };
    let mut done = 0;
    while let Some(range) = next_wildcard(written, done, how.quoted) {
        cutter.add_text(&written[done..range.start]);
        cutter.add_wildcard(&written[range.clone()])?;
        done = range.end;
    }
    cutter.add_text(&written[done..]);
    let mut words = cutter.words;
    // A link in front has no word; the distances between those that are left stay.
    let first = words.first().map_or(0, |word| word.offset);
    words.iter_mut().for_each(|word| word.offset -= first);
    Ok(words)
}

struct Cutter {
    how: Asked,
    words: Vec<PhraseWord>,
    position: u32,
}

impl Cutter {
    fn add(&mut self, offset: u32, word: Word) {
        let is_empty = matches!(&word, Word::Form(form) | Word::Plain(form) if form.is_empty());
        if !is_empty {
            self.words.push(PhraseWord { offset: self.position + offset, word });
        }
    }

    fn add_text(&mut self, text: &str) {
        for segment in segments(text) {
            self.position += self.add_segment(segment);
        }
    }

    /// Gives how many positions it takes.
    fn add_segment(&mut self, segment: Segment<'_>) -> u32 {
        match segment.kind {
            SegmentKind::Word => {
                let spellings = spell(segment.body);
                let word = match self.how.reading {
                    Reading::Inflected => inflected(&spellings),
                    _ => self.spelt("", spellings),
                };
                self.add(0, word);
                1
            }
            SegmentKind::Run => self.add_run(segment.body),
            SegmentKind::Hashtag => {
                let word = self.spelt("#", spell(segment.body));
                self.add(0, word);
                Tokens::of(segment.body, "").position_count().max(1)
            }
            SegmentKind::Handle => {
                self.add(0, Word::Form(format!("@{}", spell_handle(segment.body))));
                1
            }
            SegmentKind::Cashtag => {
                let word = self.spelt("$", spell(segment.body));
                self.add(0, word);
                1
            }
            SegmentKind::Emoji => {
                let word = self.spelt("", spell_emoji(segment.body));
                self.add(0, word);
                1
            }
            SegmentKind::Symbol => {
                self.add(0, Word::Form(spell_unit(segment.body)));
                1
            }
            SegmentKind::Link => 1,
        }
    }

    fn spelt(&self, sign: &str, spellings: Spellings) -> Word {
        let exact = self.how.reading == Reading::Exact;
        if exact && let Some(written) = spellings.written {
            return Word::Form(format!("{WRITTEN}{sign}{written}"));
        }
        let form = usual_form(sign, &spellings);
        if exact { Word::Plain(form) } else { Word::Form(form) }
    }

    fn add_run(&mut self, run: &str) -> u32 {
        let units: Vec<String> = units(run).map(|(_, unit)| spell_unit(unit)).collect();
        let count = u32::try_from(units.len()).unwrap_or(u32::MAX);
        for (offset, pair) in (0..).zip(units.windows(2)) {
            self.add(offset, Word::Form(pair.concat()));
        }
        let is_single = units.len() == 1;
        if let Some(last) = units.into_iter().next_back().filter(|_| is_single || self.how.measured) {
            self.add(count - 1, Word::Form(last));
        }
        count
    }

    /// `written` is one word with its sign; there is a wildcard in it.
    fn add_wildcard(&mut self, written: &str) -> Result<(), WildcardFault> {
        if self.how.reading != Reading::Usual {
            return Err(WildcardFault::Reading);
        }
        let sign_length = written.find(|c| sign_of(c).is_none()).unwrap_or(written.len());
        let sign = written[..sign_length].chars().next().and_then(sign_of).unwrap_or_default();
        let body = &written[sign_length..];
        if sign != "#" && body.contains(is_unspaced) {
            return Err(WildcardFault::Unspaced);
        }
        let literals: Vec<Spellings> = body.split(is_wildcard).map(spell).collect();
        let head_letters = body.chars().take_while(|&c| !is_wildcard(c)).filter(|&c| !is_mark(c) && !is_ignorable(c));
        match head_letters.count() {
            0 => return Err(WildcardFault::AtStart),
            letters if letters < Wildcard::HEAD_LETTERS_MIN => return Err(WildcardFault::TooFewLetters),
            _ => {}
        }
        // Handles are compared with their accents, but without the marker.
        let is_accented = literals.iter().any(|literal| literal.accented.is_some());
        let text = |literal: &Spellings| {
            if is_accented { literal.accented().to_owned() } else { literal.folded.clone() }
        };
        let marker = if is_accented && sign != "@" { String::from(ACCENTED) } else { String::new() };
        let mut literals = literals.iter();
        let head = literals.next().map(text).unwrap_or_default();
        let mut rest = Vec::new();
        for (wildcard, literal) in body.matches(is_wildcard).zip(literals) {
            match wildcard {
                "?" => rest.push(WildcardPart::Letter),
                _ if rest.last() != Some(&WildcardPart::Run) => rest.push(WildcardPart::Run),
                _ => {}
            }
            let literal = text(literal);
            if !literal.is_empty() {
                rest.push(WildcardPart::Text(literal));
            }
        }
        self.add(0, Word::Like(Wildcard { head: format!("{marker}{sign}{head}"), rest }));
        self.position += if sign == "#" { Tokens::of(&format!("#{body}"), "").position_count().max(1) } else { 1 };
        Ok(())
    }
}

fn usual_form(sign: &str, spellings: &Spellings) -> String {
    match &spellings.accented {
        Some(accented) => format!("{ACCENTED}{sign}{accented}"),
        None => format!("{sign}{}", spellings.folded),
    }
}

/// The word itself is one of its forms in every language; its stems are those of each language that knows its letters.
fn inflected(spellings: &Spellings) -> Word {
    let mut forms = vec![usual_form("", spellings)];
    for stemming in stem::ALL {
        if let Some(stem) = stemming.stem(spellings.accented()) {
            forms.push(format!("{STEM}{}:{stem}", stemming.language()));
        }
    }
    forms.sort_unstable();
    forms.dedup();
    if forms.len() == 1 { Word::Form(forms.swap_remove(0)) } else { Word::OneOf(forms) }
}

const fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?')
}

fn is_letter(c: char) -> bool {
    is_word(c) || is_unspaced(c) || is_ignorable(c)
}

const fn sign_of(c: char) -> Option<&'static str> {
    match c {
        '#' | '＃' => Some("#"),
        '@' | '＠' => Some("@"),
        '$' => Some("$"),
        _ => None,
    }
}

/// The next word with a wildcard in it, with its sign, at `from` or later.
fn next_wildcard(written: &str, from: usize, quoted: bool) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        at += written[at..].find(is_wildcard)?;
        let rest = &written[at..];
        let run = rest.len() - rest.trim_start_matches(is_wildcard).len();
        if written[from..at].ends_with('\\') {
            // Only the one behind the backslash is a letter like others.
            at += 1;
            continue;
        }
        let ends_word = !rest[run..].starts_with(is_letter);
        // Not only the sign before it: a handle may have a point there.
        let begins_word = !written[start_of_word(written, from, at)..at].contains(is_letter);
        let is_question = quoted && !rest[..run].contains('*') && (ends_word || begins_word);
        // `5 * 3`, `really?`: punctuation.
        if (ends_word && begins_word) || is_question {
            at += run;
            continue;
        }
        return Some(start_of_word(written, from, at)..end_of_word(written, at, quoted));
    }
}

/// In quotes a `?` behind the last letter ends a sentence.
fn end_of_word(written: &str, at: usize, quoted: bool) -> usize {
    let rest = &written[at..];
    let word = &rest[..rest.find(|c| !is_letter(c) && !is_wildcard(c)).unwrap_or(rest.len())];
    at + if quoted { word.trim_end_matches('?') } else { word }.len()
}

fn start_of_word(written: &str, from: usize, at: usize) -> usize {
    let before = &written[from..at];
    let word = before.trim_end_matches(|c| is_letter(c) || is_wildcard(c));
    // Handles have points and hyphens in them.
    let handle = before.trim_end_matches(|c| is_letter(c) || is_wildcard(c) || matches!(c, '.' | '-'));
    let begins_handle = handle.strip_suffix(['@', '＠']).filter(|rest| !rest.ends_with(is_letter));
    if let Some(rest) = begins_handle {
        return from + rest.len();
    }
    from + word.strip_suffix(['#', '＃', '$']).unwrap_or(word).len()
}
