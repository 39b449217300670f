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
    candidates: Vec<Candidate>,
    tried_classes: Bits,
    passed_classes: Vec<u32>,
    /// Entries looked at.
    pub(super) scanned: u64,
}

/// A query that an entry has led to.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    query: u32,
    /// Where the code begins that says the rest, and where it ends; nothing is left to say where both are the same.
    open: (u32, u32),
}

/// Entries that are looked at in one go.
const STRIDE: usize = 16;
/// Lists that are looked up in one go.
const LISTS: usize = 32;

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
        // Where lists lie is looked up before any is read, so that the memory of many is on its way at once.
        for terms in heard.terms.chunks(LISTS) {
            let mut lists: [&[Entry]; LISTS] = [&[]; LISTS];
            terms.iter().zip(&mut lists).for_each(|(term, list)| *list = self.lists.get(*term));
            lists.into_iter().for_each(|list| scan(list, passed));
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
        let Scratch { heard, passed, tried, candidates, .. } = scratch;
        let code = self.book.code.as_slice();
        // The heads of all are read before any is run, so that their memory is on its way at once.
        candidates.clear();
        for entry in passed.iter() {
            let candidate = if entry.is_decided() {
                Candidate { query: entry.target(), open: (0, 0) }
            } else {
                let at = entry.target() as usize;
                let first = entry.target() + HEAD as u32;
                Candidate { query: code[at], open: (first, first + code[at + 1]) }
            };
            if tried.add(candidate.query) {
                candidates.push(candidate);
            }
        }
        let mut run = Run { heard, moment, rare: &self.book.rare };
        for &Candidate { query, open: (first, end) } in candidates.iter() {
            tried.clear_around(query);
            if run.all(&code[first as usize..end as usize]) && dead.is_none_or(|dead| !dead.has(query)) {
                found.push(self.book.ids[query as usize]);
            }
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
    let mut kept = [Entry::NOTHING; STRIDE];
    for part in list.chunks(STRIDE) {
        // Written whether it passes or not, and kept by how far the end moves: whether it does cannot be foretold.
        let mut end = 0;
        for entry in part {
            kept[end] = *entry;
            end += usize::from(passes(entry));
        }
        passed.extend_from_slice(&kept[..end]);
    }
}
