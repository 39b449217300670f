use std::{convert::Infallible, sync::Arc};

use super::{ClockPart, KeywordField, NumberField, TextField, TimeField, pattern::Words};
use crate::base::{Span, Timestamp};

/// A checked query: everything normalised, and, unless `R` says otherwise, resolved: ready for both back-ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Query<R = Infallible> {
    /// What it asks for.
    pub root: Node<R>,
}

impl<R: Refers> Query<R> {
    /// The same query as if it stood nowhere: two texts ask the same if these are equal.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        self.root.set_spans(Span::default());
        self
    }
}

/// A part of a query. Both back-ends execute exactly this and nothing else; what every node means stands in the evaluator of
/// the room `matcher`.
///
/// `R` is what stands for something outside the query. As it is read it holds [`Reference`]s; [`super::resolve()`] puts what
/// they stand for in their place, and leaves a tree that can hold none: no back-end ever meets one.
///
/// Invariant: `And` and `Or` have at least two parts and never hold their own kind directly.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<R = Infallible> {
    /// `*`: every mention.
    All,
    /// Words at places of one text field.
    Words(Words),
    /// `title:*`: a text field is not empty.
    HasText(HasText),
    /// A fact with a word as its value.
    Keyword(Keyword),
    /// A figure in a range.
    Number(Number),
    /// A moment in a range.
    Time(Time),
    /// The time of day or the day of the week, somewhere.
    LocalTime(LocalTime),
    /// A share of all mentions.
    Sample(Sample),
    /// Something outside the query.
    Reference(R),
    /// All parts match.
    And(Vec<Node<R>>),
    /// At least one part matches.
    Or(Vec<Node<R>>),
    /// The part does not match.
    Not(Box<Node<R>>),
}

/// What may stand for something outside a query: [`Reference`], or nothing.
pub trait Refers {
    /// Makes it stand there.
    fn set_span(&mut self, span: Span);
}

impl Refers for Infallible {
    fn set_span(&mut self, _: Span) {
        match *self {}
    }
}

impl Refers for Reference {
    fn set_span(&mut self, span: Span) {
        match self {
            Self::SavedSearch { span: own, .. } | Self::List { span: own, .. } => *own = span,
        }
    }
}

impl<R: Refers> Node<R> {
    /// Makes every leaf stand there.
    pub(super) fn set_spans(&mut self, span: Span) {
        match self {
            Self::All => {}
            Self::Words(leaf) => leaf.span = span,
            Self::HasText(leaf) => leaf.span = span,
            Self::Keyword(leaf) => leaf.span = span,
            Self::Number(leaf) => leaf.span = span,
            Self::Time(leaf) => leaf.span = span,
            Self::LocalTime(leaf) => leaf.span = span,
            Self::Sample(leaf) => leaf.span = span,
            Self::Reference(leaf) => leaf.set_span(span),
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(|part| part.set_spans(span)),
            Self::Not(part) => part.set_spans(span),
        }
    }
}

impl<R> Node<R> {
    /// Whether it says only what a mention must not be, so that it would match nearly every mention.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::And(parts) => parts.iter().all(Self::is_negative),
            Self::Or(parts) => parts.iter().any(Self::is_negative),
            Self::All
            | Self::Words(_)
            | Self::HasText(_)
            | Self::Keyword(_)
            | Self::Number(_)
            | Self::Time(_)
            | Self::LocalTime(_)
            | Self::Sample(_)
            | Self::Reference(_) => false,
        }
    }

    /// Whether the moment of evaluation decides what matches, as in `published:>now-24h`.
    #[must_use]
    pub fn reads_clock(&self) -> bool {
        match self {
            Self::Time(time) => {
                [time.from, time.before].into_iter().flatten().any(|moment| matches!(moment, Moment::FromNow(_)))
            }
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::reads_clock),
            Self::Not(part) => part.reads_clock(),
            Self::All
            | Self::Words(_)
            | Self::HasText(_)
            | Self::Keyword(_)
            | Self::Number(_)
            | Self::LocalTime(_)
            | Self::Sample(_)
            | Self::Reference(_) => false,
        }
    }
}

