//! Filed queries: a part of a set that matches by itself.
//!
//! A query goes into the lists of its cheapest required terms, as entries that decide most cases; into a class where it asks
//! only for common facts; or among those that every mention is held against. What its entries leave open, its code says.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{
    bits::Bits,
    book::Book,
    classes::{Class, Classes, is_filter},
    cover::{Anchor, Cover, Shares, cover, rarest_single},
    derived::letters_of,
    entries::{Entry, Lists},
    filter_bits::Mask,
    plan::Plan,
    query_set::QueryId,
    statistics::StreamStatistics,
    term::{TermId, hash},
};
use crate::query::Node;

/// When which way of filing pays. All ways give the same answers; tests use small numbers, so that all ways are gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tuning {
    /// Sets of terms that so many queries ask for are found out once for each mention.
    pub(super) shared_set_queries: u32,
    /// Sets with more members are, even for one query.
    pub(super) inline_set_members_max: usize,
    /// Entries in the list of one term, from which on queries are filed under it together with a second term.
    pub(super) hot_entries: usize,
}

impl Default for Tuning {
    /// As measured at 100,000 and a million queries.
    fn default() -> Self {
        Self { shared_set_queries: 8, inline_set_members_max: 64, hot_entries: 1024 }
    }
}

/// Sets with fewer members are not worth being shared.
const SHARED_SET_MEMBERS_MIN: usize = 3;
/// Members of a set that may stand beside a hot term: each costs an entry.
const SECOND_TERMS_MAX: usize = 16;

/// Filed queries.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) book: Book,
    pub(super) lists: Lists,
    /// Queries without a term to be filed under.
    pub(super) always: Vec<Entry>,
    pub(super) classes: Classes,
    /// Terms of which lists of pairs begin.
    pub(super) hot: Bits,
    /// Terms that pairs end with.
    pub(super) second: Bits,
    sharing: Sharing,
    tuning: Tuning,
    statistics: Arc<StreamStatistics>,
}

/// How many queries ask for each set of terms, by its hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharing(HashMap<u64, u32>);

impl Sharing {
    fn count(&mut self, members: &[TermId]) -> u32 {
        let count = self.0.entry(hash(&letters_of(members))).or_default();
        *count += 1;
        *count
    }

    /// Counts the sets of a plan ahead of filing it.
    pub(super) fn foresee(&mut self, plan: &Plan) {
        match plan {
            Plan::Any(members) if members.len() >= SHARED_SET_MEMBERS_MIN => {
                self.count(members);
            }
            Plan::And(parts) | Plan::Or(parts) => parts.iter().for_each(|part| self.foresee(part)),
            Plan::Not(part) => self.foresee(part),
            _ => {}
        }
    }
}

impl Layer {
    /// A layer that queries are added to while it is matched against.
    pub(super) fn growing(tuning: Tuning, statistics: Arc<StreamStatistics>) -> Self {
        Self::with(Lists::growing(), Sharing::default(), tuning, statistics)
    }

    /// A layer that queries are added to before it is [`Self::sealed`], and then no more. Sets are shared as foreseen.
    pub(super) fn collecting(
        entries: usize,
        sharing: Sharing,
        tuning: Tuning,
        statistics: Arc<StreamStatistics>,
    ) -> Self {
        Self::with(Lists::collected(entries), sharing, tuning, statistics)
    }

    fn with(lists: Lists, sharing: Sharing, tuning: Tuning, statistics: Arc<StreamStatistics>) -> Self {
        Self {
            book: Book::default(),
            lists,
            always: Vec::new(),
            classes: Classes::default(),
            hot: Bits::default(),
            second: Bits::default(),
            sharing,
            tuning,
            statistics,
        }
    }

    /// With terms that are known already.
    pub(super) fn with_book(self, book: Book) -> Self {
        Self { book, ..self }
    }

    /// Packs everything for matching; nothing is added any more.
    pub(super) fn sealed(mut self) -> Self {
        self.lists = self.lists.packed();
        self.sharing = Sharing::default();
        self.classes.seal();
        self.book.seal();
        self
    }

    /// Files a query and gives its number.
    pub(super) fn insert(&mut self, id: QueryId, node: &Node) -> u32 {
        let plan = super::lower::lower(node, &mut self.book, &self.statistics);
        self.file(id, plan)
    }

    /// Writes a query down without filing it, for a layer that is only there to be merged.
    pub(super) fn write_down(&mut self, id: QueryId, node: &Node) -> u32 {
        let plan = super::lower::lower(node, &mut self.book, &self.statistics);
        let code = self.book.write(self.next_number(), &plan.parts(), &[]);
        self.book.push(id, code)
    }

