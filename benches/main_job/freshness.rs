//! How soon a mention is acknowledged, and how soon after that a search finds it, with many producers that each send one
//! mention after the other.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use ascolto::{
    client::Client,
    proto::v1::{CountRequest, IngestBatchRequest, Mention},
};
use tokio::task::JoinSet;

use crate::{
    Bench,
    percentile::Sorted,
    report::{Report, Target},
    saved_searches,
    server::Server,
};

const PRODUCERS: usize = 256;
/// Of all producers together.
const MENTIONS_PER_SECOND: u64 = 5000;
const ACKNOWLEDGED_MS_MAX: f64 = 50.0;
const SEARCHABLE_MS_MAX: f64 = 1000.0;
/// How long the producers run without a pace.
const SATURATING: Duration = Duration::from_secs(10);

/// What the producers share.
struct Shared {
    mentions: Vec<Mention>,
    /// Of the next mention, over all rounds through the set.
    next: AtomicUsize,
    began: Instant,
    ends: Instant,
    /// Between two mentions of one producer; none means as fast as they are acknowledged.
    pace: Option<Duration>,
    acknowledged: Mutex<Vec<Acknowledged>>,
    newest_seq: AtomicU64,
}

#[derive(Clone, Copy)]
struct Acknowledged {
    seq: u64,
    at: Instant,
    /// From the moment it was due to be sent, so that a late producer hides nothing.
    took: Duration,
}

pub(crate) async fn measure(bench: &Bench, seconds: u64, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.fresh_dir("freshness")?)?;
    let client = server.connect().await?;
    saved_searches::create(&client, &saved_searches::queries(&bench.mentions)).await?;

    let pace = Duration::from_secs(PRODUCERS as u64) / u32::try_from(MENTIONS_PER_SECOND)?;
    let (acknowledged, searchable, rate) =
        produce(&server, &bench.mentions, 0, Duration::from_secs(seconds), Some(pace)).await?;
    report.add(format!("{PRODUCERS} producers, paced, for {seconds} s"), rate, "mentions/s");
    report.add("  acknowledged, p50", acknowledged.median_ms(), "ms");
    report.add_held("  acknowledged, p99", acknowledged.per_mille_ms(990), "ms", Target::AtMost(ACKNOWLEDGED_MS_MAX));
    report.add("  acknowledged, p99.9", acknowledged.per_mille_ms(999), "ms");
    report.add("  acknowledged until searchable, p50", searchable.median_ms(), "ms");
    let late = searchable.per_mille_ms(990);
    report.add_held("  acknowledged until searchable, p99", late, "ms", Target::AtMost(SEARCHABLE_MS_MAX));
    report.add("  acknowledged until searchable, worst", searchable.per_mille_ms(1000), "ms");

    let done = acknowledged.len();
    let (acknowledged, searchable, rate) = produce(&server, &bench.mentions, done, SATURATING, None).await?;
    report.add(format!("{PRODUCERS} producers, as fast as they can"), rate, "mentions/s");
    report.add("  acknowledged, p50", acknowledged.median_ms(), "ms");
    report.add("  acknowledged, p99", acknowledged.per_mille_ms(990), "ms");
    report.add("  acknowledged until searchable, p99", searchable.per_mille_ms(990), "ms");
    server.stop()
}

/// Lets the producers run; gives how long acknowledgements took, how long until searchable after that, and the rate.
async fn produce(
    server: &Server,
    mentions: &[Mention],
    first: usize,
    runs: Duration,
    pace: Option<Duration>,
) -> anyhow::Result<(Sorted, Sorted, f64)> {
    let mut clients = Vec::with_capacity(PRODUCERS);
    for _ in 0..PRODUCERS {
        clients.push(server.connect().await?);
    }
    let watching = server.connect().await?;
    let began = Instant::now();
    let shared = Arc::new(Shared {
        mentions: mentions.to_vec(),
        next: AtomicUsize::new(first),
        began,
        ends: began + runs,
        pace,
        acknowledged: Mutex::default(),
        newest_seq: AtomicU64::new(0),
    });
    let over = Arc::new(AtomicBool::new(false));
    let watcher = tokio::spawn(watch_searchable(watching, Arc::clone(&shared), Arc::clone(&over)));
    let mut producers = JoinSet::new();
    for (place, client) in clients.into_iter().enumerate() {
        producers.spawn(producer(client, place, Arc::clone(&shared)));
    }
    while let Some(ended) = producers.join_next().await {
        ended??;
    }
    let took = began.elapsed();
    over.store(true, Ordering::SeqCst);
    let searchable_at = watcher.await??;
    let all = std::mem::take(&mut *shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
    let waited = all.iter().map(|one| {
        let place = searchable_at.partition_point(|(seq, _)| *seq < one.seq);
        searchable_at.get(place).map_or(Duration::MAX, |(_, at)| at.saturating_duration_since(one.at))
    });
    let waited = Sorted::of(waited.collect());
    let rate = all.len() as f64 / took.as_secs_f64();
    Ok((Sorted::of(all.iter().map(|one| one.took).collect()), waited, rate))
}

async fn producer(client: Client, place: usize, shared: Arc<Shared>) -> anyhow::Result<()> {
    let mut service = client.ingest();
    let mut own = Vec::new();
    let mut due = shared.began + shared.pace.unwrap_or_default().mul_f64(place as f64 / PRODUCERS as f64);
    while due < shared.ends {
        let mention = numbered(&shared.mentions, shared.next.fetch_add(1, Ordering::Relaxed));
        match shared.pace {
            Some(_) => tokio::time::sleep_until(due.into()).await,
            None => due = Instant::now(),
        }
        let answer = service.ingest_batch(IngestBatchRequest { mentions: vec![mention] }).await?.into_inner();
        let at = Instant::now();
        let seq = answer.acknowledgements.first().map_or(0, |acknowledgement| acknowledgement.seq);
        anyhow::ensure!(seq > 0, "not recorded: {:?}", answer.acknowledgements);
        shared.newest_seq.fetch_max(seq, Ordering::SeqCst);
        own.push(Acknowledged { seq, at, took: at - due });
        due += shared.pace.unwrap_or_default();
    }
    shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
    Ok(())
}

/// The mention of that number: the set over and over, each time under other ids, threads kept.
pub(crate) fn numbered(mentions: &[Mention], number: usize) -> Mention {
    let mut mention = mentions[number % mentions.len()].clone();
    let round = number / mentions.len();
    if round > 0 {
        mention.external_id = format!("{}~{round}", mention.external_id);
        if !mention.in_reply_to.is_empty() {
            mention.in_reply_to = format!("{}~{round}", mention.in_reply_to);
        }
    }
    mention
}

/// Asks for the first seq that no search has shown yet, over and over: every answer tells of one commit of the index.
async fn watch_searchable(
    client: Client,
    shared: Arc<Shared>,
    over: Arc<AtomicBool>,
) -> anyhow::Result<Vec<(u64, Instant)>> {
    let mut service = client.search();
    let mut seen: Vec<(u64, Instant)> = Vec::new();
    let mut visible = 0;
    loop {
        let is_over = over.load(Ordering::SeqCst);
        if visible >= shared.newest_seq.load(Ordering::SeqCst) {
            if is_over {
                return Ok(seen);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        }
        let request =
            CountRequest { query: "platform:none".to_owned(), min_seq: visible + 1, ..CountRequest::default() };
        visible = service.count(request).await?.into_inner().visible_seq;
        seen.push((visible, Instant::now()));
    }
}
