//! The queries of a layer: their terms, and their code.

use super::{
    code::{decode, emit, instructions},
    cover::Shares,
    derived::{Lengths, Sets, Wildcards, letters_of, spelled, terms_of},
    dictionary::Dictionary,
    filter_bits::FilterBits,
    plan::{Places, Plan},
    query_set::QueryId,
    statistics::StreamStatistics,
    term::{Space, TermId},
};
use crate::{
    query::{KeywordField, Node, TextFields, document::Needed},
    text::{STEM, WRITTEN, Wildcard},
};

/// Queries as code over the terms of one dictionary.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) terms: Dictionary,
    /// How often each term was held when it came; forgotten when the layer is sealed.
    shares: Vec<f32>,
    /// Of queries, by number.
    pub(super) ids: Vec<QueryId>,
    /// Where the code of each query begins.
    pub(super) starts: Vec<u32>,
    pub(super) code: Vec<u32>,
    /// Conditions without code of their own.
    pub(super) rare: Vec<Node>,
    pub(super) wildcards: Wildcards,
    pub(super) sets: Sets,
    pub(super) filters: FilterBits,
    /// By text field: the spaces in which its words are asked for.
    pub(super) words: [Spaces; 5],
    /// By [`KeywordField`]: lengths of the beginnings that are asked for.
    pub(super) beginnings: Vec<(KeywordField, Lengths)>,
    /// What a mention has to be read for.
    pub(super) needed: Needed,
}

/// Where a word of a field is looked up.
#[derive(Clone, Debug, Default)]
pub(super) struct Spaces {
    pub(super) words: Vec<Space>,
    pub(super) plain: Vec<Space>,
    pub(super) wildcards: Vec<Space>,
}

/// Words before the code of a query: its number, the length of what an entry leaves open, the length of all.
pub(super) const HEAD: usize = 3;

impl Book {
    /// The term of these letters; a new one is asked for from now on.
    pub(super) fn intern(&mut self, space: Space, letters: &[u8], statistics: &StreamStatistics) -> TermId {
        let (term, is_new) = self.terms.intern(space, letters);
        if is_new {
            self.set_share(term, statistics.share(space, letters));
            self.note(space, letters, term);
        }
        term
    }

    /// The term of the words that fit a wildcard.
    pub(super) fn intern_wildcard(
        &mut self,
        fields: TextFields,
        wildcard: &Wildcard,
        statistics: &StreamStatistics,
    ) -> TermId {
        let space = Space::wildcards(fields);
        let (term, is_new) = self.terms.intern(space, spelled(wildcard).as_bytes());
        if is_new {
            self.set_share(term, statistics.share_of_beginning(fields, &wildcard.head));
            self.wildcards.add(fields, wildcard, term);
            self.note(space, wildcard.head.as_bytes(), term);
        }
        term
    }

    /// The term of a mention holding one of these.
    pub(super) fn intern_set(&mut self, members: &[TermId]) -> TermId {
        let (term, is_new) = self.terms.intern(Space::SET, &letters_of(members));
        if is_new {
            self.set_share(term, self.shares().sum(members).min(1.0));
            self.sets.add(term, members);
        }
        term
    }

    /// The term of a mention holding both.
    pub(super) fn intern_pair(&mut self, first: TermId, second: TermId) -> TermId {
        let (term, is_new) = self.terms.intern(Space::PAIR, &letters_of(&[first, second]));
        if is_new {
            self.set_share(term, self.shares().of(first) * self.shares().of(second));
        }
        term
    }

    fn set_share(&mut self, term: TermId, share: f32) {
        // The first two are always and never held.
        if self.shares.is_empty() {
            self.shares.extend([1.0, 0.0]);
        }
        self.shares.resize(term.0 as usize + 1, 1.0);
        self.shares[term.0 as usize] = share;
    }

