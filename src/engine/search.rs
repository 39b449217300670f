use std::time::{Duration, Instant};

use super::{
    CheckedQuery, CountAnswer, Engine, EngineError, Facet, FacetField, Hit, SearchAnswer, SearchRequest, Sort,
    marking::Marking,
    page_token::{self, SearchToken},
    read::page_too_large,
    run_blocking,
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{MIN_SEQ_WAIT_SECONDS_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX},
    },
    index::{Order, Page, PageRequest, Snapshot},
    query::{self, KeywordField, Node},
    store,
};

/// A search that took no longer the last time is answered on the async thread it arrives at. What else waits for the thread waits
/// a thousandth of what it may; handing that over to another thread would cost every search a tenth of its time.
const INLINE_MAX: Duration = Duration::from_millis(1);
/// A search that took no longer the last time is done without helpers.
const UNHELPED_MAX: Duration = Duration::from_micros(150);

impl Engine {
    /// Mentions that match, with totals and facets.
    ///
    /// # Errors
    /// Faults of the request, and [`EngineError::NotYetVisible`] when `min_seq` takes too long.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchAnswer, EngineError> {
        let asked = self.asked(&request.query, &request.time_zone)?;
        let problems = asked.problems.clone();
        let fingerprint = fingerprint(&request);
        let token = page_token::read_search(&request.page_token, fingerprint)?;
        let size = match request.page_size {
            0 => PAGE_SIZE_DEFAULT,
            size if size > PAGE_SIZE_MAX => return Err(page_too_large(size)),
            size => size,
        };
        self.wait_until_visible(request.min_seq).await?;
        let snapshot = self.snapshot_for(request.sort, token)?;
        // With another page size or other facets it is another piece of work.
        let piece = fingerprint.rotate_left(request.facets.len() as u32).wrapping_add(size as u64);
        let last = self.took_lately.last(piece);
        let page_request = PageRequest {
            created_from_us: request.created_from.map(Timestamp::as_microsecond),
            created_before_us: request.created_before.map(Timestamp::as_microsecond),
            order: order(request.sort),
            after: token.map(|token| token.after),
            size,
            facets: request.facets.iter().map(|facet| facet.keyword()).collect(),
            helped: last.is_none_or(|last| last > UNHELPED_MAX),
        };
        let (store, now, visible_seq) = (self.store.clone(), self.clock.now(), snapshot.seq());
        let searched = snapshot.clone();
        let work = move || {
            let page = searched.search(&asked.query.root, now, &page_request)?;
            let hits = hits(&page, &asked.query.root, &asked.marking, &store, now)?;
            Ok((page, hits))
        };
        let began = Instant::now();
        let done = if last.is_some_and(|last| last <= INLINE_MAX) { work() } else { run_blocking(work).await };
        self.took_lately.took(piece, began.elapsed());
        let (page, hits): (Page, Vec<Hit>) = done?;
        let next_page_token = page.next.map_or_else(String::new, |after| {
            if request.sort == Sort::Relevance {
                self.pinned.pin(&snapshot);
            }
            page_token::write_search(SearchToken { fingerprint, after, seq: visible_seq })
        });
        Ok(SearchAnswer { hits, total: page.total, next_page_token, facets: facets(&page), visible_seq, problems })
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn count(&self, request: SearchRequest) -> Result<CountAnswer, EngineError> {
        let asked = self.asked(&request.query, &request.time_zone)?;
        self.wait_until_visible(request.min_seq).await?;
        let (snapshot, now) = (self.index.snapshot(), self.clock.now());
        let page_request = PageRequest {
            created_from_us: request.created_from.map(Timestamp::as_microsecond),
            created_before_us: request.created_before.map(Timestamp::as_microsecond),
            helped: true,
            ..PageRequest::default()
        };
        let visible_seq = snapshot.seq();
        let count = run_blocking(move || Ok(snapshot.search(&asked.query.root, now, &page_request)?.total)).await?;
        Ok(CountAnswer { count, visible_seq })
    }

