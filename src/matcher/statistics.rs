use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

use super::term::{Space, hash, hash_in};
use crate::query::{Document, KeywordField, TextField, TextFields};

/// How often words and facts occur in the stream, as the mentions of late show it. Shared by all who file queries or tell their
/// price; one counts, anybody reads.
///
/// Counts are kept by hash, two for each term, of which the lower one counts: a rare word would have to meet two frequent ones
/// to be taken for one of them. Everything is halved from time to time, so what was frequent once is forgotten.
#[derive(Debug)]
pub struct StreamStatistics {
    counts: Box<[AtomicU16]>,
    mentions: AtomicU32,
}

/// Counters: a window's words, beginnings and facts fill about a quarter.
const COUNTERS: usize = 1 << 20;
/// Mentions after which all counts are halved. Fewer than a counter holds.
const WINDOW_MENTIONS: u32 = 1 << 15;
/// How many mentions what is known beforehand counts as.
const PRIOR_MENTIONS: f32 = 200.0;
/// Beginnings of words are counted from two letters up to this many: those of longer wildcards are at most as frequent.
const PREFIX_LETTERS_MAX: usize = 6;

impl Default for StreamStatistics {
    fn default() -> Self {
        let counts = std::iter::repeat_with(AtomicU16::default).take(COUNTERS).collect();
        Self { counts, mentions: AtomicU32::new(0) }
    }
}

impl StreamStatistics {
    /// Counts what one mention holds. Its document has to hold every text and fact. One thread at a time.
    pub fn count(&self, document: &Document) {
        let mut held: Vec<u64> = Vec::with_capacity(128);
        for field in TextField::ALL {
            let words = Space::words(TextFields::one(field));
            let beginnings = Space::wildcards(TextFields::one(field));
            for token in document.texts[field as usize].iter() {
                held.push(hash_in(words, hash(token.term.as_bytes())));
                let ends = token.term.char_indices().map(|(at, c)| at + c.len_utf8());
                held.extend(
                    ends.take(PREFIX_LETTERS_MAX)
                        .skip(1)
                        .map(|end| hash_in(beginnings, hash(&token.term.as_bytes()[..end]))),
                );
            }
        }
        for (field, value) in &document.keywords {
            if !is_unique(*field) {
                held.push(hash_in(Space::value(*field), hash(value.as_bytes())));
            }
        }
        held.sort_unstable();
        held.dedup();
        for counter in held.into_iter().flat_map(|hash| self.counters(hash)) {
            let count = counter.load(Ordering::Relaxed);
            counter.store(count.saturating_add(1), Ordering::Relaxed);
        }
        let mentions = self.mentions.load(Ordering::Relaxed) + 1;
        if mentions < WINDOW_MENTIONS {
            self.mentions.store(mentions, Ordering::Relaxed);
        } else {
            self.halve();
        }
    }

    fn halve(&self) {
        self.mentions.store(WINDOW_MENTIONS / 2, Ordering::Relaxed);
        for counter in &self.counts {
            counter.store(counter.load(Ordering::Relaxed) / 2, Ordering::Relaxed);
        }
    }

    /// How many mentions the counts are of.
    #[must_use]
    pub fn mentions(&self) -> u32 {
        self.mentions.load(Ordering::Relaxed)
    }

    /// The share of mentions that hold a word, wildcard, fact or beginning of a fact, 0 to 1.
    pub(super) fn share(&self, space: Space, letters: &[u8]) -> f32 {
        if let Some(fields) = space.word_fields().or_else(|| space.plain_fields()) {
            let in_one = |field| self.share_of(Space::words(TextFields::one(field)), letters, word_prior(letters));
            fields.iter().map(in_one).sum::<f32>().min(1.0)
        } else if let Some(field) = space.value_field() {
            self.share_of(space, letters, fact_prior(field))
        } else if let Some(field) = space.prefix_field() {
            (fact_prior(field) * 10.0).min(1.0)
        } else {
            // That a fact has a value, or a text a word.
            0.5
        }
    }

    /// The share of mentions that hold a word beginning so, 0 to 1.
    pub(super) fn share_of_beginning(&self, fields: TextFields, beginning: &str) -> f32 {
        let counted = beginning.char_indices().nth(PREFIX_LETTERS_MAX).map_or(beginning, |(end, _)| &beginning[..end]);
        let prior = (word_prior(counted.as_bytes()) * 5.0).min(0.2);
        let in_one = |field| self.share_of(Space::wildcards(TextFields::one(field)), counted.as_bytes(), prior);
        fields.iter().map(in_one).sum::<f32>().min(1.0)
    }

    fn share_of(&self, space: Space, letters: &[u8], prior: f32) -> f32 {
        let counts = self.counters(hash_in(space, hash(letters))).map(|counter| counter.load(Ordering::Relaxed));
        let count = f32::from(counts[0].min(counts[1]));
        (count + prior * PRIOR_MENTIONS) / (self.mentions() as f32 + PRIOR_MENTIONS)
    }

    fn counters(&self, hash: u64) -> [&AtomicU16; 2] {
        let at = |bits: u64| &self.counts[bits as usize % COUNTERS];
        [at(hash), at(hash >> 32)]
    }
}

/// Values that hardly two mentions share; nothing is learnt from counting them.
const fn is_unique(field: KeywordField) -> bool {
    matches!(field, KeywordField::Id | KeywordField::Thread | KeywordField::Url)
}

/// Before anything is counted: short words are frequent ones.
fn word_prior(letters: &[u8]) -> f32 {
    let word = String::from_utf8_lossy(letters);
    match (word.chars().next(), word.chars().count()) {
        (Some('@' | '#' | '$'), _) => 0.000_3,
        (_, 0..=1) => 0.05,
        (_, 2) => 0.03,
        (_, 3) => 0.01,
        (_, 4) => 0.004,
        (_, 5) => 0.002,
        (_, 6) => 0.001,
        (_, 7..=9) => 0.000_5,
        _ => 0.000_2,
    }
}

/// Before anything is counted: how often one value of a fact is held.
const fn fact_prior(field: KeywordField) -> f32 {
    match field {
        KeywordField::Id => 0.000_001,
        KeywordField::Thread | KeywordField::Url => 0.000_01,
        KeywordField::From => 0.000_3,
        KeywordField::Link => 0.000_5,
        KeywordField::To | KeywordField::Mentions => 0.002,
        KeywordField::Tag | KeywordField::Site | KeywordField::Brand => 0.02,
        KeywordField::Lang | KeywordField::Country => 0.1,
        KeywordField::Intent | KeywordField::Needs | KeywordField::Is => 0.15,
        // Platform, feeling and what else has a handful of values.
        _ => 0.3,
    }
}