    /// How often its terms are held.
    pub(super) fn shares(&self) -> Shares<'_> {
        Shares(&self.shares)
    }

    /// Looks up from now on in mentions what a new term is about.
    fn note(&mut self, space: Space, letters: &[u8], term: TermId) {
        if space.word_fields().is_some() && letters.first() == Some(&(STEM as u8)) {
            self.needed.add_stems();
        }
        if space.plain_fields().is_some() || letters.first() == Some(&(WRITTEN as u8)) {
            self.needed.add_case();
        }
        let mut add = |fields: TextFields, list: fn(&mut Spaces) -> &mut Vec<Space>| {
            self.needed.add_texts(fields);
            for field in fields.iter() {
                let spaces = list(&mut self.words[field as usize]);
                if !spaces.contains(&space) {
                    spaces.push(space);
                }
            }
        };
        if let Some(fields) = space.word_fields() {
            add(fields, |spaces| &mut spaces.words);
        } else if let Some(fields) = space.plain_fields() {
            add(fields, |spaces| &mut spaces.plain);
        } else if let Some(fields) = space.wildcard_fields() {
            add(fields, |spaces| &mut spaces.wildcards);
        } else if let Some(field) = space.value_field() {
            self.needed.add_fact(field);
            if !is_variant(field, letters) {
                self.filters.add(field, term);
            }
        } else if let Some(field) = space.set_field() {
            self.needed.add_fact(field);
        } else if let Some(field) = space.prefix_field() {
            self.needed.add_fact(field);
            let at = self.beginnings.iter().position(|(held, _)| *held == field).unwrap_or_else(|| {
                self.beginnings.push((field, Lengths::default()));
                self.beginnings.len() - 1
            });
            self.beginnings[at].1.add(letters.len());
        }
    }

    /// A condition without code of its own, kept once.
    pub(super) fn rare(&mut self, node: &Node) -> Plan {
        let at = self.rare.iter().position(|held| held == node).unwrap_or_else(|| {
            self.needed = std::mem::take(&mut self.needed).and(&Needed::to_match([node]));
            self.rare.push(node.clone());
            self.rare.len() - 1
        });
        Plan::Rare(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The fact that a term is a value of, where bits may speak for it. They cannot for a variant of a language.
    pub(super) fn value_field(&self, term: TermId) -> Option<KeywordField> {
        let (space, letters) = self.terms.get(term);
        space.value_field().filter(|field| !is_variant(*field, letters))
    }

    /// Writes a query down: what entries leave open, then what they decide. Gives the place of its code.
    pub(super) fn write(&mut self, query: u32, open: &[Plan], decided: &[Plan]) -> u32 {
        let at = self.code.len();
        self.code.extend([query, 0, 0]);
        open.iter().for_each(|part| emit(part, &mut self.code));
        let open_length = self.code.len() - at - HEAD;
        decided.iter().for_each(|part| emit(part, &mut self.code));
        let narrow = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        self.code[at + 1] = narrow(open_length);
        self.code[at + 2] = narrow(self.code.len() - at - HEAD);
        narrow(at)
    }

    /// Numbers a query whose code stands at that place.
    pub(super) fn push(&mut self, id: QueryId, code: u32) -> u32 {
        self.ids.push(id);
        self.starts.push(code);
        u32::try_from(self.ids.len() - 1).unwrap_or(u32::MAX)
    }

    /// What a query asks, as it was before it was filed.
    pub(super) fn plan(&self, query: u32) -> Plan {
        let at = self.starts[query as usize] as usize;
        let body = &self.code[at + HEAD..at + HEAD + self.code[at + 2] as usize];
        Plan::all_of(instructions(body).map(decode).map(|part| self.without_sets(part)).collect())
    }

    /// With the members of shared sets in their place.
    fn without_sets(&self, plan: Plan) -> Plan {
        let all = |parts: Vec<Plan>| parts.into_iter().map(|part| self.without_sets(part)).collect();
        match plan {
            Plan::Term(term) => match self.terms.get(term) {
                (Space::SET, letters) => Plan::any(terms_of(letters)),
                _ => plan,
            },
            Plan::And(parts) => Plan::all_of(all(parts)),
            Plan::Or(parts) => Plan::one_of(all(parts)),
            Plan::Not(part) => Plan::not(self.without_sets(*part)),
            other => other,
        }
    }

    /// Forgets what only filing needs.
    pub(super) fn seal(&mut self) {
        self.shares = Vec::new();
        self.terms.shrink();
        self.sets.seal();
        self.code.shrink_to_fit();
        self.ids.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Bytes it takes, by what for.
    pub(super) fn bytes(&self) -> [(&'static str, usize); 4] {
        [
            ("dictionary", self.terms.bytes() + self.shares.capacity() * 4),
            ("code", self.code.capacity() * 4),
            ("ids and places", self.ids.capacity() * 8 + self.starts.capacity() * 4),
            ("wildcards and sets", self.wildcards.bytes() + self.sets.bytes()),
        ]
    }
}

/// Whether the value is a variant of another, such as `hi-latn` of `hi`: a mention holds both, and filter bits stand for
/// facts of which a mention has one value.
fn is_variant(field: KeywordField, letters: &[u8]) -> bool {
    field == KeywordField::Lang && letters.contains(&b'-')
}

/// Terms of one book in the words of another, each translated once.
#[derive(Debug)]
pub(super) struct Translation<'a> {
    from: &'a Book,
    known: Vec<Option<TermId>>,
}

impl<'a> Translation<'a> {
    pub(super) fn new(from: &'a Book) -> Self {
        Self { from, known: vec![None; from.terms.len()] }
    }

    fn term(&mut self, term: TermId, to: &mut Book, statistics: &StreamStatistics) -> TermId {
        if let Some(known) = self.known[term.0 as usize] {
            return known;
        }
        let (space, letters) = self.from.terms.get(term);
        let translated = match (space.wildcard_fields(), self.from.wildcards.get(term)) {
            (Some(fields), Some(wildcard)) => to.intern_wildcard(fields, wildcard, statistics),
            _ => to.intern(space, letters, statistics),
        };
        self.known[term.0 as usize] = Some(translated);
        translated
    }

    fn terms(&mut self, terms: &[TermId], to: &mut Book, statistics: &StreamStatistics) -> Vec<TermId> {
        let mut translated: Vec<TermId> = terms.iter().map(|term| self.term(*term, to, statistics)).collect();
        translated.sort_unstable();
        translated
    }

    /// The same plan over the terms of `to`.
    pub(super) fn plan(&mut self, plan: Plan, to: &mut Book, statistics: &StreamStatistics) -> Plan {
        match plan {
            Plan::Term(term) => Plan::Term(self.term(term, to, statistics)),
            Plan::Any(terms) => Plan::Any(self.terms(&terms, to, statistics)),
            Plan::Places(places) => Plan::Places(self.places(places, to, statistics)),
            Plan::Rare(at) => to.rare(&self.from.rare[at as usize]),
            Plan::And(parts) => Plan::And(parts.into_iter().map(|part| self.plan(part, to, statistics)).collect()),
            Plan::Or(parts) => Plan::Or(parts.into_iter().map(|part| self.plan(part, to, statistics)).collect()),
            Plan::Not(part) => Plan::Not(Box::new(self.plan(*part, to, statistics))),
            Plan::Sample(_) => {
                to.needed.add_sample();
                plan
            }
            Plan::All | Plan::Number(..) | Plan::Time(..) => plan,
        }
    }

    fn places(&mut self, places: Places, to: &mut Book, statistics: &StreamStatistics) -> Places {
        let mut side = |places: Box<Places>| Box::new(self.places(*places, to, statistics));
        match places {
            Places::Near { left, right, distance, ordered } => {
                Places::Near { left: side(left), right: side(right), distance, ordered }
            }
            Places::Word(terms) => Places::Word(self.terms(&terms, to, statistics)),
            Places::Phrase(words) => Places::Phrase(
                words.into_iter().map(|(offset, terms)| (offset, self.terms(&terms, to, statistics))).collect(),
            ),
            Places::Window { parts, positions_max } => {
                let parts = parts.into_iter().map(|part| self.places(part, to, statistics)).collect();
                Places::Window { parts, positions_max }
            }
            Places::AnyOf(parts) => {
                Places::AnyOf(parts.into_iter().map(|part| self.places(part, to, statistics)).collect())
            }
        }
    }
}
