use crate::base::Span;

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
    /// AND and OR side by side.
    MixedOperators "MIXED_OPERATORS",
    /// `and`, `or`, `not` as words.
    LowerCaseOperator "LOWER_CASE_OPERATOR",
    /// An operator without something on one of its sides.
    MissingOperand "MISSING_OPERAND",
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
    /// A field without a value.
    MissingValue "MISSING_VALUE",
    /// Not a number, time or range.
    BadRange "BAD_RANGE",
    /// The end of a range stands before its beginning.
    RangeBackwards "RANGE_BACKWARDS",
    /// Nothing in the word can be searched for.
    NothingToSearch "NOTHING_TO_SEARCH",
    /// A form of the language that this version does not execute yet.
    NotSupported "NOT_SUPPORTED",
    /// No such time zone.
    UnknownTimeZone "UNKNOWN_TIME_ZONE",
}
