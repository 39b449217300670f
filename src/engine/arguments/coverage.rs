//! How much of what is asked the argument base covers, and what it lacks.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use jiff::SignedDuration;

use super::{base::Base, invalid, suggest::Question};
use crate::{
    argument::{anonymous, clusters},
    base::{
        Seq, Timestamp,
        limits::{
            COVERAGE_DAYS_DEFAULT, COVERAGE_MENTIONS_MAX, COVERAGE_PROPOSAL_REQUESTS_MIN, COVERAGE_PROPOSAL_SAMPLE_MAX,
            COVERAGE_PROPOSALS_MAX, COVERAGE_REQUESTS_MAX, PAGE_SIZE_MAX,
        },
    },
    engine::{Engine, EngineError, run_blocking},
    index::{Order, PageKey, PageRequest, Snapshot},
    model::{Argument, MentionName, Version},
    query::Query,
    store,
};

/// Whose requests, and when they came.
#[derive(Clone, Debug, Default)]
pub struct CoverageRequest {
    /// Mentions that match it; empty: all.
    pub query: String,
    /// IANA zone for dates without a time in the query; empty is UTC.
    pub time_zone: String,
    /// Only mentions about this brand, held against its entries and those for every brand; empty: all.
    pub brand: String,
    /// Mentions published then or later; `None`: in the last thirty days.
    pub created_from: Option<Timestamp>,
    /// Mentions published before; `None`: until now.
    pub created_before: Option<Timestamp>,
}

/// How much of what is asked the argument base covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Mentions of the period that match, whether they ask or not.
    pub mentions: u64,
    /// How many of them were looked at, the newest.
    pub looked_at: u64,
    /// Of those, the ones that ask for an answer.
    pub requests: u64,
    /// Of those, the ones an entry fits.
    pub covered: u64,
    /// Entries with how many requests they fit best, the most used first.
    pub used: Vec<ArgumentUse>,
    /// Groups of requests that no entry fits, the largest first.
    pub proposals: Vec<Proposal>,
    /// Mentions published then or later were looked at.
    pub created_from: Timestamp,
    /// Everything up to here was looked at.
    pub visible_seq: Seq,
}

/// How often an entry is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentUse {
    /// The entry.
    pub argument: Arc<Argument>,
    /// Requests it fits best.
    pub requests: u64,
}

/// Requests about the same that no entry fits: an entry to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// How many.
    pub requests: u64,
    /// What they have in common, the weightiest first.
    pub words: Vec<String>,
    /// Their languages with how many requests there are in each, the most frequent first.
    pub languages: Vec<(String, u64)>,
    /// The most typical: names, and words without what is personal.
    pub sample: Vec<(MentionName, String)>,
}

impl Engine {
    /// The share of requests that an entry fits, and groups of those that none does. The newest mentions of the period are looked at, as many
    /// as the limits allow; the same mentions and entries give the same answer.
    ///
    /// # Errors
    /// [`EngineError::InvalidQuery`], [`EngineError::InvalidArgument`].
    pub async fn argument_coverage(&self, request: CoverageRequest) -> Result<Coverage, EngineError> {
        if !request.brand.is_empty() {
            self.check_brands(std::slice::from_ref(&request.brand), "brand")?;
        }
        let (query, _) = self.compile(&text_of(&request), &request.time_zone)?;
        let now = self.clock.now();
        let latest = request.created_before.unwrap_or(now);
        let usual = SignedDuration::from_hours(24 * COVERAGE_DAYS_DEFAULT);
        let created_from = request.created_from.unwrap_or_else(|| latest.checked_sub(usual).unwrap_or(Timestamp::MIN));
        if latest <= created_from {
            let message = format!("is {latest}, which is not after created_from, {created_from}");
            return Err(invalid("created_before", message));
        }
        let (base, snapshot, store) = (self.arguments.load(), self.index.snapshot(), self.store.clone());
        let looking = Looking {
            query,
            snapshot,
            store,
            now,
            created_from,
            created_before: request.created_before,
            brand: request.brand,
        };
        run_blocking(move || looking.at(&base)).await
    }
}

/// The query of a request, with its brand.
fn text_of(request: &CoverageRequest) -> String {
    let query = if request.query.trim().is_empty() { "*" } else { &request.query };
    if request.brand.is_empty() { query.to_owned() } else { format!("({query}) AND brand:{}", request.brand) }
}

