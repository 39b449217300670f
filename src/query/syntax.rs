//! The tree as it was written: unchecked, every part with its place. Never leaves this room.

use super::lexer::NearForm;
use crate::base::Span;

/// A part of a query text.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) span: Span,
    pub(super) kind: PartKind,
}

/// What a part is.
#[derive(Debug)]
pub(super) enum PartKind {
    /// Something faulty that has been reported.
    Faulty,
    /// A word, phrase or value.
    Leaf(Leaf),
    /// A field's name with its colon, and what stands behind it.
    Field(Span, Box<Part>),
    /// A part in brackets.
    Group(Box<Part>),
    And(Vec<Part>),
    Or(Vec<Part>),
    Not(Box<Part>),
    /// Parts, and the operators between them, with their places.
    Near(Vec<Part>, Vec<(NearForm, Span)>),
}

/// A word, phrase or value as it was written.
#[derive(Debug)]
pub(super) enum Leaf {
    Word,
    /// Without its quotes.
    Quoted(String),
    /// A phrase without its quotes, with `~4` behind it, which stands there.
    Window(String, u32, Span),
    /// `[a TO b]`
    Range,
    /// `{Apple}`, without the brackets.
    Cased(String),
    /// `~word`, or `~"several words"` without the quotes.
    Inflected(Option<String>),
}

impl Part {
    pub(super) const fn faulty(span: Span) -> Self {
        Self { span, kind: PartKind::Faulty }
    }

    pub(super) fn leaf(span: Span, leaf: Leaf) -> Self {
        Self { span, kind: PartKind::Leaf(leaf) }
    }

    pub(super) const fn is_word(&self) -> bool {
        matches!(self.kind, PartKind::Leaf(Leaf::Word))
    }
}
