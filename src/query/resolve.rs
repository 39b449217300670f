//! Puts what a query refers to in its place: saved searches and lists of accounts.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{
    Keyword, KeywordField, KeywordTest, Node, Problem, ProblemCode, Query, Reference,
    problem::{Problems, shown},
    suggest,
};
use crate::base::{Span, limits};

/// What queries can refer to.
pub trait Library {
    /// The saved search of that id.
    fn saved_search(&self, id: &str) -> Option<SavedText>;

    /// The handles in the list of that name, as [`KeywordField::normalize`] leaves them, sorted, each once: a list may be long,
    /// and everything that refers to it shares this one.
    fn list(&self, name: &str) -> Option<Arc<[String]>>;

    /// Known ids or names, from which the one that may have been meant is chosen; they need not be all.
    fn names(&self, of: Referent) -> Vec<String>;
}

/// What sort of thing is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    /// A saved search.
    SavedSearch,
    /// A list of accounts.
    List,
}

/// A saved search as it was saved.
#[derive(Clone, Debug)]
pub struct SavedText {
    /// Its text.
    pub text: String,
    /// Whose days and wall clock it means.
    pub zone: TimeZone,
}

/// A library without anything in it.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Library for Nothing {
    fn saved_search(&self, _: &str) -> Option<SavedText> {
        None
    }

    fn list(&self, _: &str) -> Option<Arc<[String]>> {
        None
    }

    fn names(&self, _: Referent) -> Vec<String> {
        Vec::new()
    }
}

/// Puts the trees of saved searches and the handles of lists in the place of their references. All that stands in them is
/// given the place of the reference in this query's text. What they hold is taken as it is now.
///
/// # Errors
/// All problems, each at the place of a reference of this query: `UNKNOWN_SEARCH`, `UNKNOWN_LIST`, `CIRCULAR_SEARCH`,
/// `BROKEN_SEARCH` where a saved search has an error itself, and `TOO_MANY_TERMS` above
/// [`limits::RESOLVED_TERMS_MAX`].
pub fn resolve(query: Query<Reference>, library: &dyn Library) -> Result<Query, Vec<Problem>> {
    let mut resolver = Resolver {
        library,
        open: Vec::new(),
        done: HashMap::new(),
        terms: 0,
        told_too_many: false,
        problems: Problems::default(),
    };
    let root = resolver.node(query.root, None);
    if resolver.problems.has_error() {
        return Err(resolver.problems.into_vec());
    }
    Ok(Query { root })
}

struct Resolver<'a> {
    library: &'a dyn Library,
    /// Ids of the saved searches that are being put in place, each inside the one before.
    open: Vec<String>,
    /// What saved searches became, with the terms in it: each is read once, however often it is referred to.
    done: HashMap<String, (Node, usize)>,
    /// Of everything put in the place of references.
    terms: usize,
    told_too_many: bool,
    problems: Problems,
}

