use crate::{base::Seq, model::MentionNumber, query::KeywordField};

/// What comes first. Equals are ordered by mention number: the highest first, with [`Order::Oldest`] the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Published last.
    #[default]
    Newest,
    /// Published first.
    Oldest,
    /// Best match of the words, by BM25. Scores depend on all mentions, so pages hold together only within one snapshot.
    Relevance,
    /// Seen by most; unknown last.
    Reach,
    /// Most likes, reposts and replies; unknown last.
    Engagement,
}

/// Where a mention stands in an order. Of use only with the same query and [`Order`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// What it is ordered by, mapped so that the higher comes first.
    pub rank: u64,
    /// The mention.
    pub number: MentionNumber,
}

/// Which part of the matches is wanted.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// Only mentions published then or later, in microseconds since 1970.
    pub created_from_us: Option<i64>,
    /// Only mentions published before, in microseconds since 1970.
    pub created_before_us: Option<i64>,
    /// What comes first.
    pub order: Order,
    /// Only what comes after this; from the page before.
    pub after: Option<PageKey>,
    /// Most hits wanted. With 0 there is only a total and the facets.
    pub size: usize,
    /// Count the values of these, each one of [`super::FACET_FIELDS`].
    pub facets: Vec<KeywordField>,
    /// Other threads may take segments off the one that asks: sooner done, and as much work in all. For searches that are known
    /// to be short, calling others costs more than it brings.
    pub helped: bool,
}

/// One page of matches.
#[derive(Clone, Debug)]
pub struct Page {
    /// In the order asked for.
    pub hits: Vec<PageHit>,
    /// How many match in all, exactly; the same on every page.
    pub total: u64,
    /// As asked, over all matches.
    pub facets: Vec<FacetCounts>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<PageKey>,
}

/// A mention that matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageHit {
    /// Which mention.
    pub number: MentionNumber,
    /// Which version of it matched.
    pub seq: Seq,
    /// Its place in the order.
    pub key: PageKey,
    /// BM25 of the words; 0 unless ordered by relevance.
    pub score: f32,
}

/// How often the values of a field occur among the matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCounts {
    /// Which field.
    pub field: KeywordField,
    /// The most frequent first, equals by value; at most [`crate::base::limits::FACET_VALUES_MAX`].
    pub values: Vec<(String, u64)>,
    /// Occurrences of values that are not listed.
    pub other: u64,
}

/// A mention that matches, when all are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Which mention.
    pub number: MentionNumber,
    /// Which version of it matched.
    pub seq: Seq,
}
