use crate::base::{Span, limits};

/// Something about a query text that its author should know, with the place and, where there is one, the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the query.
    pub severity: Severity,
    /// Stable name, for programs.
    pub code: ProblemCode,
    /// Bytes of the query text.
    pub span: Span,
    /// A sentence for people.
    pub message: String,
    /// Text to put in place of the span.
    pub suggestion: Option<String>,
}

/// Whether a problem stops a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The query cannot be run.
    Error,
    /// It runs, but perhaps not as meant.
    Warning,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident $name:literal),+ $(,)?) => {
        /// What sort of problem it is. `docs/query-problems.md` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $($(#[$meta])* $variant),+ }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    /// There is nothing to look for.
    Empty "EMPTY",
    /// The text is longer than [`crate::base::limits::QUERY_BYTES_MAX`].
    TooLong "TOO_LONG",
    /// More terms than [`crate::base::limits::QUERY_TERMS_MAX`].
    TooManyTerms "TOO_MANY_TERMS",
    /// More brackets in brackets than [`crate::base::limits::QUERY_DEPTH_MAX`].
    TooDeep "TOO_DEEP",
    /// More words in a phrase than [`crate::base::limits::PHRASE_WORDS_MAX`].
    PhraseTooLong "PHRASE_TOO_LONG",
    /// More words in a window than [`crate::base::limits::WINDOW_WORDS_MAX`].
    WindowTooLong "WINDOW_TOO_LONG",
    /// A distance above [`crate::base::limits::NEAR_DISTANCE_MAX`].
    DistanceTooLong "DISTANCE_TOO_LONG",
    /// NEAR that can stretch over more words than [`crate::base::limits::PATTERN_POSITIONS_MAX`].
    PatternTooWide "PATTERN_TOO_WIDE",
    /// More words with `*` or `?` than [`crate::base::limits::QUERY_WILDCARDS_MAX`].
    TooManyWildcards "TOO_MANY_WILDCARDS",
    /// AND and OR side by side.
    MixedOperators "MIXED_OPERATORS",
    /// `and`, `or`, `not`, `&&`, `||` as words.
    LowerCaseOperator "LOWER_CASE_OPERATOR",
    /// An operator without something on one of its sides.
    MissingOperand "MISSING_OPERAND",
    /// NEAR without a number.
    MissingDistance "MISSING_DISTANCE",
    /// Something beside NEAR that it cannot join.
    NearOperand "NEAR_OPERAND",
    /// `*` or `?` where it cannot stand.
    BadWildcard "BAD_WILDCARD",
    /// `?` at the end of a word.
    QuestionMark "QUESTION_MARK",
    /// No mention can match.
    NeverMatches "NEVER_MATCHES",
    /// Only negations.
    OnlyNegation "ONLY_NEGATION",
    /// A bracket without its partner.
    UnbalancedBracket "UNBALANCED_BRACKET",
    /// Brackets around nothing.
    EmptyBrackets "EMPTY_BRACKETS",
    /// A quote without its partner.
    UnclosedQuote "UNCLOSED_QUOTE",
    /// A comment without its end.
    UnclosedComment "UNCLOSED_COMMENT",
    /// No such field.
    UnknownField "UNKNOWN_FIELD",
    /// No such value.
    UnknownValue "UNKNOWN_VALUE",
    /// A form for words behind a field that takes values.
    NotForField "NOT_FOR_FIELD",
    /// A field inside the brackets of another field.
    NestedField "NESTED_FIELD",
    /// A field without a value.
    MissingValue "MISSING_VALUE",
    /// Not a number, time or range.
    BadRange "BAD_RANGE",
    /// The end of a range stands before its beginning.
    RangeBackwards "RANGE_BACKWARDS",
    /// Nothing in the word can be searched for.
    NothingToSearch "NOTHING_TO_SEARCH",
    /// A form of other languages that ours does not have.
    NotSupported "NOT_SUPPORTED",
    /// A saved search that does not exist.
    UnknownSearch "UNKNOWN_SEARCH",
    /// A saved search that refers to itself, through others or not.
    CircularSearch "CIRCULAR_SEARCH",
    /// A saved search that has an error itself.
    BrokenSearch "BROKEN_SEARCH",
    /// A list of accounts that does not exist.
    UnknownList "UNKNOWN_LIST",
    /// No such time zone.
    UnknownTimeZone "UNKNOWN_TIME_ZONE",
}

/// The problems of one query as they are found, in any order.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Notes something that stops the query.
    pub(super) fn error(
        &mut self,
        code: ProblemCode,
        span: Span,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.list.push(Problem { severity: Severity::Error, code, span, message: message.into(), suggestion });
    }

    /// Notes something that may not be meant.
    pub(super) fn warning(&mut self, code: ProblemCode, span: Span, message: String, suggestion: Option<String>) {
        self.list.push(Problem { severity: Severity::Warning, code, span, message, suggestion });
    }

    /// Whether the query cannot be run.
    pub(super) fn has_error(&self) -> bool {
        self.list.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether something at this place, or a part of it, stops the query.
    pub(super) fn has_error_at(&self, span: Span) -> bool {
        let is_there = |other: Span| other.start < span.end && span.start < other.end;
        self.list.iter().any(|problem| problem.severity == Severity::Error && is_there(problem.span))
    }

    /// Whether nothing was found, not even a warning.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems by place, within [`limits::PROBLEMS_MAX`]; where that is too few, warnings go first.
    pub(super) fn into_vec(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|problem| (problem.severity == Severity::Warning, problem.span.start, problem.span.end));
        self.list.truncate(limits::PROBLEMS_MAX);
        self.list.sort_by_key(|problem| (problem.span.start, problem.span.end));
        // Mends of brackets in brackets repeat the text once for each level: the first ones are enough to go on with.
        let mut suggested_bytes = 0;
        for problem in &mut self.list {
            suggested_bytes += problem.suggestion.as_ref().map_or(0, String::len);
            if suggested_bytes > SUGGESTED_BYTES_MAX {
                problem.suggestion = None;
            }
        }
        self.list
    }
}

/// All suggestions for one query together: twice the longest query, so that one mend of the whole always fits.
const SUGGESTED_BYTES_MAX: usize = 2 * limits::QUERY_BYTES_MAX;

/// Letters of the query text that a message repeats.
const SHOWN_CHARS_MAX: usize = 60;

/// A piece of the query text for a message, cut where it is long.
pub(super) fn shown(written: &str) -> String {
    match written.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((at, _)) => format!("`{}…`", &written[..at]),
        None => format!("`{written}`"),
    }
}