    /// The numbers of queries that every mention is held against.
    pub(super) fn unfiled(&self) -> impl Iterator<Item = u32> {
        self.always
            .iter()
            .map(|entry| if entry.is_decided() { entry.target() } else { self.book.code[entry.target() as usize] })
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.book.ids.len()).unwrap_or(u32::MAX)
    }

    /// Files a plan over the terms of this layer and gives its number.
    pub(super) fn file(&mut self, id: QueryId, plan: Plan) -> u32 {
        if is_filter(&plan, &self.book) {
            self.file_in_class(id, plan.parts())
        } else {
            let parts = self.share(plan).parts();
            self.file_in_lists(id, parts)
        }
    }

    /// With sets that many ask for as terms of their own.
    fn share(&mut self, plan: Plan) -> Plan {
        match plan {
            Plan::Any(members) if members.len() >= SHARED_SET_MEMBERS_MIN => {
                let is_shared = self.sharing.count(&members) >= self.tuning.shared_set_queries
                    || members.len() > self.tuning.inline_set_members_max;
                // What bits say needs no term.
                if is_shared && !self.are_masked(&members) {
                    Plan::Term(self.book.intern_set(&members))
                } else {
                    Plan::Any(members)
                }
            }
            Plan::And(parts) => Plan::And(parts.into_iter().map(|part| self.share(part)).collect()),
            Plan::Or(parts) => Plan::Or(parts.into_iter().map(|part| self.share(part)).collect()),
            Plan::Not(part) => Plan::Not(Box::new(self.share(*part))),
            other => other,
        }
    }

    fn are_masked(&self, values: &[TermId]) -> bool {
        self.book.filters.of_values(values, |term| self.book.value_field(term)).is_some()
    }

    fn mask_of(&self, part: &Plan) -> Option<Mask> {
        self.book.filters.of_plan(part, |term| self.book.value_field(term))
    }

    fn file_in_class(&mut self, id: QueryId, parts: Vec<Plan>) -> u32 {
        let query = self.next_number();
        let code = match self.classes.join(&parts, query) {
            Ok(code) => code,
            Err(key) => {
                let (mask, is_masked) = mask_all(&parts, |part| self.mask_of(part));
                let covers = parts.iter().filter_map(|part| cover(part, self.book.shares()));
                let cheapest = covers.min_by(|a, b| a.cost.total_cmp(&b.cost));
                let anchors: Option<Vec<TermId>> =
                    cheapest.map(|cover| cover.anchors.iter().map(|anchor| anchor.term).collect());
                let (decided, open) = apart(parts, &is_masked);
                let code = self.book.write(query, &open, &decided);
                self.classes.begin(key, Class { code, members: vec![query] }, mask, anchors.as_deref());
                code
            }
        };
        self.book.push(id, code)
    }

    fn file_in_lists(&mut self, id: QueryId, parts: Vec<Plan>) -> u32 {
        let filing = Filing::of(parts, |part| self.mask_of(part), self.book.shares());
        let query = self.next_number();
        let code = self.book.write(query, &filing.open, &filing.decided);
        let entry = |is_decided: bool, guard: TermId| {
            if is_decided {
                Entry::decided(query, filing.mask, guard, filing.not)
            } else {
                Entry::undecided(code, filing.mask, guard, filing.not)
            }
        };
        let is_decided = filing.open.is_empty();
        match &filing.cover {
            None => self.always.push(entry(is_decided, TermId::TRUE)),
            Some(cover) => {
                let is_decided_by_pair =
                    filing.second.as_ref().is_some_and(|second| filing.open.iter().all(|part| part == &second.part));
                for &Anchor { term, guard } in &cover.anchors {
                    match &filing.second {
                        Some(second) if self.lists.count(term) >= self.tuning.hot_entries => {
                            self.hot.add(term.0);
                            for &other in &second.terms {
                                self.second.add(other.0);
                                let pair = self.book.intern_pair(term, other);
                                self.lists.push(pair, entry(is_decided_by_pair, guard));
                            }
                        }
                        _ => self.lists.push(term, entry(is_decided, guard)),
                    }
                }
            }
        }
        self.book.push(id, code)
    }

    /// Bytes it takes, by what for.
    pub(super) fn bytes(&self) -> Vec<(&'static str, usize)> {
        let own = [
            ("lists", self.lists.bytes() + self.always.capacity() * 16),
            ("classes and pairs", self.classes.bytes() + self.hot.bytes() + self.second.bytes()),
        ];
        self.book.bytes().into_iter().chain(own).collect()
    }
}

/// How a query is filed: what its entries say, and what they leave open.
struct Filing {
    mask: u32,
    /// A term that must not be held; [`TermId::FALSE`] where there is none.
    not: TermId,
    /// `None` where it has to be held against every mention.
    cover: Option<Cover>,
    /// What of it may stand beside a hot term.
    second: Option<Second>,
    /// Parts that the code has to say, the cheapest first.
    open: Vec<Plan>,
    /// Parts that the entries decide.
    decided: Vec<Plan>,
}

/// A part of which a mention has to hold a term beside the one the query is filed under.
struct Second {
    part: Plan,
    terms: Vec<TermId>,
}

