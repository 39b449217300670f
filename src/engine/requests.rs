use std::sync::Arc;

use crate::{
    base::{Seq, Span, Timestamp},
    model::{MentionName, ThreadId, Version},
    query::{Problem, TextField},
};

/// What became of one mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What happened.
    pub outcome: Outcome,
    /// The version that holds it now.
    pub seq: Seq,
}

/// What happened to one mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded for the first time.
    Created,
    /// Recorded as a change.
    Updated,
    /// The same again, or older than what is known.
    Unchanged,
}

/// A search, a count, or one page of them.
#[derive(Clone, Debug, Default)]
pub struct SearchRequest {
    /// In the query language.
    pub query: String,
    /// IANA zone for dates without a time; empty is UTC.
    pub time_zone: String,
    /// Only mentions created then or later.
    pub created_from: Option<Timestamp>,
    /// Only mentions created before.
    pub created_before: Option<Timestamp>,
    /// What comes first.
    pub sort: Sort,
    /// 0 means the default; the engine refuses more than the limit.
    pub page_size: usize,
    /// Empty for the first page.
    pub page_token: String,
    /// Fields to count the values of.
    pub facets: Vec<FacetField>,
    /// Wait until this is searchable.
    pub min_seq: Seq,
}

/// What comes first in a list of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Created last.
    #[default]
    Newest,
    /// Created first.
    Oldest,
    /// Best match of the words.
    Relevance,
    /// Seen by most.
    Reach,
    /// Most likes, reposts and replies.
    Engagement,
}

/// A field whose values a search counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacetField {
    /// `platform`
    Platform,
    /// `type`
    Type,
    /// `lang`
    Lang,
    /// `sentiment`
    Sentiment,
    /// `intent`
    Intent,
    /// `stage`
    Stage,
    /// `topic`
    Topic,
    /// `brand`
    Brand,
    /// `status`
    Status,
    /// `country`
    Country,
    /// `tag`
    Tag,
}

impl FacetField {
    /// Every facet.
    pub const ALL: [Self; 11] = [
        Self::Platform,
        Self::Type,
        Self::Lang,
        Self::Sentiment,
        Self::Intent,
        Self::Stage,
        Self::Topic,
        Self::Brand,
        Self::Status,
        Self::Country,
        Self::Tag,
    ];

    /// The name of its field in the query language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Type => "type",
            Self::Lang => "lang",
            Self::Sentiment => "sentiment",
            Self::Intent => "intent",
            Self::Stage => "stage",
            Self::Topic => "topic",
            Self::Brand => "brand",
            Self::Status => "status",
            Self::Country => "country",
            Self::Tag => "tag",
        }
    }
}

/// One page of a search.
#[derive(Clone, Debug)]
pub struct SearchAnswer {
    /// In the order asked for.
    pub hits: Vec<Hit>,
    /// How many match in all.
    pub total: u64,
    /// Empty on the last page.
    pub next_page_token: String,
    /// As asked.
    pub facets: Vec<Facet>,
    /// What was searched.
    pub visible_seq: Seq,
    /// Warnings.
    pub problems: Vec<Problem>,
}

/// A mention that matches.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its newest version that is searchable.
    pub version: Arc<Version>,
    /// Where it matches, ordered by field and place.
    pub highlights: Vec<(TextField, Span)>,
    /// Only for relevance.
    pub score: f32,
}

/// How often the values of a field occur among the matches.
#[derive(Clone, Debug)]
pub struct Facet {
    /// Which field.
    pub field: FacetField,
    /// The most frequent first, at most [`crate::base::limits::FACET_VALUES_MAX`].
    pub values: Vec<(String, u64)>,
    /// Matches with values that are not listed.
    pub other: u64,
}

/// How many match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountAnswer {
    /// That many.
    pub count: u64,
    /// What was searched.
    pub visible_seq: Seq,
}

