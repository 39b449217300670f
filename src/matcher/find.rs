//! Which queries of a layer a mention matches.

use super::{
    bits::Bits,
    book::HEAD,
    derived::letters_of_two,
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
    passed: Passed,
    /// Queries that were looked at.
    tried: Bits,
    candidates: Vec<Candidate>,
    /// Numbers of the queries that match.
    matched: Vec<u32>,
    tried_classes: Bits,
    passed_classes: Vec<u32>,
    /// Entries looked at.
    pub(super) scanned: u64,
    /// Of what is looked at only to have it at hand: nobody reads it.
    fetched: u32,
}

/// Entries that let the mention through: the first `count`. What stands behind them is left over from before.
#[derive(Debug, Default)]
struct Passed {
    entries: Vec<Entry>,
    count: usize,
}

/// A query that an entry has led to.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    query: u32,
    /// Where the code begins that says the rest, and where it ends; nothing is left to say where both are the same.
    open: (u32, u32),
}

/// Entries that processors fetch in one go: 64 bytes of them.
const LINE_ENTRIES: usize = 4;
/// So many such lines of a list are fetched ahead; the processor foresees those that follow.
const LINES: usize = 6;
/// Words of code that processors fetch in one go.
const LINE_WORDS: usize = 16;
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
        let Scratch { heard, passed, scanned, fetched, .. } = scratch;
        passed.count = 0;
        let mut scan = |list: &[Entry], passed: &mut Passed| {
            *scanned += list.len() as u64;
            scan(list, heard, passed);
        };
        // Where lists lie is looked up before any is read, and then their beginnings, so that the memory of many is on its way at
        // once.
        for terms in heard.terms.chunks(LISTS) {
            let mut lists: [&[Entry]; LISTS] = [&[]; LISTS];
            let mut count = 0;
            for term in terms {
                lists[count] = self.lists.get(*term);
                count += usize::from(!lists[count].is_empty());
            }
            let lists = &lists[..count];
            let lines = lists.iter().flat_map(|list| list.iter().step_by(LINE_ENTRIES).take(LINES));
            *fetched = lines.fold(*fetched, |all, entry| all.wrapping_add(entry.mask));
            lists.iter().for_each(|list| scan(list, passed));
        }
        for first in heard.terms.iter().filter(|term| self.hot.has(term.0)) {
            for second in heard.terms.iter().filter(|term| self.second.has(term.0)) {
                let letters = letters_of_two(*first, *second);
                if let Some(pair) = self.book.terms.find(hash_in(Space::PAIR, hash(&letters)), Space::PAIR, &letters) {
                    scan(self.lists.get(pair), passed);
                }
            }
        }
        scan(&self.always, passed);
    }

    fn decide(&self, moment: Moment<'_>, dead: Option<&Bits>, scratch: &mut Scratch, found: &mut Vec<QueryId>) {
        let Scratch { heard, passed, tried, candidates, matched, fetched, .. } = scratch;
        let code = self.book.code.as_slice();
        // The heads of all are read before any is run, so that their memory is on its way at once; and so are the ids of all that
        // match.
        candidates.clear();
        for entry in &passed.entries[..passed.count] {
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
        for &Candidate { open: (first, end), .. } in candidates.iter() {
            let lines = code[first as usize..end as usize].iter().skip(LINE_WORDS - HEAD).step_by(LINE_WORDS);
            *fetched = lines.fold(*fetched, |all, word| all.wrapping_add(*word));
        }
        matched.clear();
        let mut run = Run { heard, moment, rare: &self.book.rare };
        for &Candidate { query, open: (first, end) } in candidates.iter() {
            tried.clear_around(query);
            if run.all(&code[first as usize..end as usize]) && dead.is_none_or(|dead| !dead.has(query)) {
                matched.push(query);
            }
        }
        found.extend(matched.iter().map(|query| self.book.ids[*query as usize]));
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

/// Adds the entries of a list that let the mention through.
fn scan(list: &[Entry], heard: &Heard, passed: &mut Passed) {
    let passes = |entry: &Entry| (heard.mask & !entry.mask == 0) & heard.holds(entry.guard) & !heard.holds(entry.not);
    let Passed { entries, count } = passed;
    if entries.len() < *count + list.len() {
        entries.resize(2 * (*count + list.len()), Entry::NOTHING);
    }
    let kept = &mut entries[*count..*count + list.len()];
    // Written whether it passes or not, and kept by how far the end moves: whether it does cannot be foretold.
    let mut end = 0;
    for entry in list {
        kept[end] = *entry;
        end += usize::from(passes(entry));
    }
    *count += end;
}
