//! What it costs that words stand near each other: NEAR/5 of two frequent words beside the AND of the same words, in one
//! process, without a wire between. And how long the other forms take.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use ascolto::{
    base::{Seq, Timestamp},
    index::{self, PageRequest, Snapshot},
    query,
    store::{self, StoreOptions},
};

use crate::{
    Bench,
    feed::feed,
    percentile::{Sorted, median},
    report::{Report, Target},
    server::{Server, eprint_line, wait_for_followers},
};

const RATIO_MAX: f64 = 3.0;
const PAGE_SIZE: usize = 20;
/// Each query so often, in turn with what it is held against, after as many times for warmth as [`WARMING`].
const ROUNDS: usize = 31;
const WARMING: usize = 3;

/// Frequent words of the load set that often stand in one mention, in several languages and scripts.
const PAIRS: [(&str, &str); 12] = [
    ("the", "to"),
    ("you", "for"),
    ("my", "flight"),
    ("не", "в"),
    ("на", "и"),
    ("что", "в"),
    ("de", "la"),
    ("que", "no"),
    ("ich", "nicht"),
    ("酒店", "房间"),
    ("很", "不错"),
    ("영화", "정말"),
];

/// The other forms, told beside the AND of their words.
const OTHERS: [(&str, &str); 14] = [
    ("\"to the\"", "to AND the"),
    ("\"customer service\"", "customer AND service"),
    ("\"the to flight\"~5", "the AND to AND flight"),
    ("\"не в на\"~4", "не AND в AND на"),
    ("(the NEAR/5 to) NEAR/5 flight", "the AND to AND flight"),
    ("the NEAR/5f to", "the AND to"),
    ("(flight OR flights OR plane OR plane*) NEAR/10 (delay* OR cancel* OR late)", "flight AND delayed"),
    ("~service NEAR/5 ~customer", "service AND customer"),
    ("cancel*", "cancelled"),
    ("co*", "con"),
    ("при*", "приложение"),
    ("fl?ght", "flight"),
    ("{Delta}", "delta"),
    ("~flight", "flight"),
];

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.loaded_dir();
    if !dir.is_dir() {
        let server = Server::start(&dir)?;
        let client = server.connect().await?;
        let fed = feed(&client, bench.mentions.clone(), |_, _| {}).await?;
        wait_for_followers(&client, fed.last_seq).await?;
        server.stop()?;
    }
    let (writer, reader) = store::open(&dir.join("store"), StoreOptions::default())?;
    let (index_writer, index) = index::open(&dir.join("index"), reader.id(), reader.last_seq())?;
    anyhow::ensure!(index.visible_seq() == reader.last_seq() && reader.last_seq() > Seq::ZERO, "the index lags behind");
    let snapshot = index.snapshot();

    let mut ratios = Vec::new();
    for (one, other) in PAIRS {
        let near = format!("{one} NEAR/5 {other}");
        ratios.push(beside(&snapshot, &near, &format!("{one} AND {other}"))?);
    }
    for (asked, held_against) in OTHERS {
        beside(&snapshot, asked, held_against)?;
    }
    let highest = ratios.iter().copied().fold(0.0, f64::max);
    report.add_held("NEAR/5 beside AND, highest of 12 pairs", highest, "×", Target::AtMost(RATIO_MAX));
    report.add("the same, median", median(ratios), "×");
    index_writer.close()?;
    writer.close()?;
    Ok(())
}

/// Times both in turn, tells them, and gives the ratio of the medians.
fn beside(snapshot: &Snapshot, asked: &str, held_against: &str) -> anyhow::Result<f64> {
    let queries = [parsed(asked)?, parsed(held_against)?];
    let (mut took, mut totals) = ([Vec::new(), Vec::new()], [0, 0]);
    for round in 0..WARMING + ROUNDS {
        for (at, query) in queries.iter().enumerate() {
            let (total, time) = search(snapshot, query).with_context(|| asked.to_owned())?;
            totals[at] = total;
            if round >= WARMING {
                took[at].push(time);
            }
        }
    }
    let [asked_ms, held_ms] = took.map(|times| Sorted::of(times).median_ms());
    eprint_line(&format!(
        "{:>6.2} × {asked_ms:>8.3} ms, {:>6} matches: {asked}   |   {held_ms:>8.3} ms, {:>6} matches: {held_against}",
        asked_ms / held_ms,
        totals[0],
        totals[1],
    ));
    Ok(asked_ms / held_ms)
}

fn parsed(text: &str) -> anyhow::Result<query::Query> {
    let parsed = query::parse(text, &jiff::tz::TimeZone::UTC);
    parsed.query.and_then(query::Query::closed).with_context(|| format!("{text}: {:?}", parsed.problems))
}

/// The newest page and the number of all, as a search has it.
fn search(snapshot: &Snapshot, query: &query::Query) -> anyhow::Result<(u64, Duration)> {
    let began = Instant::now();
    let request = PageRequest { size: PAGE_SIZE, ..PageRequest::default() };
    let page = snapshot.search(&query.root, Timestamp::now(), &request)?;
    Ok((page.total, began.elapsed()))
}