impl Filing {
    fn of(parts: Vec<Plan>, mask_of: impl Fn(&Plan) -> Option<Mask>, shares: Shares<'_>) -> Self {
        let (mask, is_masked) = mask_all(&parts, mask_of);
        let mut is_decided = is_masked.clone();

        let covers = parts.iter().enumerate().filter_map(|(at, part)| Some((at, cover(part, shares)?)));
        let chosen = covers.min_by(|(_, a), (_, b)| a.cost.total_cmp(&b.cost));
        let mut second = None;
        let cover = chosen.map(|(chosen, mut cover)| {
            if let Some(guard) = rarest_single(&parts, |at| at == chosen || is_masked[at], shares) {
                cover.guard(guard, shares);
            }
            let cover = cover.distinct();
            // A word or a set is settled by having led here; words at places are not.
            if is_set(&parts[chosen]) {
                is_decided[chosen] = true;
                for (part, decided) in parts.iter().zip(&mut is_decided) {
                    *decided |= cover.anchors.iter().all(|anchor| *part == Plan::Term(anchor.guard));
                }
                second = rarest_set(&parts, &is_masked, chosen, &cover, shares);
            }
            cover
        });

        let nots = parts.iter().enumerate().filter_map(|(at, part)| match part {
            Plan::Not(inner) => match inner.as_ref() {
                Plan::Term(term) if !is_masked[at] => Some((at, *term)),
                _ => None,
            },
            _ => None,
        });
        let not = nots.max_by(|(_, a), (_, b)| shares.of(*a).total_cmp(&shares.of(*b)));
        if let Some((at, _)) = not {
            is_decided[at] = true;
        }

        let (decided, mut open) = apart(parts, &is_decided);
        open.sort_by(|a, b| price(a, shares).total_cmp(&price(b, shares)));
        Self { mask, not: not.map_or(TermId::FALSE, |(_, term)| term), cover, second, open, decided }
    }
}

/// The bits of all parts together, and which parts they decide.
fn mask_all(parts: &[Plan], mask_of: impl Fn(&Plan) -> Option<Mask>) -> (u32, Vec<bool>) {
    let mut bits = Mask::ANY.bits;
    let is_exact = |part| {
        mask_of(part).is_some_and(|mask| {
            bits &= mask.bits;
            mask.is_exact
        })
    };
    let is_masked = parts.iter().map(is_exact).collect();
    (bits, is_masked)
}

/// The parts that are decided, and those that are not.
fn apart(parts: Vec<Plan>, is_decided: &[bool]) -> (Vec<Plan>, Vec<Plan>) {
    let (decided, open): (Vec<_>, Vec<_>) = parts.into_iter().zip(is_decided).partition(|(_, decided)| **decided);
    let plans = |parts: Vec<(Plan, &bool)>| parts.into_iter().map(|(part, _)| part).collect();
    (plans(decided), plans(open))
}

const fn is_set(part: &Plan) -> bool {
    matches!(part, Plan::Term(_) | Plan::Any(_))
}

/// The rarest part, beside the chosen one, that is a set of few terms.
fn rarest_set(parts: &[Plan], is_masked: &[bool], chosen: usize, cover: &Cover, shares: Shares<'_>) -> Option<Second> {
    let sets = parts.iter().enumerate().filter(|(at, _)| *at != chosen && !is_masked[*at]).filter_map(|(_, part)| {
        let terms = match part {
            Plan::Term(term) => vec![*term],
            Plan::Any(terms) => terms.clone(),
            _ => return None,
        };
        let is_apart = terms.iter().all(|term| cover.anchors.iter().all(|anchor| anchor.term != *term));
        (terms.len() <= SECOND_TERMS_MAX && is_apart).then(|| Second { part: part.clone(), terms })
    });
    sets.min_by(|a, b| shares.sum(&a.terms).total_cmp(&shares.sum(&b.terms)))
}

/// Work for each mention that a part turns away: most mentions that come so far do not match, so what turns many away by little
/// work is tested first.
fn price(part: &Plan, shares: Shares<'_>) -> f32 {
    work(part) / (1.0 - share(part, shares)).max(0.01)
}

/// What a part costs to test, about; one look at a term is 1.
fn work(part: &Plan) -> f32 {
    match part {
        Plan::All | Plan::Term(_) | Plan::Sample(_) => 1.0,
        Plan::Number(..) => 2.0,
        Plan::Time(..) => 3.0,
        // Few hold one, so most tests go through all.
        Plan::Any(terms) => 1.0 + terms.len() as f32,
        Plan::Not(part) => work(part),
        Plan::And(parts) | Plan::Or(parts) => parts.iter().map(work).sum(),
        Plan::Places(_) => 60.0,
        Plan::Rare(_) => 100.0,
    }
}

/// The share of mentions that a part lets through, about, 0 to 1.
fn share(part: &Plan, shares: Shares<'_>) -> f32 {
    match part {
        Plan::All => 1.0,
        Plan::Term(term) => shares.of(*term),
        Plan::Any(terms) => shares.sum(terms).min(1.0),
        Plan::Not(part) => 1.0 - share(part, shares),
        Plan::And(parts) => parts.iter().map(|part| share(part, shares)).product(),
        Plan::Or(parts) => parts.iter().map(|part| share(part, shares)).sum::<f32>().min(1.0),
        Plan::Places(_) => 0.05,
        Plan::Number(..) | Plan::Time(..) | Plan::Sample(_) | Plan::Rare(_) => 0.5,
    }
}
