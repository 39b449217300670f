use jiff::SignedDuration;

use super::{
    Engine, EngineError, Hit,
    marking::Marking,
    run_blocking,
    saved_searches::{invalid, zone},
    search::hits,
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{
            PREVIEW_HOURS_DEFAULT, PREVIEW_HOURS_MAX, PREVIEW_PRICED_MENTIONS_MAX, PREVIEW_SAMPLE_DEFAULT,
            PREVIEW_SAMPLE_MAX,
        },
    },
    index::{PageRequest, Snapshot},
    matcher::{self, StreamStatistics},
    query::{self, Document, Node, Problem, Query},
    store,
};

/// Bytes of bodies read to measure a cost.
const PRICED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// At most so large a share of mentions wakes up a cheap query, and one of middling cost.
const LOW_SHARE_MAX: f64 = 0.01;
const MEDIUM_SHARE_MAX: f64 = 0.1;

/// A question what a query would do.
#[derive(Clone, Debug, Default)]
pub struct PreviewRequest {
    /// The new text; for a saved search empty where it stays.
    pub query: String,
    /// IANA zone for dates without a time; empty is UTC, or the zone of the saved search.
    pub time_zone: String,
    /// The text it would replace; empty where there is none.
    pub old_query: String,
    /// Hours to look back; 0 means the default.
    pub hours: u32,
    /// Mentions in each sample; 0 means the default.
    pub sample_size: usize,
}

/// What a query would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// It can be run; where not, only the problems are told.
    pub valid: bool,
    /// Errors and doubts.
    pub problems: Vec<Problem>,
    /// As the server prints it.
    pub canonical: String,
    /// What it costs to hold it against every mention.
    pub cost: Option<QueryCost>,
    /// What it finds in the hours looked at.
    pub found: Difference,
    /// What it finds that the older text does not.
    pub gained: Option<Difference>,
    /// What the older text finds and it does not.
    pub lost: Option<Difference>,
    /// Mentions created from then on were looked at.
    pub created_from: Timestamp,
    /// Everything up to here was looked at.
    pub visible_seq: Seq,
}

/// Mentions, counted, with the newest of them.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// How many.
    pub count: u64,
    /// The newest.
    pub sample: Vec<Hit>,
}

/// How much work a saved search makes with every mention that comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryCost {
    /// In three steps.
    pub class: CostClass,
    /// How it is found, and on which share of mentions it is looked at.
    pub price: matcher::Cost,
    /// Mentions whose words were counted for it; where there are none, what is known of languages in general counts.
    pub measured_on: usize,
}

/// The cost of a query in three steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostClass {
    /// Looked at for at most 1 % of mentions.
    Low,
    /// For at most 10 %.
    Medium,
    /// For more.
    High,
}

impl Engine {
    /// What a query would find, cost, gain and lose. A query with errors is an answer too: its problems.
    ///
    /// # Errors
    /// Faults of the request other than those of the new query.
    pub async fn preview_query(&self, request: PreviewRequest) -> Result<Preview, EngineError> {
        let zone = zone(&request.time_zone)?;
        let old = match request.old_query.as_str() {
            "" => None,
            old => Some(self.compile(old, &request.time_zone)?.0),
        };
        let compiled = self.library.definitions().compile(&request.query, &zone);
        let canonical = query::parse(&request.query, &zone).query.map(|query| query.to_string());
        self.preview(compiled.query, compiled.problems, canonical.unwrap_or_default(), old, &request).await
    }

    /// What an edit of a saved search would find, cost, gain and lose; without a new text, what it finds at present.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], and faults of the request other than those of the new query.
    pub async fn preview_saved_search(&self, id: &str, request: PreviewRequest) -> Result<Preview, EngineError> {
        let saved = self.get_saved_search(id).await?.search;
        let is_edit = !request.query.is_empty() || !request.time_zone.is_empty();
        let text = if request.query.is_empty() { &saved.query } else { &request.query };
        let zone = zone(if request.time_zone.is_empty() { &saved.time_zone } else { &request.time_zone })?;
        let definitions = self.library.definitions();
        let compiled = definitions.compile_as(id, text, &zone);
        // One that is broken finds nothing, so that everything is gained.
        let old = definitions.compile_search(id).and_then(|compiled| compiled.query);
        let nothing = || Query { root: Node::Not(Box::new(Node::All)) };
        let old = is_edit.then(|| old.unwrap_or_else(nothing));
        let canonical = query::parse(text, &zone).query.map(|query| query.to_string());
        self.preview(compiled.query, compiled.problems, canonical.unwrap_or_default(), old, &request).await
    }

