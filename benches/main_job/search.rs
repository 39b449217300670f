//! The time of a search over gRPC, from the text of the query to the decoded page of hits, beside the same query on tantivy's own
//! searcher with the same page of hits, loaded from its own store and decoded.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use ascolto::{
    base::{Seq, Timestamp, limits::BATCH_GET_MAX},
    client::Client,
    index::BareIndex,
    model::Version,
    proto::v1::{self, BatchGetRequest, SearchRequest, search_service_client::SearchServiceClient},
    query,
};
use prost::Message as _;
use tonic::transport::Channel;

use crate::{
    Bench, bare,
    feed::feed,
    percentile::{Sorted, median},
    report::{Report, Target},
    search_queries::QUERIES,
    server::{Server, eprint_line, wait_for_followers},
};

const RATIO_MAX: f64 = 1.3;
const PAGE_SIZE: i32 = 20;
/// Each query so often on either side, in turn, after as many times for warmth as [`WARMING`].
const ROUNDS: usize = 31;
const WARMING: usize = 3;

/// One query, in milliseconds: over gRPC, and on tantivy's searcher.
struct Timed {
    query: &'static str,
    matches: u64,
    served_ms: f64,
    bare_ms: f64,
}

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.loaded_dir();
    if !dir.is_dir() {
        let server = Server::start(&dir)?;
        let fed = feed(&server.connect().await?, bench.mentions.clone(), |_, _| {}).await?;
        wait_for_followers(&server.connect().await?, fed.last_seq).await?;
        server.stop()?;
    }
    let versions = bare::versions(&dir)?;
    let server = Server::start(&dir)?;
    let client = server.connect().await?;
    let mentions = shown(&client, bench, versions).await?;
    let index = BareIndex::like(&dir.join("index"), &bench.fresh_dir("peer")?, &mentions)?;
    drop(mentions);

    let (mut all, call) = tokio::task::block_in_place(|| time_all(&server, &index))?;
    server.stop()?;

    all.sort_unstable_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    for timed in &all {
        eprint_line(&format!(
            "{:>6.2} × {:>8.3} ms / {:>8.3} ms, {:>6} matches: {}",
            timed.ratio(),
            timed.served_ms,
            timed.bare_ms,
            timed.matches,
            timed.query
        ));
    }
    let served = median(all.iter().map(|timed| timed.served_ms).collect());
    let bare = median(all.iter().map(|timed| timed.bare_ms).collect());
    report.add("search over gRPC, median of 50 queries", served, "ms");
    report.add("tantivy by itself, median of the same", bare, "ms");
    let of_ratios = median(all.iter().map(Timed::ratio).collect());
    report.add_held("search, median of the ratios", of_ratios, "×", Target::AtMost(RATIO_MAX));
    report.add_held("search, ratio of the medians", served / bare, "×", Target::AtMost(RATIO_MAX));
    let sums = all.iter().fold((0.0, 0.0), |sums, timed| (sums.0 + timed.served_ms, sums.1 + timed.bare_ms));
    report.add("search, ratio of the sums", sums.0 / sums.1, "×");
    let over = all.iter().map(|timed| timed.served_ms - timed.bare_ms).collect();
    report.add("search over gRPC, more than tantivy, median", median(over), "ms");
    report.add("a search that finds nothing, over gRPC", call, "ms");
    report.add("segments searched", index.segment_count() as f64, "");
    Ok(())
}

/// The newest version of every mention, with the bytes that stand for it in an answer: what the peer stores.
async fn shown(
    client: &Client,
    bench: &Bench,
    versions: Vec<Arc<Version>>,
) -> anyhow::Result<HashMap<Seq, (Arc<Version>, Vec<u8>)>> {
    let mut by_seq: HashMap<Seq, Arc<Version>> = versions.into_iter().map(|version| (version.seq, version)).collect();
    let mut service = client.search();
    let mut mentions = HashMap::with_capacity(bench.mentions.len());
    for part in bench.mentions.chunks(BATCH_GET_MAX) {
        let names = part.iter().map(|mention| format!("{}/{}", mention.platform, mention.external_id)).collect();
        for shown in service.batch_get(BatchGetRequest { names }).await?.into_inner().versions {
            let seq = Seq(shown.seq);
            let version = by_seq.remove(&seq).with_context(|| format!("version {} is not in the log", shown.seq))?;
            mentions.insert(seq, (version, shown.encode_to_vec()));
        }
    }
    Ok(mentions)
}

/// All queries, and what a call costs that has nothing to do, in milliseconds. On one thread of its own, as a lean client has it:
/// on several, calls would also wait for threads of the client to wake each other.
fn time_all(server: &Server, index: &BareIndex) -> anyhow::Result<(Vec<Timed>, f64)> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut service = server.connect().await?.search();
        let mut all = Vec::with_capacity(QUERIES.len());
        for query in QUERIES {
            all.push(time(&mut service, index, query).await.with_context(|| query.to_owned())?);
        }
        Ok((all, time_call(&mut service).await?))
    })
}

/// What a call costs that has nothing to do, in milliseconds.
async fn time_call(service: &mut SearchServiceClient<Channel>) -> anyhow::Result<f64> {
    let request = SearchRequest { query: "platform:none".to_owned(), ..SearchRequest::default() };
    let mut took = Vec::new();
    for _ in 0..10 * ROUNDS {
        let began = Instant::now();
        service.search(request.clone()).await?;
        took.push(began.elapsed());
    }
    Ok(Sorted::of(took).median_ms())
}

impl Timed {
    fn ratio(&self) -> f64 {
        self.served_ms / self.bare_ms
    }
}

async fn time(
    service: &mut SearchServiceClient<Channel>,
    index: &BareIndex,
    query: &'static str,
) -> anyhow::Result<Timed> {
    let parsed = query::parse(query, &jiff::tz::TimeZone::UTC);
    let checked = parsed.query.and_then(query::Query::closed).with_context(|| format!("{:?}", parsed.problems))?;
    let request = SearchRequest { query: query.to_owned(), page_size: PAGE_SIZE, ..SearchRequest::default() };
    let (mut served, mut bare) = (Vec::new(), Vec::new());
    let mut matches = 0;
    for round in 0..WARMING + ROUNDS {
        let began = Instant::now();
        let answer = service.search(request.clone()).await?.into_inner();
        let took_served = began.elapsed();
        let (count, took_bare) = search_bare(index, &checked)?;
        anyhow::ensure!(answer.total == count, "{} matches, tantivy says {count}", answer.total);
        matches = count;
        if round >= WARMING {
            served.push(took_served);
            bare.push(took_bare);
        }
    }
    Ok(Timed { query, matches, served_ms: Sorted::of(served).median_ms(), bare_ms: Sorted::of(bare).median_ms() })
}

/// The number of all and the newest page, loaded and read, by tantivy's own means.
fn search_bare(index: &BareIndex, query: &query::Query) -> anyhow::Result<(u64, Duration)> {
    let began = Instant::now();
    let (total, stored) = index.newest(&query.root, Timestamp::now(), PAGE_SIZE as usize)?;
    let shown = stored.iter().map(|bytes| v1::Version::decode(bytes.as_slice())).collect::<Result<Vec<_>, _>>()?;
    let took = began.elapsed();
    anyhow::ensure!(shown.len() as u64 == total.min(PAGE_SIZE as u64), "{} of {total} hits were loaded", shown.len());
    Ok((total, took))
}
