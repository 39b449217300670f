//! The time of a search over gRPC beside the same query on tantivy's own searcher.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use ascolto::{
    base::Timestamp,
    index::BareIndex,
    proto::v1::{SearchRequest, search_service_client::SearchServiceClient},
    query,
};
use tantivy::{
    Order,
    collector::{Count, TopDocs},
};
use tonic::transport::Channel;

use crate::{
    Bench,
    feed::feed,
    percentile::{Sorted, median},
    report::{Report, Target},
    server::{Server, eprint_line, wait_for_followers},
};

const RATIO_MAX: f64 = 1.3;
const PAGE_SIZE: i32 = 20;
/// Each query so often on either side, in turn, after as many times for warmth as [`WARMING`].
const ROUNDS: usize = 31;
const WARMING: usize = 3;

/// What people look for, in the languages of the load set: frequent and rare words, phrases, AND, OR, NOT, fields, ranges.
const QUERIES: [&str; 50] = [
    "flight",
    "refund",
    "the",
    "спасибо",
    "кредит",
    "최고",
    "영화",
    "酒店",
    "空港",
    "ขอบคุณ",
    "terima",
    "gracias",
    "danke",
    "merci",
    "teşekkürler",
    "#fail",
    "@AmericanAir",
    "😡",
    "\"customer service\"",
    "\"thank you\"",
    "\"не работает\"",
    "\"my flight was cancelled\"",
    "\"性价比\"",
    "\"muchas gracias\"",
    "flight AND delayed",
    "flight AND (delayed OR cancelled OR late)",
    "(wifi OR internet OR connection) AND (slow OR down OR broken) AND NOT airport",
    "сбербанк OR втб OR альфабанк OR россельхозбанк",
    "(мтс OR билайн OR мегафон) AND (связь OR интернет)",
    "bag OR bags OR luggage OR baggage OR gepäck OR equipaje OR багаж OR 行李",
    "help AND NOT flight",
    "영화 AND NOT 최고",
    "酒店 AND (服务 OR 前台) AND NOT 早餐",
    "love AND lang:en",
    "lang:ko",
    "lang:(de OR fr OR it) AND sentiment:negative",
    "sentiment:negative",
    "needs:reply",
    "needs:reply AND lang:en AND platform:twitter",
    "intent:complaint AND type:reply",
    "intent:question AND NOT lang:en",
    "platform:naver_movie AND rating:>=9",
    "rating:<=2",
    "rating:1..4 AND 재미",
    "published:2017-10-01..2017-12-31 AND refund",
    "published:>=2017-01-01 AND has:link",
    "from:AmericanAir",
    "mentions:AmericanAir AND sentiment:negative",
    "has:question AND (refund OR ticket OR seat) AND published:>=2015-01-01",
    "*",
];

/// One query, in milliseconds: over gRPC, and on tantivy's searcher.
struct Timed {
    query: &'static str,
    matches: u64,
    served_ms: f64,
    bare_ms: f64,
}

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.loaded_dir();
    let is_loaded = dir.is_dir();
    let server = Server::start(&dir)?;
    let client = server.connect().await?;
    if !is_loaded {
        let fed = feed(&client, bench.mentions.clone(), |_, _| {}).await?;
        wait_for_followers(&client, fed.last_seq).await?;
    }
    let mut service = client.search();
    let index = BareIndex::open(&dir.join("index"))?;
    let mut all = Vec::with_capacity(QUERIES.len());
    for query in QUERIES {
        all.push(time(&mut service, &index, query).await.with_context(|| query.to_owned())?);
    }
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
    report.add("tantivy's searcher, median of the same", bare, "ms");
    let of_ratios = median(all.iter().map(Timed::ratio).collect());
    report.add_held("search, median of the ratios", of_ratios, "×", Target::AtMost(RATIO_MAX));
    report.add_held("search, ratio of the medians", served / bare, "×", Target::AtMost(RATIO_MAX));
    let sums = all.iter().fold((0.0, 0.0), |sums, timed| (sums.0 + timed.served_ms, sums.1 + timed.bare_ms));
    report.add("search, ratio of the sums", sums.0 / sums.1, "×");
    let over = all.iter().map(|timed| timed.served_ms - timed.bare_ms).collect();
    report.add("search over gRPC, more than tantivy, median", median(over), "ms");
    Ok(())
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
        let (count, took_bare) = tokio::task::block_in_place(|| search_bare(index, &checked))?;
        anyhow::ensure!(answer.total == count, "{} matches, tantivy says {count}", answer.total);
        matches = count;
        if round >= WARMING {
            served.push(took_served);
            bare.push(took_bare);
        }
    }
    Ok(Timed { query, matches, served_ms: Sorted::of(served).median_ms(), bare_ms: Sorted::of(bare).median_ms() })
}

/// The newest page and the number of all, by tantivy's own collectors.
fn search_bare(index: &BareIndex, query: &query::Query) -> anyhow::Result<(u64, Duration)> {
    let began = Instant::now();
    let compiled = index.compile(&query.root, Timestamp::now())?;
    let top = TopDocs::with_limit(PAGE_SIZE as usize).order_by_fast_field::<i64>("published", Order::Desc);
    let (count, _) = index.searcher.search(&compiled, &(Count, top))?;
    Ok((count as u64, began.elapsed()))
}
