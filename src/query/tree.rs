use super::{ClockPart, KeywordField, NumberField, TextFields, TimeField};
use crate::{
    base::{Span, Timestamp},
    text::PhraseTerm,
};

/// A checked query: everything resolved and normalised, ready for both back-ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What it asks for.
    pub root: Node,
}

impl Query {
    /// The same query as if it stood nowhere: two texts ask the same if these are equal.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        self.root.forget_spans();
        self
    }
}

/// A part of a query. Both back-ends execute exactly this and nothing else.
///
/// Invariant: `And` and `Or` have at least two parts and never hold their own kind directly.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `*`: every mention.
    All,
    /// Words at adjacent places of one text field.
    Phrase(Phrase),
    /// A fact with a word as its value.
    Keyword(Keyword),
    /// A figure in a range.
    Number(Number),
    /// A moment in a range.
    Time(Time),
    /// The time of day or the day of the week, somewhere.
    LocalTime(LocalTime),
    /// All parts match.
    And(Vec<Node>),
    /// At least one part matches.
    Or(Vec<Node>),
    /// The part does not match.
    Not(Box<Node>),
}

impl Node {
    fn forget_spans(&mut self) {
        match self {
            Self::All => {}
            Self::Phrase(leaf) => leaf.span = Span::default(),
            Self::Keyword(leaf) => leaf.span = Span::default(),
            Self::Number(leaf) => leaf.span = Span::default(),
            Self::Time(leaf) => leaf.span = Span::default(),
            Self::LocalTime(leaf) => leaf.span = Span::default(),
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(Self::forget_spans),
            Self::Not(part) => part.forget_spans(),
        }
    }

    /// Whether it says only what a mention must not be, so that it would match nearly every mention.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::And(parts) => parts.iter().all(Self::is_negative),
            Self::Or(parts) => parts.iter().any(Self::is_negative),
            Self::All | Self::Phrase(_) | Self::Keyword(_) | Self::Number(_) | Self::Time(_) | Self::LocalTime(_) => {
                false
            }
        }
    }
}

/// Words at adjacent places of one field; a single word is a phrase of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// Where to look; one of them has to hold the whole phrase.
    pub fields: TextFields,
    /// Never empty; the first has offset 0, offsets rise.
    pub terms: Vec<PhraseTerm>,
    /// As it was written, for printing; without quotes.
    pub written: String,
    /// It was written in quotes.
    pub quoted: bool,
    /// Where it stands in the query text.
    pub span: Span,
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
