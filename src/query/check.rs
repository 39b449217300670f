//! Tree as written → checked tree. Resolves fields, counts terms, refuses what would match nearly everything.

use jiff::tz::TimeZone;

use super::{
    Node, ProblemCode, Reference,
    field::Field,
    letters::in_quotes,
    problem::{Problems, shown},
    suggest,
    syntax::{Part, PartKind},
};
use crate::base::{Span, limits};

/// Makes the checked tree. None where it, or a part of it, has an error; the error is then among the problems.
pub(super) fn check(text: &str, root: &Part, zone: &TimeZone, problems: &mut Problems) -> Option<Node<Reference>> {
    let mut checker = Checker { text, zone, terms: 0, wildcards: 0, told_of_wildcards: false, problems };
    let node = checker.part(root, None)?;
    if node.is_negative() && !checker.problems.has_error() {
        let written = &text[root.span.range()];
        let suggestion = match node {
            Node::Or(_) => format!("* AND ({written})"),
            _ => format!("* {written}"),
        };
        problems.error(
            ProblemCode::OnlyNegation,
            root.span,
            "this says only what a mention must not be; if all others are meant, put `*` before it",
            Some(suggestion),
        );
        return None;
    }
    Some(node)
}

/// Where a leaf stands: in which field, and where the field's name is written if it stands right before the leaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) field: Field,
    pub(super) direct: Option<Span>,
}

pub(super) struct Checker<'a> {
    pub(super) text: &'a str,
    pub(super) zone: &'a TimeZone,
    terms: usize,
    /// Words with `*` or `?` so far.
    pub(super) wildcards: usize,
    pub(super) told_of_wildcards: bool,
    pub(super) problems: &'a mut Problems,
}

impl Checker<'_> {
    /// All of a part is checked even after an error: people want to know everything at once.
    fn part(&mut self, part: &Part, scope: Option<Scope>) -> Option<Node<Reference>> {
        // Only what stands right behind the colon belongs to the written name; brackets part them.
        let inside = scope.map(|scope| Scope { direct: None, ..scope });
        match &part.kind {
            PartKind::Faulty => None,
            PartKind::Leaf(leaf) => {
                if self.is_within_terms(part.span) {
                    self.leaf(part.span, leaf, scope)
                } else {
                    None
                }
            }
            PartKind::Field(name, value) => self.field(*name, part.span, value, scope),
            PartKind::Group(part) => self.part(part, inside),
            PartKind::And(parts) => self.parts(parts, inside).map(|nodes| {
                joined(nodes, Node::And, |node| match node {
                    Node::And(parts) => Ok(parts),
                    other => Err(other),
                })
            }),
            PartKind::Or(parts) => self.parts(parts, inside).map(|nodes| {
                joined(nodes, Node::Or, |node| match node {
                    Node::Or(parts) => Ok(parts),
                    other => Err(other),
                })
            }),
            PartKind::Not(part) => Some(Node::Not(Box::new(self.part(part, inside)?))),
            PartKind::Near(parts, operators) => self.near(part.span, parts, operators, inside),
        }
    }

    fn parts(&mut self, parts: &[Part], scope: Option<Scope>) -> Option<Vec<Node<Reference>>> {
        let nodes: Vec<_> = parts.iter().map(|part| self.part(part, scope)).collect();
        nodes.into_iter().collect()
    }

    /// Counts one more term. Over the limit nothing is checked any more: it bounds the work, and the terms that are over
    /// may well be meant to go.
    pub(super) fn is_within_terms(&mut self, span: Span) -> bool {
        self.terms += 1;
        if self.terms == limits::QUERY_TERMS_MAX + 1 {
            self.problems.error(
                ProblemCode::TooManyTerms,
                span,
                format!(
                    "a query has at most {} words, phrases and values, and this one is over; divide the query",
                    limits::QUERY_TERMS_MAX
                ),
                None,
            );
        }
        self.terms <= limits::QUERY_TERMS_MAX
    }

    fn field(&mut self, name: Span, span: Span, value: &Part, outer: Option<Scope>) -> Option<Node<Reference>> {
        let written = &self.text[name.range()];
        let bare = written.trim_end_matches([':', '：']);
        if let Some(outer) = outer {
            let message = format!(
                "{} stands inside the brackets of `{}:`; move it out of them, or write it in quotes to search for it",
                shown(written),
                outer.field.name()
            );
            self.problems.error(ProblemCode::NestedField, name, message, None);
            return None;
        }
        if let Some(field) = Field::from_name(bare) {
            return self.part(value, Some(Scope { field, direct: Some(name) }));
        }
        if self.is_within_terms(name) {
            self.unknown_field(name, bare, span, value);
        }
        None
    }

    fn unknown_field(&mut self, name: Span, bare: &str, span: Span, value: &Part) {
        let whole = &self.text[span.range()];
        let is_word = value.is_word();
        let (span, message, suggestion) = if is_word && self.text[value.span.range()].starts_with("//") {
            let message = format!(
                "{} is an address: search for mentions that link to it with `link:`, or write it in quotes to search for \
                 its words",
                shown(whole)
            );
            (span, message, Some(format!("link:{whole}")))
        } else if let Some(nearest) = suggest::field(bare) {
            let message = format!(
                "there is no field {}; did you mean `{nearest}:`? To search for the words, write them in quotes",
                shown(bare)
            );
            (name, message, Some(format!("{nearest}:")))
        } else {
            let message = format!("there is no field {}; to search for the words, write them in quotes", shown(bare));
            if is_word { (span, message, Some(in_quotes(whole))) } else { (name, message, None) }
        };
        self.problems.error(ProblemCode::UnknownField, span, message, suggestion);
    }
}

/// Joins parts and takes those of the same kind apart: `(a b) c` asks what `a b c` asks.
fn joined<N>(nodes: Vec<N>, join: fn(Vec<N>) -> N, apart: fn(N) -> Result<Vec<N>, N>) -> N {
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match apart(node) {
            Ok(parts) => flat.extend(parts),
            Err(other) => flat.push(other),
        }
    }
    join(flat)
}
