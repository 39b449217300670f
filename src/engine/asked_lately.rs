use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex},
};

use super::{EngineError, lock, marking::Marking, saved_searches::compile};
use crate::{
    live::Definitions,
    query::{Problem, Query},
};

/// Bytes of query texts in one generation: some hundred long queries. What is read of them takes some ten times as much.
const GENERATION_BYTES_MAX: usize = 256 * 1024;
/// What a query is counted with beside the bytes of its text, for the places it marked last.
const QUERY_BYTES: usize = 512;

/// A query text, read and checked, with everything it refers to in its place.
#[derive(Debug)]
pub(super) struct Asked {
    /// What is asked.
    pub(super) query: Query,
    /// The doubts about it.
    pub(super) problems: Vec<Problem>,
    /// Marks the query's words in its hits.
    pub(super) marking: Marking,
}

/// Queries asked lately: dashboards ask the same again and again, and reading a long query costs more than a short search.
///
/// Two generations: when the younger is full, the elder is forgotten and the younger takes its place. What is asked for again
/// comes back into the younger one.
#[derive(Default)]
pub(super) struct AskedLately(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    younger: HashMap<String, Arc<Asked>>,
    younger_bytes: usize,
    elder: HashMap<String, Arc<Asked>>,
}

impl AskedLately {
    /// The query of this text, read anew only where it was not asked lately, or where a saved search or an author list was edited
    /// since.
    ///
    /// # Errors
    /// Its faults; those of the time zone.
    pub(super) fn read(
        &self,
        definitions: &Definitions,
        text: &str,
        time_zone: &str,
    ) -> Result<Arc<Asked>, EngineError> {
        // Neither a zone nor a query holds this sign.
        let key = format!("{}\0{time_zone}\0{text}", definitions.generation());
        if let Some(asked) = lock(&self.0).find(&key) {
            return Ok(asked);
        }
        let (query, problems) = compile(definitions, text, time_zone)?;
        let marking = Marking::of(&query.root);
        let asked = Arc::new(Asked { query, problems, marking });
        lock(&self.0).keep(key, Arc::clone(&asked));
        Ok(asked)
    }
}

impl Generations {
    fn find(&mut self, key: &str) -> Option<Arc<Asked>> {
        if let Some(asked) = self.younger.get(key) {
            return Some(Arc::clone(asked));
        }
        let (key, asked) = self.elder.remove_entry(key)?;
        self.keep(key, Arc::clone(&asked));
        Some(asked)
    }

    fn keep(&mut self, key: String, asked: Arc<Asked>) {
        let bytes = key.len() + QUERY_BYTES;
        if self.younger_bytes + bytes > GENERATION_BYTES_MAX {
            self.elder = mem::take(&mut self.younger);
            self.younger_bytes = 0;
        }
        if self.younger.insert(key, asked).is_none() {
            self.younger_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_kept_by_text_and_zone_until_others_crowd_it_out() {
        let lately = AskedLately::default();
        let read = |text: &str, zone: &str| lately.read(&Definitions::default(), text, zone).unwrap();
        let first = read("zug AND published:2026-11-21", "Europe/Rome");
        assert!(Arc::ptr_eq(&first, &read("zug AND published:2026-11-21", "Europe/Rome")));
        let elsewhere = read("zug AND published:2026-11-21", "Asia/Tokyo");
        assert_ne!(first.query, elsewhere.query);

        let crowd = |from: usize| {
            for number in 0..GENERATION_BYTES_MAX / 1000 {
                read(&format!("w{}{}", from + number, " OR ab".repeat(170)), "");
            }
        };
        crowd(0);
        assert!(Arc::ptr_eq(&first, &read("zug AND published:2026-11-21", "Europe/Rome")), "asked again in time");
        crowd(1000);
        crowd(2000);
        let anew = read("zug AND published:2026-11-21", "Europe/Rome");
        assert!(!Arc::ptr_eq(&first, &anew));
        assert_eq!(first.query, anew.query);
        assert!(lock(&lately.0).younger_bytes <= GENERATION_BYTES_MAX);
    }

    #[test]
    fn faults_are_told_every_time() {
        let lately = AskedLately::default();
        for _ in 0..2 {
            assert!(matches!(lately.read(&Definitions::default(), "(zug", ""), Err(EngineError::InvalidQuery { .. })));
            assert!(matches!(
                lately.read(&Definitions::default(), "zug", "Nowhere"),
                Err(EngineError::InvalidArgument { .. })
            ));
        }
    }
}