impl Resolver<'_> {
    /// `place` is that of the reference through which the node came; its own where it stands in the query itself. After an
    /// error the tree is of no use, but the rest of it is still looked at.
    fn node(&mut self, node: Node<Reference>, place: Option<Span>) -> Node {
        match node {
            Node::Reference(reference) => {
                let span = place.unwrap_or(reference.span());
                match reference {
                    Reference::SavedSearch { id, .. } => self.saved_search(id, span),
                    Reference::List { field, name, .. } => self.list(field, &name, span),
                }
            }
            Node::And(parts) => Node::And(self.parts(parts, place, |node| match node {
                Node::And(parts) => Ok(parts),
                other => Err(other),
            })),
            Node::Or(parts) => Node::Or(self.parts(parts, place, |node| match node {
                Node::Or(parts) => Ok(parts),
                other => Err(other),
            })),
            Node::Not(part) => Node::Not(Box::new(self.node(*part, place))),
            Node::All => Node::All,
            Node::Words(leaf) => self.leaf(Node::Words(leaf), place),
            Node::HasText(leaf) => self.leaf(Node::HasText(leaf), place),
            Node::Keyword(leaf) => self.leaf(Node::Keyword(leaf), place),
            Node::Number(leaf) => self.leaf(Node::Number(leaf), place),
            Node::Time(leaf) => self.leaf(Node::Time(leaf), place),
            Node::LocalTime(leaf) => self.leaf(Node::LocalTime(leaf), place),
            Node::Sample(leaf) => self.leaf(Node::Sample(leaf), place),
        }
    }

    /// What comes in the place of a reference may be of the kind it stands in: its parts then stand there themselves.
    fn parts(
        &mut self,
        parts: Vec<Node<Reference>>,
        place: Option<Span>,
        apart: fn(Node) -> Result<Vec<Node>, Node>,
    ) -> Vec<Node> {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match apart(self.node(part, place)) {
                Ok(parts) => flat.extend(parts),
                Err(other) => flat.push(other),
            }
        }
        flat
    }

    fn leaf(&mut self, mut leaf: Node, place: Option<Span>) -> Node {
        // The terms of the query itself were counted when it was read.
        if let Some(span) = place {
            leaf.set_spans(span);
            let mut terms = 1;
            if let Node::Words(words) = &leaf {
                terms = 0;
                words.pattern.for_each_word(&mut |_| terms += 1);
            }
            self.count(terms, span);
        }
        leaf
    }

    fn count(&mut self, terms: usize, span: Span) {
        self.terms = self.terms.saturating_add(terms);
        if self.terms > limits::RESOLVED_TERMS_MAX && !self.told_too_many {
            self.told_too_many = true;
            let message = format!(
                "the saved searches that this query refers to have more than {} words, phrases and values together",
                limits::RESOLVED_TERMS_MAX
            );
            self.problems.error(ProblemCode::TooManyTerms, span, message, None);
        }
    }

    fn saved_search(&mut self, id: String, span: Span) -> Node {
        if self.told_too_many {
            return Node::All;
        }
        if self.open.contains(&id) {
            let message = match self.open.as_slice() {
                [only] => format!("the saved search {} refers to itself", shown(only)),
                [first, ..] => format!("the saved search {} leads back to {}: a circle", shown(first), shown(&id)),
                [] => String::new(),
            };
            self.problems.error(ProblemCode::CircularSearch, span, message, None);
            return Node::All;
        }
        if self.open.len() >= limits::QUERY_DEPTH_MAX {
            let message = format!("more than {} saved searches refer to each other here", limits::QUERY_DEPTH_MAX);
            self.problems.error(ProblemCode::TooDeep, span, message, None);
            return Node::All;
        }
        if let Some((node, terms)) = self.done.get(&id) {
            let (mut node, terms) = (node.clone(), *terms);
            self.count(terms, span);
            node.set_spans(span);
            return node;
        }
        let Some(saved) = self.library.saved_search(&id) else {
            self.unknown(Referent::SavedSearch, &id, span);
            return Node::All;
        };
        let parsed = super::parse(&saved.text, &saved.zone);
        let Some(query) = parsed.query else {
            let reason = parsed.problems.into_iter().find(|problem| problem.severity == super::Severity::Error);
            let reason = reason.map_or_else(String::new, |problem| format!(": {}", problem.message));
            let message = format!("the saved search {} has an error itself{reason}", shown(&id));
            self.problems.error(ProblemCode::BrokenSearch, span, message, None);
            return Node::All;
        };
        // A reference counts for itself: saved searches may hold nothing but references.
        self.count(1, span);
        let before = self.terms;
        self.open.push(id);
        let node = self.node(query.root, Some(span));
        if let Some(id) = self.open.pop() {
            self.done.insert(id, (node.clone(), self.terms - before + 1));
        }
        node
    }

    fn list(&mut self, field: KeywordField, name: &str, span: Span) -> Node {
        let Some(handles) = self.library.list(name) else {
            self.unknown(Referent::List, name, span);
            return Node::All;
        };
        Node::Keyword(Keyword { field, test: KeywordTest::OneOf(handles), span })
    }

    fn unknown(&mut self, of: Referent, name: &str, span: Span) {
        let names = self.library.names(of);
        let nearest = suggest::nearest(name, names.iter().map(String::as_str));
        let (code, what) = match of {
            Referent::SavedSearch => (ProblemCode::UnknownSearch, "saved search"),
            Referent::List => (ProblemCode::UnknownList, "list of accounts"),
        };
        let message = match nearest {
            Some(nearest) => format!("there is no {what} {}; did you mean {}?", shown(name), shown(nearest)),
            None => format!("there is no {what} {}", shown(name)),
        };
        self.problems.error(code, span, message, None);
    }
}

impl Query<Reference> {
    /// The query, if it refers to nothing.
    #[must_use]
    pub fn closed(self) -> Option<Query> {
        resolve(self, &Nothing).ok()
    }
}
