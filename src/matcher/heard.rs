//! A mention as one layer knows it: which of its terms the mention holds, and where.

use super::{
    book::Book,
    dictionary::Probe,
    term::{Space, TermId, hash, hash_in},
};
use crate::{
    base::Timestamp,
    query::{Document, KeywordField, TextField},
    text::{ACCENTED, WRITTEN},
};

/// Between the positions of two fields, so that no phrase and no distance reaches from one into another. More than a text has.
const FIELD_POSITIONS: u32 = 1 << 28;

/// Members of sets that are looked up in one go.
const MEMBERS: usize = 16;

/// The words of a mention with their numbers: cut and hashed once for all layers.
#[derive(Debug, Default)]
pub(super) struct Words {
    all: Vec<Word>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    hash: u64,
    field: TextField,
    /// Of the form among those of its field.
    form: u32,
    /// Position in the mention.
    place: u32,
    /// Letter case, or accents, are written at its position.
    shows_case: bool,
    shows_accents: bool,
}

impl Words {
    pub(super) fn read(&mut self, document: &Document) {
        self.all.clear();
        for field in TextField::ALL {
            let mut begun = self.all.len();
            for (form, token) in (0..).zip(document.texts[field as usize].iter()) {
                let place = field as u32 * FIELD_POSITIONS + token.position;
                if self.all.get(begun).is_some_and(|first| first.place != place) {
                    begun = self.all.len();
                }
                // A hashtag has its forms behind the sign first, so a marker may stand before forms of the same position.
                let (shows_case, shows_accents) =
                    self.all.get(begun).map_or((false, false), |first| (first.shows_case, first.shows_accents));
                let word = Word { hash: hash(token.term.as_bytes()), field, form, place, shows_case, shows_accents };
                self.all.push(word);
                let mut letters = token.term.chars();
                if let (Some(marker @ (ACCENTED | WRITTEN)), None) = (letters.next(), letters.next()) {
                    for word in &mut self.all[begun..] {
                        word.shows_case |= marker == WRITTEN;
                        word.shows_accents |= marker == ACCENTED;
                    }
                }
            }
        }
    }
}

/// What a layer knows of the mention at hand. Kept from mention to mention for its memory.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Bit by bit, the terms that are held.
    bits: Vec<u64>,
    /// The same as a list; each once.
    pub(super) terms: Vec<TermId>,
    /// Where words stand: sorted when first asked for.
    places: Vec<(TermId, u32)>,
    are_places_sorted: bool,
    /// As [`super::filter_bits`] tells.
    pub(super) mask: u32,
    probes: Vec<Probe>,
}

impl Heard {
    /// Looks up everything that the mention holds. [`Self::forget`] has to be called before the next.
    pub(super) fn read(&mut self, book: &Book, words: &Words, document: &Document) {
        let words_needed = book.terms.len() / 64 + 1;
        if self.bits.len() < words_needed {
            self.bits.resize(words_needed + words_needed / 8, 0);
        }
        self.hold(TermId::TRUE);
        self.read_words(book, words, document);
        self.read_facts(book, document);
        // Where the sets of many members lie is looked up before any is read, so that their memory is on its way at once.
        // Members first: sets have no members that are sets.
        let mut of_sets: [&[TermId]; MEMBERS] = [&[]; MEMBERS];
        for from in (0..self.terms.len()).step_by(MEMBERS) {
            let members = &self.terms[from..(from + MEMBERS).min(self.terms.len())];
            let count = members.len();
            members.iter().zip(&mut of_sets).for_each(|(member, sets)| *sets = book.sets.of(*member));
            of_sets[..count].iter().copied().flatten().for_each(|set| self.hold(*set));
        }
        self.mask = book.filters.of_mention(document, |term| self.holds(term));
        self.are_places_sorted = false;
    }

    pub(super) fn forget(&mut self) {
        for term in self.terms.drain(..) {
            self.bits[term.0 as usize / 64] = 0;
        }
        self.places.clear();
    }

