//! Which queries of a layer a mention matches.

use super::{
    bits::Bits,
    book::HEAD,
    derived::letters_of,
    entries::Entry,
    heard::{Heard, Moment, Words},
    layer::Layer,
    query_set::QueryId,
    run::Run,
    term::{Space, hash, hash_in},
};

/// Memory for matching, one for each thread. Its size follows that of the largest set matched.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) words: Words,
    heard: Heard,
    /// Entries that let the mention through.
    passed: Vec<Entry>,
    /// Queries that were looked at.
    tried: Bits,
    tried_queries: Vec<u32>,
    tried_classes: Bits,
    passed_classes: Vec<u32>,
    /// Entries looked at.
    pub(super) scanned: u64,
}

/// From so many entries on it pays to look at them without branches.
const LONG_LIST: usize = 8;

impl Layer {
    /// Adds the queries that match, each once, but for the dead ones. The words of the mention have to be in the scratch.
    pub(super) fn find(
        &self,
        moment: Moment<'_>,
        dead: Option<&Bits>,
        scratch: &mut Scratch,
        found: &mut Vec<QueryId>,
    ) {
        scratch.heard.read(&self.book, &scratch.words, moment.document);
        self.collect(scratch);
        self.decide(moment, dead, scratch, found);
        if !self.classes.is_empty() {
            self.decide_classes(moment, dead, scratch, found);
        }
        scratch.heard.forget();
    }

    /// Entries that let the mention through.
    fn collect(&self, scratch: &mut Scratch) {
        let Scratch { heard, passed, scanned, .. } = scratch;
        passed.clear();
        let mut scan = |list: &[Entry], passed: &mut Vec<Entry>| {
            *scanned += list.len() as u64;
            scan(list, heard, passed);
        };
        for &term in &heard.terms {
            scan(self.lists.get(term), passed);
        }
        for first in heard.terms.iter().filter(|term| self.hot.has(term.0)) {
            for second in heard.terms.iter().filter(|term| self.second.has(term.0)) {
                let letters = letters_of(&[*first, *second]);
                if let Some(pair) = self.book.terms.find(hash_in(Space::PAIR, hash(&letters)), Space::PAIR, &letters) {
                    scan(self.lists.get(pair), passed);
                }
            }
        }
        scan(&self.always, passed);
    }

    fn decide(&self, moment: Moment<'_>, dead: Option<&Bits>, scratch: &mut Scratch, found: &mut Vec<QueryId>) {
        let Scratch { heard, passed, tried, tried_queries, .. } = scratch;
        let mut run = Run { heard, moment, rare: &self.book.rare };
        let code = self.book.code.as_slice();
        // In batches: the first words of all of one are fetched together.
        for batch in passed.chunks(16) {
            let mut queries = [0; 16];
            for (entry, query) in batch.iter().zip(&mut queries) {
                *query = if entry.is_decided() { entry.target() } else { code[entry.target() as usize] };
            }
            for (entry, &query) in batch.iter().zip(&queries) {
                if !tried.add(query) {
                    continue;
                }
                tried_queries.push(query);
                let matches = entry.is_decided() || run.all(open(code, entry.target()));
                if matches && dead.is_none_or(|dead| !dead.has(query)) {
                    found.push(self.book.ids[query as usize]);
                }
            }
        }
        for query in tried_queries.drain(..) {
            tried.clear_around(query);
        }
    }

    fn decide_classes(&self, moment: Moment<'_>, dead: Option<&Bits>, scratch: &mut Scratch, found: &mut Vec<QueryId>) {
        let Scratch { heard, tried_classes, passed_classes, .. } = scratch;
        let mask = heard.mask;
        let mut passed = std::mem::take(passed_classes);
        let mut scan = |list: &[(u32, u32)]| {
            for &(allowed, class) in list {
                if mask & !allowed == 0 && tried_classes.add(class) {
                    passed.push(class);
                }
            }
        };
        heard.terms.iter().for_each(|term| scan(self.classes.of(*term)));
        scan(self.classes.always());
        let mut run = Run { heard, moment, rare: &self.book.rare };
        for class in passed.drain(..) {
            tried_classes.clear_around(class);
            let class = self.classes.get(class);
            if run.all(open(&self.book.code, class.code)) {
                let alive = class.members.iter().filter(|query| dead.is_none_or(|dead| !dead.has(**query)));
                found.extend(alive.map(|query| self.book.ids[*query as usize]));
            }
        }
        scratch.passed_classes = passed;
    }

    /// Adds the queries that match, but for the dead ones, by running the code of all.
    pub(super) fn try_all(&self, moment: Moment<'_>, dead: &Bits, scratch: &mut Scratch, found: &mut Vec<QueryId>) {
        scratch.heard.read(&self.book, &scratch.words, moment.document);
        let mut run = Run { heard: &mut scratch.heard, moment, rare: &self.book.rare };
        for ((number, id), at) in (0..).zip(&self.book.ids).zip(&self.book.starts) {
            if !dead.has(number) && run.all(whole(&self.book.code, *at)) {
                found.push(*id);
            }
        }
        scratch.heard.forget();
    }
}

/// All that a query asks.
fn whole(code: &[u32], at: u32) -> &[u32] {
    let at = at as usize;
    &code[at + HEAD..at + HEAD + code[at + 2] as usize]
}

/// What the entries of a query leave open.
fn open(code: &[u32], at: u32) -> &[u32] {
    let at = at as usize;
    &code[at + HEAD..at + HEAD + code[at + 1] as usize]
}

fn scan(list: &[Entry], heard: &Heard, passed: &mut Vec<Entry>) {
    let passes = |entry: &Entry| (heard.mask & !entry.mask == 0) & heard.holds(entry.guard) & !heard.holds(entry.not);
    if list.len() < LONG_LIST {
        passed.extend(list.iter().filter(|entry| passes(entry)));
        return;
    }
    // Written whether it passes or not, and kept by how far the end moves: whether it does cannot be foretold.
    let mut end = passed.len();
    passed.resize(end + list.len(), list[0]);
    for entry in list {
        passed[end] = *entry;
        end += usize::from(passes(entry));
    }
    passed.truncate(end);
}