/// Something that a query names and that stands elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `search:ID`: everything that a saved search matches.
    SavedSearch {
        /// Its id.
        id: String,
        /// Where it stands in the query text.
        span: Span,
    },
    /// `from:list:NAME`: one of the handles of a list.
    List {
        /// Whose handle: [`KeywordField::From`], [`KeywordField::To`] or [`KeywordField::Mentions`].
        field: KeywordField,
        /// Name of the list.
        name: String,
        /// Where it stands in the query text.
        span: Span,
    },
}

impl Reference {
    /// Where it stands in the query text.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::SavedSearch { span, .. } | Self::List { span, .. } => *span,
        }
    }
}

/// A text field holds more than blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HasText {
    /// Which one.
    pub field: TextField,
    /// Where it stands in the query text.
    pub span: Span,
}

/// A share of all mentions, always the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How many of [`Sample::WHOLE`] parts: a mention is in the sample if its number of [`super::document::sample`] is below.
    pub share: u16,
    /// Where it stands in the query text.
    pub span: Span,
}

impl Sample {
    /// All mentions, in parts: a hundredth of a per cent each.
    pub const WHOLE: u16 = 10_000;
}

/// A fact with a word as its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// Which fact.
    pub field: KeywordField,
    /// What is asked of it.
    pub test: KeywordTest,
    /// Where it stands in the query text.
    pub span: Span,
}

/// What is asked of a fact. Values are normalised by [`KeywordField::normalize`], as those of documents are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeywordTest {
    /// One of its values is this.
    Is(String),
    /// One of its values is one of these; sorted, each once. What a list of accounts becomes.
    OneOf(Arc<[String]>),
    /// One of its values begins so; only `url:` and `link:`.
    StartsWith(String),
    /// It has a value.
    Set,
}

/// A figure in a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Which figure.
    pub field: NumberField,
    /// Lowest value that matches; minus infinity where open.
    pub min: f64,
    /// Highest value that matches; infinity where open. With both open: the figure is known.
    pub max: f64,
    /// Where it stands in the query text.
    pub span: Span,
}

/// A moment in a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// Which moment.
    pub field: TimeField,
    /// First moment that matches.
    pub from: Option<Moment>,
    /// First moment that no longer matches.
    pub before: Option<Moment>,
    /// Where it stands in the query text.
    pub span: Span,
}

/// A moment as a query names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// On the calendar.
    At(Timestamp),
    /// So many microseconds after (or, negative, before) the moment of evaluation.
    FromNow(i64),
}

impl Moment {
    /// The moment in microseconds since 1970, when it is `now`. Saturates at the ends of time.
    #[must_use]
    pub fn resolve_us(self, now: Timestamp) -> i64 {
        match self {
            Self::At(timestamp) => timestamp.as_microsecond(),
            Self::FromNow(offset_us) => now.as_microsecond().saturating_add(offset_us),
        }
    }
}

/// The time of day or the day of the week at which a mention was created, in the query's time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalTime {
    /// Which of the two.
    pub part: ClockPart,
    /// Lowest value that matches. Minutes from midnight, or days from Monday = 1.
    pub min: u16,
    /// Highest value that matches; below `min` it runs over midnight, or over the week's end.
    pub max: u16,
    /// Where the clock hangs.
    pub zone: jiff::tz::TimeZone,
    /// Where it stands in the query text.
    pub span: Span,
}

impl LocalTime {
    /// Whether a mention created at this moment matches. The one rule for both back-ends.
    #[must_use]
    pub fn holds(&self, created_at: Timestamp) -> bool {
        let local = self.zone.to_datetime(created_at);
        let reading = match self.part {
            ClockPart::MinuteOfDay => {
                u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs())
            }
            ClockPart::Weekday => u16::from(local.weekday().to_monday_one_offset().unsigned_abs()),
        };
        if self.min <= self.max {
            (self.min..=self.max).contains(&reading)
        } else {
            reading >= self.min || reading <= self.max
        }
    }
}
