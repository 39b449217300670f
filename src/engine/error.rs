use crate::{
    base::Seq,
    care::{Finding, Refusal, Severity},
    index,
    query::Problem,
    store,
};

/// Why a use case was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// Part of the request is wrong.
    #[error("{field}: {message}")]
    InvalidArgument {
        /// Path of the field in the request.
        field: String,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The query cannot be run.
    #[error("{}", problems.first().map_or("the query cannot be run", |problem| &problem.message))]
    InvalidQuery {
        /// All of them, errors and warnings.
        problems: Vec<Problem>,
    },
    /// There is no such thing.
    #[error("{what} `{name}` does not exist")]
    NotFound {
        /// `mention` or `saved search`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The id is taken.
    #[error("{what} `{name}` exists already; choose another id or delete it first")]
    AlreadyExists {
        /// `saved search`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// It was edited since the caller read it.
    #[error("{what} `{name}` was edited in the meantime: its etag is `{etag}` now; read it again, and edit that")]
    Stale {
        /// `saved search`, `author list` or `alert`.
        what: &'static str,
        /// Its name.
        name: String,
        /// The present etag.
        etag: String,
    },
    /// The rules of the care desk do not allow it.
    #[error("mention `{name}`: {refusal}")]
    StepRefused {
        /// Its name.
        name: String,
        /// Why, and what can be done.
        refusal: Refusal,
    },
    /// The rules of the brand forbid a reply.
    #[error("text: the rules of the brand forbid this reply: {}", forbidding(findings))]
    ReplyRefused {
        /// All that is not right with it.
        findings: Vec<Finding>,
    },
    /// Others refer to it.
    #[error(
        "{what} `{name}` is referred to by {}; edit those first, or force it, and they rest until they are mended",
        listed(by)
    )]
    ReferredTo {
        /// `saved search` or `author list`.
        what: &'static str,
        /// Its name.
        name: String,
        /// Ids of the saved searches that refer to it, ordered.
        by: Vec<String>,
    },
    /// The cursor points outside the firings that are kept.
    #[error("a start after firing {asked} is not possible: firings {oldest} to {newest} are kept")]
    FiringOutOfRange {
        /// After which one the caller wanted to start.
        asked: u64,
        /// The oldest kept.
        oldest: u64,
        /// The newest.
        newest: u64,
    },
    /// The cursor points outside the log.
    #[error("seq {asked} is not available: the log holds {oldest} to {newest}")]
    OutOfRange {
        /// Where the caller wanted to start.
        asked: Seq,
        /// The oldest version kept.
        oldest: Seq,
        /// The newest version recorded.
        newest: Seq,
    },
    /// A page token that this server did not make for this request, or too long ago.
    #[error("page_token: {message}")]
    BadPageToken {
        /// What is wrong and how to go on.
        message: String,
    },
    /// No room: disk, store limit, or too many at once.
    #[error("{message}")]
    ResourceExhausted {
        /// What is used up and how to mend it.
        message: String,
    },
    /// `min_seq` did not become searchable in time.
    #[error("seq {asked} is not searchable yet (searchable: {visible}); try again")]
    NotYetVisible {
        /// What the caller wanted to see.
        asked: Seq,
        /// What is searchable.
        visible: Seq,
    },
    /// The server is stopping, or its disk failed.
    #[error("{message}")]
    Unavailable {
        /// Why.
        message: String,
    },
    /// What lies on disk is not what was written.
    #[error("{message}")]
    DataLoss {
        /// What, where, and the way out.
        message: String,
    },
    /// A fault of ours.
    #[error("internal error: {message}")]
    Internal {
        /// For the log and a report.
        message: String,
    },
}

/// Ids in an error message before it only says how many more there are.
const LISTED_MAX: usize = 10;

fn listed(ids: &[String]) -> String {
    let shown: Vec<String> = ids.iter().take(LISTED_MAX).map(|id| format!("`{id}`")).collect();
    let more = match ids.len().saturating_sub(LISTED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

fn forbidding(findings: &[Finding]) -> String {
    let forbid = findings.iter().filter(|finding| finding.severity == Severity::Refuses);
    let messages: Vec<&str> = forbid.map(|finding| finding.message.as_str()).collect();
    format!("{}; mend it, or record it all the same with `despite_findings`", messages.join("; "))
}

/// Why one mention was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Rejection {
    /// Path of the field at fault, as in the proto file.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl From<store::Error> for EngineError {
    fn from(error: store::Error) -> Self {
        let message = error.to_string();
        match error {
            store::Error::Full => Self::ResourceExhausted { message },
            store::Error::Io { .. } | store::Error::Poisoned { .. } | store::Error::InUse { .. } => {
                Self::Unavailable { message }
            }
            store::Error::Missing { .. }
            | store::Error::Damaged { .. }
            | store::Error::Corrupt { .. }
            | store::Error::Shortened { .. } => Self::DataLoss { message },
            store::Error::Format { .. } | store::Error::NotAStore { .. } => {
                Self::InvalidArgument { field: "data_dir".to_owned(), message }
            }
            store::Error::SqliteTooOld { .. } | store::Error::Misuse { .. } | store::Error::Sqlite { .. } => {
                Self::Internal { message }
            }
        }
    }
}

impl From<index::Error> for EngineError {
    fn from(error: index::Error) -> Self {
        let message = error.to_string();
        match error {
            index::Error::Locked { .. } | index::Error::Directory { .. } | index::Error::Write { .. } => {
                Self::Unavailable { message }
            }
            index::Error::TooDear { .. } => Self::InvalidArgument { field: "query".to_owned(), message },
            index::Error::NotAFacet { .. } => Self::InvalidArgument { field: "facets".to_owned(), message },
            index::Error::Read { .. } => Self::Internal { message },
        }
    }
}