    async fn preview(
        &self,
        query: Option<Query>,
        problems: Vec<Problem>,
        canonical: String,
        old: Option<Query>,
        request: &PreviewRequest,
    ) -> Result<Preview, EngineError> {
        let hours = match request.hours {
            0 => PREVIEW_HOURS_DEFAULT,
            hours if hours > PREVIEW_HOURS_MAX => {
                return Err(invalid("hours", format!("is {hours}; 1 to {PREVIEW_HOURS_MAX} are allowed")));
            }
            hours => hours,
        };
        let size = match request.sample_size {
            0 => PREVIEW_SAMPLE_DEFAULT,
            size if size > PREVIEW_SAMPLE_MAX => {
                return Err(invalid("sample_size", format!("is {size}; 1 to {PREVIEW_SAMPLE_MAX} are allowed")));
            }
            size => size,
        };
        let now = self.clock.now();
        let created_from = now.checked_sub(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MIN);
        let snapshot = self.index.snapshot();
        let told = Preview { problems, created_from, visible_seq: snapshot.seq(), ..Preview::default() };
        let Some(query) = query else { return Ok(told) };
        let looking = Looking { snapshot, store: self.store.clone(), now, created_from, size };
        run_blocking(move || {
            let (gained, lost) = match old {
                None => (None, None),
                Some(old) => (
                    Some(looking.find(&but_not(&query.root, &old.root), &query)?),
                    Some(looking.find(&but_not(&old.root, &query.root), &old)?),
                ),
            };
            let cost = Some(cost(&query, &looking.store)?);
            let found = looking.find(&query.root, &query)?;
            Ok(Preview { valid: true, canonical, cost, found, gained, lost, ..told })
        })
        .await
    }
}

/// Where and how to look.
struct Looking {
    snapshot: Snapshot,
    store: store::Reader,
    now: Timestamp,
    created_from: Timestamp,
    size: usize,
}

impl Looking {
    /// How many match, and the newest of them with the places of a query marked.
    fn find(&self, node: &Node, marked: &Query) -> Result<Difference, EngineError> {
        let request = PageRequest {
            created_from_us: Some(self.created_from.as_microsecond()),
            size: self.size,
            ..PageRequest::default()
        };
        let page = self.snapshot.search(node, self.now, &request)?;
        Ok(Difference {
            count: page.total,
            sample: hits(&page, &marked.root, &Marking::of(&marked.root), &self.store, self.now)?,
        })
    }
}

/// What matches the one and not the other.
fn but_not(node: &Node, other: &Node) -> Node {
    let mut parts = match node {
        Node::And(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    parts.push(Node::Not(Box::new(other.clone())));
    Node::And(parts)
}

/// What it costs, measured on the newest versions.
fn cost(query: &Query, store: &store::Reader) -> Result<QueryCost, EngineError> {
    let newest = store.last_seq();
    let after =
        Seq(newest.0.saturating_sub(PREVIEW_PRICED_MENTIONS_MAX as u64).max(store.oldest_seq().0.saturating_sub(1)));
    let versions = store.versions_after(after, PREVIEW_PRICED_MENTIONS_MAX, PRICED_BYTES_MAX)?;
    let statistics = StreamStatistics::default();
    let present = versions.iter().filter(|version| !version.deleted);
    let measured_on = present.inspect(|version| statistics.count(&Document::of(version))).count();
    let price = matcher::Cost::of(query, &statistics);
    let class = if price.wakes_up_on <= LOW_SHARE_MAX {
        CostClass::Low
    } else if price.wakes_up_on <= MEDIUM_SHARE_MAX {
        CostClass::Medium
    } else {
        CostClass::High
    };
    Ok(QueryCost { class, price, measured_on })
}