/// One page of a conversation.
#[derive(Clone, Debug)]
pub struct ConversationPage {
    /// Its id.
    pub thread: ThreadId,
    /// Newest versions of its mentions, by time of creation.
    pub versions: Vec<Arc<Version>>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// What the parser and the checker say about a query text.
#[derive(Clone, Debug)]
pub struct CheckedQuery {
    /// No problem is an error.
    pub valid: bool,
    /// In the order of their places.
    pub problems: Vec<Problem>,
    /// The query as it prints; empty where it is not valid.
    pub canonical: String,
}

/// A wish to be told of everything that enters, changes in or leaves a query.
#[derive(Clone, Debug)]
pub struct SubscribeRequest {
    /// What to watch.
    pub to: SubscribeTo,
    /// Where to begin; for a durable name that is known, where it stands counts instead, or a later seq that is given here.
    pub start: SubscribeStart,
    /// The durable name, if it has one.
    pub name: Option<String>,
    /// 0 means the default.
    pub heartbeat_seconds: u32,
    /// IANA zone for dates without a time in the query; empty is UTC.
    pub time_zone: String,
    /// Events tell why each query matches.
    pub explain: bool,
}

/// What a subscription watches.
#[derive(Clone, Debug)]
pub enum SubscribeTo {
    /// A query.
    Query(String),
    /// Saved searches, by id.
    SavedSearches(Vec<String>),
    /// The saved searches of a folder and those below it, whichever these are.
    Folder(String),
}

/// Something else for an open subscription to watch.
#[derive(Clone, Debug)]
pub struct ReplaceRequest {
    /// As the subscription was told at its beginning.
    pub subscription_id: String,
    /// What to watch from now on.
    pub to: SubscribeTo,
    /// IANA zone for dates without a time in the query; empty is UTC.
    pub time_zone: String,
    /// Events tell why each query matches.
    pub explain: bool,
    /// Begin anew with what matches now.
    pub snapshot: bool,
}

/// Where a subscription begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscribeStart {
    /// With the next version.
    Now,
    /// After this one.
    After(Seq),
    /// With everything that matches now.
    Snapshot,
    /// With the first version recorded at this moment or later.
    AtTime(Timestamp),
}

/// How the engine is.
#[derive(Clone, Debug)]
pub struct EngineStatus {
    /// When it was opened.
    pub started_at: Timestamp,
    /// The newest version on disk.
    pub recorded_seq: Seq,
    /// The oldest version kept.
    pub oldest_seq: Seq,
    /// Mentions that are not deleted.
    pub mentions: u64,
    /// Why nothing is recorded until a restart: the disk failed, or the committer.
    pub recording_problem: Option<String>,
    /// What follows the log.
    pub followers: Vec<FollowerStatus>,
    /// How many are kept.
    pub saved_searches: u64,
    /// Entries of the argument base.
    pub arguments: u64,
    /// How many are open.
    pub subscriptions: u64,
    /// Of live and saved queries, how many there are of which sort.
    pub queries: crate::matcher::Census,
}

/// How a follower of the log is.
#[derive(Clone, Debug)]
pub struct FollowerStatus {
    /// `index` or `matcher`.
    pub name: &'static str,
    /// Done up to here.
    pub seq: Seq,
    /// What stops it.
    pub problem: Option<String>,
}

/// How far a verification is.
#[derive(Clone, Debug, Default)]
pub struct VerifyProgress {
    /// The state of the index that is verified.
    pub seq: Seq,
    /// Versions up to there.
    pub versions: u64,
    /// Of these, looked at so far, from the newest on.
    pub versions_checked: u64,
    /// Mentions held against every query so far.
    pub mentions_checked: u64,
    /// How often a mention matched a query.
    pub matches: u64,
    /// How often two answers differed so far.
    pub differences_found: u64,
    /// Those found since the last report; of many only the first are told.
    pub differences: Vec<VerifyDifference>,
}

/// A version of a mention that not all say the same of.
#[derive(Clone, Debug)]
pub struct VerifyDifference {
    /// Place of the query in the request.
    pub query: usize,
    /// The mention.
    pub name: MentionName,
    /// The version.
    pub seq: Seq,
    /// A search finds it.
    pub index: bool,
    /// The matcher says that it matches.
    pub matcher: bool,
    /// The evaluator says that it matches: what is right.
    pub evaluator: bool,
}