    fn read_words(&mut self, book: &Book, words: &Words, document: &Document) {
        // Places of the table are looked at before any is used, and then what they name, so that the memory of all is on its way
        // at once.
        let mut probes = std::mem::take(&mut self.probes);
        probes.clear();
        for word in &words.all {
            for &space in &book.words[word.field as usize].words {
                probes.push(book.terms.probe(hash_in(space, word.hash)));
            }
        }
        probes.iter_mut().for_each(|probe| book.terms.peek(probe));
        let mut next = probes.iter();
        for word in &words.all {
            let spaces = &book.words[word.field as usize];
            let form = || document.texts[word.field as usize].get(word.form as usize).map_or("", |token| token.term);
            for (&space, probe) in spaces.words.iter().zip(&mut next) {
                if !probe.is_empty()
                    && let Some(term) = book.terms.resolve(*probe, space, form().as_bytes())
                {
                    self.hold_at(term, word.place);
                }
            }
            for &space in &spaces.plain {
                let form = form();
                let shows_more = word.shows_case || (word.shows_accents && !form.starts_with(ACCENTED));
                if !shows_more && let Some(term) = book.terms.find(hash_in(space, word.hash), space, form.as_bytes()) {
                    self.hold_at(term, word.place);
                }
            }
        }
        self.probes = probes;
        for word in &words.all {
            for &space in &book.words[word.field as usize].wildcards {
                let form = document.texts[word.field as usize].get(word.form as usize).map_or("", |token| token.term);
                book.wildcards.fitting(space, form, |term| self.hold_at(term, word.place));
            }
        }
    }

    fn read_facts(&mut self, book: &Book, document: &Document) {
        let mut probes = std::mem::take(&mut self.probes);
        let needed = || document.keywords.iter().filter(|(field, _)| book.needed.has_fact(*field));
        probes.clear();
        probes.extend(
            needed().map(|(field, value)| book.terms.probe(hash_in(Space::value(*field), hash(value.as_bytes())))),
        );
        probes.iter_mut().for_each(|probe| book.terms.peek(probe));
        let find = |space: Space, letters: &str| {
            book.terms.find(hash_in(space, hash(letters.as_bytes())), space, letters.as_bytes())
        };
        let mut last: Option<KeywordField> = None;
        for ((field, value), probe) in needed().zip(&probes) {
            let term = book.terms.resolve(*probe, Space::value(*field), value.as_bytes());
            term.into_iter().for_each(|term| self.hold(term));
            if last.replace(*field) != Some(*field) {
                find(Space::is_set(*field), "").into_iter().for_each(|term| self.hold(term));
            }
            for (_, lengths) in book.beginnings.iter().filter(|(held, _)| held == field) {
                for beginning in lengths.beginnings(value) {
                    find(Space::value_prefix(*field), beginning).into_iter().for_each(|term| self.hold(term));
                }
            }
        }
        self.probes = probes;
        for field in TextField::ALL.into_iter().filter(|field| document.has_text[*field as usize]) {
            find(Space::HAS_TEXT, field.name()).into_iter().for_each(|term| self.hold(term));
        }
    }

    fn hold(&mut self, term: TermId) {
        let (word, bit) = (&mut self.bits[term.0 as usize / 64], 1 << (term.0 % 64));
        if *word & bit == 0 {
            *word |= bit;
            self.terms.push(term);
        }
    }

    fn hold_at(&mut self, term: TermId, place: u32) {
        self.hold(term);
        self.places.push((term, place));
    }

    /// Whether the mention holds a term.
    #[inline]
    pub(super) fn holds(&self, term: TermId) -> bool {
        self.bits[term.0 as usize / 64] >> (term.0 % 64) & 1 != 0
    }

    /// Whether it holds one of the terms with these numbers.
    pub(super) fn holds_any(&self, terms: &[u32]) -> bool {
        let bits = self.bits.as_slice();
        let bit = |term: &u32| bits[*term as usize / 64] >> (term % 64);
        let (eights, rest) = terms.as_chunks::<8>();
        // Eight at a time: when the first is found cannot be foretold, and to guess wrong takes longer than to look.
        eights.iter().any(|eight| eight.iter().fold(0, |all, term| all | bit(term)) & 1 != 0)
            || rest.iter().fold(0, |all, term| all | bit(term)) & 1 != 0
    }

    /// Where the words with these numbers stand; rising, each place once.
    pub(super) fn places_of(&mut self, terms: &[u32]) -> Vec<u32> {
        if !self.are_places_sorted {
            self.places.sort_unstable();
            self.places.dedup();
            self.are_places_sorted = true;
        }
        let mut found = Vec::new();
        for term in terms.iter().copied().map(TermId).filter(|term| self.holds(*term)) {
            let from = self.places.partition_point(|(held, _)| *held < term);
            found.extend(self.places[from..].iter().take_while(|(held, _)| *held == term).map(|(_, place)| *place));
        }
        if terms.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }
}

/// The rest of what is known of the mention at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) document: &'a Document,
    pub(super) now: Timestamp,
}
