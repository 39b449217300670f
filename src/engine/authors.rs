use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    mem,
    sync::Mutex,
};

use super::{EngineError, lock};
use crate::{
    base::{
        Seq,
        limits::{AUTHORS_REMEMBERED_FROM_VERSIONS, AUTHORS_REMEMBERED_MAX},
    },
    enrich::Wrote,
    model::{Language, LanguageEvidence, Mention},
    store,
};

/// A mention whose language is this sure says something of its author.
const SURE: f32 = 0.9;
/// Versions read at once when the server starts.
const BATCH_VERSIONS: usize = 1024;
/// Bytes read at once when the server starts.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// In which languages authors wrote lately.
///
/// Kept in memory only, of the newest authors, in two generations: when the younger is full, the elder is forgotten. A restart reads it from
/// the end of the log. Of an author nothing is kept but a number, which is another after each start.
pub(super) struct Authors {
    numbers: RandomState,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    younger: HashMap<u64, Wrote>,
    elder: HashMap<u64, Wrote>,
}

impl Authors {
    /// What the newest versions of the log say of their authors.
    ///
    /// # Errors
    /// As the store says of the log.
    pub(super) fn read(store: &store::Reader) -> Result<Self, EngineError> {
        let authors = Self { numbers: RandomState::new(), generations: Mutex::default() };
        let newest = store.last_seq();
        let mut read = Seq(newest.0.saturating_sub(AUTHORS_REMEMBERED_FROM_VERSIONS)).max(store.oldest_seq());
        while read < newest {
            let versions = store.versions_after(read, BATCH_VERSIONS, BATCH_BYTES)?;
            let Some(last) = versions.last() else { break };
            read = last.seq;
            for version in versions.iter().filter(|version| !version.deleted) {
                authors.wrote(&version.mention, &version.understanding.language);
            }
        }
        Ok(authors)
    }

    /// What the author of a mention wrote before.
    pub(super) fn before(&self, mention: &Mention) -> Wrote {
        let Some(author) = self.number(mention) else { return Wrote::default() };
        let generations = lock(&self.generations);
        generations.younger.get(&author).or_else(|| generations.elder.get(&author)).copied().unwrap_or_default()
    }

    /// Remembers the language of a mention for its author, if it is sure by the words of the mention.
    pub(super) fn wrote(&self, mention: &Mention, language: &Language) {
        let is_by_words = !matches!(language.evidence, LanguageEvidence::History | LanguageEvidence::Corrected);
        if !is_by_words || language.confidence < SURE {
            return;
        }
        let Some(author) = self.number(mention) else { return };
        lock(&self.generations).add(author, &language.code);
    }

    /// `None` for who is not named.
    fn number(&self, mention: &Mention) -> Option<u64> {
        let handle = &mention.author.handle;
        (!handle.is_empty()).then(|| self.numbers.hash_one((&mention.name.platform, handle.to_lowercase())))
    }
}

impl Generations {
    fn add(&mut self, author: u64, language: &str) {
        if !self.younger.contains_key(&author) {
            if self.younger.len() >= AUTHORS_REMEMBERED_MAX / 2 {
                self.elder = mem::take(&mut self.younger);
            }
            let known = self.elder.remove(&author).unwrap_or_default();
            self.younger.insert(author, known);
        }
        if let Some(wrote) = self.younger.get_mut(&author) {
            wrote.add(language);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authors() -> Authors {
        Authors { numbers: RandomState::new(), generations: Mutex::default() }
    }

    fn mention(platform: &str, handle: &str) -> Mention {
        let mut mention = super::super::tests::mention("1", handle, "ciao", 1);
        mention.name.platform = platform.to_owned();
        mention
    }

    fn language(code: &str, confidence: f32, evidence: LanguageEvidence) -> Language {
        Language { code: code.to_owned(), confidence, evidence, pieces: Vec::new() }
    }

    #[test]
    fn only_sure_mentions_speak_for_their_author_on_their_platform() {
        let authors = authors();
        let anna = mention("twitter", "Anna");
        for (confidence, evidence) in
            [(0.5, LanguageEvidence::Model), (0.95, LanguageEvidence::History), (1.0, LanguageEvidence::Corrected)]
        {
            authors.wrote(&anna, &language("it", confidence, evidence));
            assert!(authors.before(&anna).is_nothing());
        }
        authors.wrote(&mention("twitter", ""), &language("it", 0.99, LanguageEvidence::Model));
        assert!(authors.before(&mention("twitter", "")).is_nothing());
        authors.wrote(&anna, &language("it", 0.99, LanguageEvidence::Model));
        assert!(!authors.before(&mention("twitter", "anna")).is_nothing());
        assert!(authors.before(&mention("vk", "anna")).is_nothing());
    }

    #[test]
    fn memory_is_bounded_and_the_newest_authors_stay() {
        let mut generations = Generations::default();
        for author in 0..AUTHORS_REMEMBERED_MAX as u64 * 2 {
            generations.add(author, "it");
            generations.add(7, "ru");
        }
        assert!(generations.younger.len() + generations.elder.len() <= AUTHORS_REMEMBERED_MAX);
        assert!(generations.younger.contains_key(&7) || generations.elder.contains_key(&7));
    }
}