    /// All problems of a query text.
    #[must_use]
    pub fn check_query(&self, query: &str, time_zone: &str) -> CheckedQuery {
        let zone = match query::time_zone(time_zone) {
            Ok(zone) => zone,
            Err(problem) => return CheckedQuery { valid: false, problems: vec![problem], canonical: String::new() },
        };
        let compiled = self.library.definitions().compile(query, &zone);
        let canonical = if compiled.query.is_some() { query::parse(query, &zone).query } else { None };
        CheckedQuery {
            valid: compiled.query.is_some(),
            canonical: canonical.map_or_else(String::new, |query| query.to_string()),
            problems: compiled.problems,
        }
    }

    /// Read-your-writes: until the searcher covers the seq.
    async fn wait_until_visible(&self, seq: Seq) -> Result<(), EngineError> {
        if seq <= self.index.visible_seq() {
            return Ok(());
        }
        let mut visible = self.index.watch_visible();
        let recorded = self.store.last_seq();
        if seq > recorded {
            return Err(EngineError::OutOfRange { asked: seq, oldest: self.store.oldest_seq(), newest: recorded });
        }
        let wait = Duration::from_secs(MIN_SEQ_WAIT_SECONDS_MAX);
        let reached = tokio::time::timeout(wait, visible.wait_for(|visible| *visible >= seq)).await.is_ok();
        if reached { Ok(()) } else { Err(EngineError::NotYetVisible { asked: seq, visible: self.index.visible_seq() }) }
    }

    /// What a page is taken from: the present state, but for relevance the state the first page was of.
    fn snapshot_for(&self, sort: Sort, token: Option<SearchToken>) -> Result<Snapshot, EngineError> {
        match (sort, token) {
            (Sort::Relevance, Some(token)) => self.pinned.get(token.seq.0).ok_or_else(|| EngineError::BadPageToken {
                message: "has expired (pages by relevance are kept for two minutes); begin again without it".to_owned(),
            }),
            _ => Ok(self.index.snapshot()),
        }
    }
}

/// The mentions of a page, with the places of a query marked.
pub(super) fn hits(
    page: &Page,
    query: &Node,
    marking: &Marking,
    store: &store::Reader,
    now: Timestamp,
) -> Result<Vec<Hit>, EngineError> {
    let seqs: Vec<Seq> = page.hits.iter().map(|hit| hit.seq).collect();
    let versions = store.versions(&seqs)?;
    let marked = marking.mark(query, versions.iter().map(AsRef::as_ref), now);
    let hits = versions.into_iter().zip(marked).zip(&page.hits);
    Ok(hits.map(|((version, highlights), hit)| Hit { version, highlights, score: hit.score }).collect())
}

fn order(sort: Sort) -> Order {
    match sort {
        Sort::Newest => Order::Newest,
        Sort::Oldest => Order::Oldest,
        Sort::Relevance => Order::Relevance,
        Sort::Reach => Order::Reach,
        Sort::Engagement => Order::Engagement,
    }
}

fn facets(page: &Page) -> Vec<Facet> {
    let named = page.facets.iter().filter_map(|counts| {
        let field = FacetField::ALL.into_iter().find(|facet| facet.keyword() == counts.field)?;
        Some(Facet { field, values: counts.values.clone(), other: counts.other })
    });
    named.collect()
}

impl FacetField {
    /// The field of the query language whose values it counts.
    fn keyword(self) -> KeywordField {
        match self {
            Self::Platform => KeywordField::Platform,
            Self::Type => KeywordField::Type,
            Self::Lang => KeywordField::Lang,
            Self::Sentiment => KeywordField::Sentiment,
            Self::Intent => KeywordField::Intent,
            Self::Stage => KeywordField::Stage,
            Self::Topic => KeywordField::Topic,
            Self::Brand => KeywordField::Brand,
            Self::Status => KeywordField::Status,
            Self::Country => KeywordField::Country,
            Self::Tag => KeywordField::Tag,
        }
    }
}

/// Of everything that decides which mentions come in which order.
fn fingerprint(request: &SearchRequest) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for text in [&request.query, &request.time_zone] {
        hasher.update(&text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    }
    for bound in [request.created_from, request.created_before] {
        let bound_us = bound.map(Timestamp::as_microsecond);
        hasher.update(&[u8::from(bound_us.is_some())]);
        hasher.update(&bound_us.unwrap_or_default().to_le_bytes());
    }
    hasher.update(&[request.sort as u8]);
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}
