//! Queries that ask for no words, only for facts that many mentions have: cheap to find, many at once. Those that ask the
//! same are one class, found once and told together.

use hashbrown::HashMap;

use super::{
    bits::Bits,
    book::Book,
    code::emit,
    plan::Plan,
    term::{Space, TermId},
};
use crate::query::KeywordField;

/// Queries that ask the same.
#[derive(Clone, Debug)]
pub(super) struct Class {
    /// Place of the code that says the rest.
    pub(super) code: u32,
    /// Numbers of the queries.
    pub(super) members: Vec<u32>,
}

/// A class as it stands in a list: its mask and its number.
pub(super) type ClassEntry = (u32, u32);

/// The classes of a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    all: Vec<Class>,
    /// By the code of their parts, while queries are added.
    by_code: HashMap<Vec<u32>, u32>,
    anchors: Bits,
    of_term: HashMap<TermId, Vec<ClassEntry>>,
    /// Those that no single fact leads to.
    always: Vec<ClassEntry>,
    queries: usize,
}

impl Classes {
    /// Adds a query to the class of what it asks; what the class is known by where there is none.
    pub(super) fn join(&mut self, parts: &[Plan], query: u32) -> Result<u32, Vec<u32>> {
        let key = key(parts);
        let Some(&class) = self.by_code.get(&key) else { return Err(key) };
        let class = &mut self.all[class as usize];
        class.members.push(query);
        self.queries += 1;
        Ok(class.code)
    }

    /// Begins a class, to be found under these terms, or always where there are none.
    pub(super) fn begin(&mut self, key: Vec<u32>, class: Class, mask: u32, anchors: Option<&[TermId]>) {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.queries += class.members.len();
        self.by_code.insert(key, number);
        self.all.push(class);
        match anchors {
            None => self.always.push((mask, number)),
            Some(terms) => {
                for &term in terms {
                    self.anchors.add(term.0);
                    self.of_term.entry(term).or_default().push((mask, number));
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn get(&self, class: u32) -> &Class {
        &self.all[class as usize]
    }

    /// Those that may match any mention.
    pub(super) fn always(&self) -> &[ClassEntry] {
        &self.always
    }

    /// Those that may match a mention that holds the term.
    pub(super) fn of(&self, term: TermId) -> &[ClassEntry] {
        if !self.anchors.has(term.0) {
            return &[];
        }
        self.of_term.get(&term).map_or(&[], Vec::as_slice)
    }

    /// How many there are, and how many queries they have.
    pub(super) fn count(&self) -> (usize, usize) {
        (self.all.len(), self.queries)
    }

    /// Forgets what only adding needs.
    pub(super) fn seal(&mut self) {
        self.by_code = HashMap::new();
    }

    pub(super) fn bytes(&self) -> usize {
        let members: usize = self.all.iter().map(|class| 32 + class.members.capacity() * 4).sum();
        let lists: usize = self.of_term.values().map(|list| 40 + list.capacity() * 8).sum();
        let keys: usize = self.by_code.keys().map(|key| 40 + key.capacity() * 4).sum();
        members + lists + keys + self.always.capacity() * 8
    }
}

/// The code of the parts, whatever order they are written in.
fn key(parts: &[Plan]) -> Vec<u32> {
    let mut pieces: Vec<Vec<u32>> = parts
        .iter()
        .map(|part| {
            let mut code = Vec::new();
            emit(part, &mut code);
            code
        })
        .collect();
    pieces.sort_unstable();
    pieces.concat()
}

/// Whether a query asks for nothing but facts that many mentions have.
pub(super) fn is_filter(plan: &Plan, book: &Book) -> bool {
    match plan {
        Plan::All | Plan::Number(..) | Plan::Time(..) | Plan::Sample(_) | Plan::Rare(_) => true,
        Plan::Term(term) => is_common(*term, book),
        Plan::Any(terms) => terms.iter().all(|term| is_common(*term, book)),
        Plan::Places(_) => false,
        Plan::And(parts) | Plan::Or(parts) => parts.iter().all(|part| is_filter(part, book)),
        Plan::Not(part) => is_filter(part, book),
    }
}

fn is_common(term: TermId, book: &Book) -> bool {
    let (space, _) = book.terms.get(term);
    let is_common_value = space.value_field().is_some_and(|field| {
        matches!(
            field,
            KeywordField::Platform
                | KeywordField::Type
                | KeywordField::Lang
                | KeywordField::Country
                | KeywordField::Sentiment
                | KeywordField::Intent
                | KeywordField::Needs
                | KeywordField::Status
                | KeywordField::Has
                | KeywordField::Is
        )
    });
    is_common_value || space.set_field().is_some() || space == Space::HAS_TEXT
}