/// What is looked at, and with which eyes.
struct Looking {
    query: Query,
    snapshot: Snapshot,
    store: store::Reader,
    now: Timestamp,
    created_from: Timestamp,
    created_before: Option<Timestamp>,
    brand: String,
}

impl Looking {
    fn at(self, base: &Base) -> Result<Coverage, EngineError> {
        let mut coverage =
            Coverage { created_from: self.created_from, visible_seq: self.snapshot.seq(), ..Coverage::default() };
        let requests = self.requests(&mut coverage)?;
        let mut used: BTreeMap<&str, ArgumentUse> = BTreeMap::new();
        let mut open: Vec<(&Version, Question)> = Vec::new();
        for version in &requests {
            let brands = if self.brand.is_empty() {
                version.understanding.brands.iter().map(|brand| brand.brand.clone()).collect()
            } else {
                vec![self.brand.clone()]
            };
            let question = Question::of(&version.mention, &version.understanding.language.code, brands);
            let best = base.best(&question, self.now);
            match best {
                Some(argument) => {
                    let none = || ArgumentUse { argument: Arc::clone(argument), requests: 0 };
                    used.entry(&argument.id).or_insert_with(none).requests += 1;
                }
                None => open.push((version, question)),
            }
        }
        coverage.requests = requests.len() as u64;
        coverage.covered = (requests.len() - open.len()) as u64;
        coverage.used = used.into_values().collect();
        coverage.used.sort_by_key(|used| Reverse(used.requests));
        coverage.proposals = proposals(&open);
        Ok(coverage)
    }

    /// The newest mentions that ask for an answer and are not the brand's own.
    fn requests(&self, coverage: &mut Coverage) -> Result<Vec<Arc<Version>>, EngineError> {
        let mut requests = Vec::new();
        let mut after: Option<PageKey> = None;
        let mut looked_at = 0;
        loop {
            let request = PageRequest {
                created_from_us: Some(self.created_from.as_microsecond()),
                created_before_us: self.created_before.map(Timestamp::as_microsecond),
                order: Order::Newest,
                after,
                size: PAGE_SIZE_MAX,
                ..PageRequest::default()
            };
            let page = self.snapshot.search(&self.query.root, self.now, &request)?;
            coverage.mentions = page.total;
            let seqs: Vec<Seq> = page.hits.iter().map(|hit| hit.seq).collect();
            for version in self.store.versions(&seqs)? {
                looked_at += 1;
                if version.understanding.needs_reply.asked && !version.understanding.is_own() {
                    requests.push(version);
                }
                if requests.len() == COVERAGE_REQUESTS_MAX {
                    break;
                }
            }
            after = page.next;
            if after.is_none() || looked_at >= COVERAGE_MENTIONS_MAX || requests.len() == COVERAGE_REQUESTS_MAX {
                break;
            }
        }
        coverage.looked_at = looked_at as u64;
        Ok(requests)
    }
}

impl Base {
    /// The entry that fits best, if any does.
    fn best(&self, question: &Question, now: Timestamp) -> Option<&Arc<Argument>> {
        let told = self.suggest(question, 1, now);
        let id = &told.replies.first()?.argument.id;
        let place = self.entries.binary_search_by(|entry| entry.id.cmp(id)).ok()?;
        self.entries.get(place)
    }
}

fn proposals(open: &[(&Version, Question)]) -> Vec<Proposal> {
    let questions: Vec<(&str, &str)> =
        open.iter().map(|(_, question)| (question.text.as_str(), question.language.as_str())).collect();
    let found = clusters(&questions, COVERAGE_PROPOSAL_REQUESTS_MIN).into_iter().take(COVERAGE_PROPOSALS_MAX);
    let proposal = |cluster: crate::argument::Cluster| {
        let members = || cluster.members.iter().filter_map(|place| open.get(*place));
        let mut languages: BTreeMap<&str, u64> = BTreeMap::new();
        members().for_each(|(_, question)| *languages.entry(&question.language).or_default() += 1);
        let mut languages: Vec<(String, u64)> =
            languages.into_iter().map(|(language, count)| (language.to_owned(), count)).collect();
        languages.sort_by_key(|(_, requests)| Reverse(*requests));
        let sample = members().take(COVERAGE_PROPOSAL_SAMPLE_MAX).map(|(version, question)| {
            let author = &version.mention.author;
            (version.mention.name.clone(), anonymous(&question.text, &[&author.name, &author.handle]))
        });
        Proposal { requests: cluster.members.len() as u64, sample: sample.collect(), languages, words: cluster.words }
    };
    found.map(proposal).collect()
}
