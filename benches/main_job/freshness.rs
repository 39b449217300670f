//! How soon a mention is acknowledged, and how soon after that a search finds it, with many producers at once.
//!
//! A producer is an ingest stream that sends one mention at a time, as a connector does that has what has just been written. The
//! streams share some connections, and one clock tells all of them when to send, whether or not what they sent before is
//! acknowledged: what is late, is late from the moment it was due.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use ascolto::{
    client::Client,
    proto::v1::{CountRequest, IngestBatchRequest, IngestRequest, Mention},
};
use tokio::{sync::mpsc, task::JoinSet};
use tonic::Streaming;

use crate::{
    Bench,
    percentile::Sorted,
    report::{Report, Target},
    saved_searches,
    server::{Server, own_seconds},
};

const PRODUCERS: usize = 256;
/// Connections that the producers share: who collects runs some processes, not one for each source.
const CONNECTIONS: usize = 16;
/// Of all producers together.
const MENTIONS_PER_SECOND: u32 = 5000;
const ACKNOWLEDGED_MS_MAX: f64 = 50.0;
const SEARCHABLE_MS_MAX: f64 = 1000.0;
/// How long the producers run without a pace, and how long with a call for each mention.
const ASIDE: Duration = Duration::from_secs(15);

/// How mentions are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Load {
    /// On streams, at [`MENTIONS_PER_SECOND`].
    PacedStreams,
    /// On streams, the next as soon as the one before is acknowledged.
    BusyStreams,
    /// By a unary call for each, at [`MENTIONS_PER_SECOND`].
    PacedCalls,
}

/// What the producers share.
struct Shared {
    mentions: Vec<Mention>,
    /// Of the next mention, over all rounds through the set.
    next: AtomicUsize,
    began: Instant,
    ends: Instant,
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

/// What one load has come to.
struct Measured {
    acknowledged: Sorted,
    /// After the acknowledgement.
    searchable: Sorted,
    mentions_per_second: f64,
    /// Processor time for each mention, in microseconds.
    server_us: f64,
    client_us: f64,
}

pub(crate) async fn measure(bench: &Bench, seconds: u64, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.fresh_dir("freshness")?)?;
    saved_searches::create(&server.connect().await?, &saved_searches::queries(&bench.mentions)).await?;
    let mut first = 0;
    for (name, load, runs) in [
        ("ingest streams, paced", Load::PacedStreams, Duration::from_secs(seconds)),
        ("ingest streams, as fast as they can", Load::BusyStreams, ASIDE),
        ("callers of one mention a call, paced", Load::PacedCalls, ASIDE),
    ] {
        let measured = produce(&server, &bench.mentions, first, runs, load).await?;
        first += measured.acknowledged.len();
        report.add(format!("{PRODUCERS} {name}, for {} s", runs.as_secs()), measured.mentions_per_second, "mentions/s");
        let mut add = |what: &str, value: f64, target: Option<f64>| match target {
            Some(bound) if load == Load::PacedStreams => report.add_held(what, value, "ms", Target::AtMost(bound)),
            _ => report.add(what, value, "ms"),
        };
        add("  acknowledged, p50", measured.acknowledged.median_ms(), None);
        add("  acknowledged, p99", measured.acknowledged.per_mille_ms(990), Some(ACKNOWLEDGED_MS_MAX));
        add("  acknowledged, p99.9", measured.acknowledged.per_mille_ms(999), None);
        add("  acknowledged until searchable, p50", measured.searchable.median_ms(), None);
        add("  acknowledged until searchable, p99", measured.searchable.per_mille_ms(990), Some(SEARCHABLE_MS_MAX));
        add("  acknowledged until searchable, worst", measured.searchable.per_mille_ms(1000), None);
        report.add("  processor: server", measured.server_us, "µs/mention");
        report.add("  processor: client", measured.client_us, "µs/mention");
    }
    server.stop()
}

/// Lets the producers run.
async fn produce(
    server: &Server,
    mentions: &[Mention],
    first: usize,
    runs: Duration,
    load: Load,
) -> anyhow::Result<Measured> {
    let mut clients = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        clients.push(server.connect().await?);
    }
    let watching = server.connect().await?;
    let (server_before, own_before, began) = (server.seconds()?, own_seconds(), Instant::now());
    let shared = Arc::new(Shared {
        mentions: mentions.to_vec(),
        next: AtomicUsize::new(first),
        began,
        ends: began + runs,
        acknowledged: Mutex::default(),
        newest_seq: AtomicU64::new(0),
    });
    let over = Arc::new(AtomicBool::new(false));
    let watcher = tokio::spawn(watch_searchable(watching, Arc::clone(&shared), Arc::clone(&over)));
    let clients = (0..PRODUCERS).filter_map(|place| clients.get(place % CONNECTIONS).cloned());
    match load {
        Load::PacedStreams | Load::BusyStreams => on_streams(clients, load, &shared).await?,
        Load::PacedCalls => by_calls(clients, &shared).await?,
    }
    let took = began.elapsed();
    over.store(true, Ordering::SeqCst);
    let searchable_at = watcher.await??;
    let all = std::mem::take(&mut *shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
    let count = all.len() as f64;
    let waited = all.iter().map(|one| {
        let place = searchable_at.partition_point(|(seq, _)| *seq < one.seq);
        searchable_at.get(place).map_or(Duration::MAX, |(_, at)| at.saturating_duration_since(one.at))
    });
    Ok(Measured {
        searchable: Sorted::of(waited.collect()),
        acknowledged: Sorted::of(all.iter().map(|one| one.took).collect()),
        mentions_per_second: count / took.as_secs_f64(),
        server_us: (server.seconds()? - server_before) * 1e6 / count,
        client_us: (own_seconds() - own_before) * 1e6 / count,
    })
}

impl Shared {
    /// The next mention as a message of its own.
    fn message(&self) -> IngestRequest {
        IngestRequest { mentions: vec![numbered(&self.mentions, self.next.fetch_add(1, Ordering::Relaxed))] }
    }

    /// When the mention of that place is due; all producers together keep the pace.
    fn due(&self, place: u32) -> Instant {
        self.began + Duration::from_secs(1) * place / MENTIONS_PER_SECOND
    }

    fn keep(&self, mut acknowledged: Vec<Acknowledged>) {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).append(&mut acknowledged);
    }
}

/// A producer's end of its stream, with when what it sends was due.
type Sender = mpsc::UnboundedSender<(IngestRequest, Instant)>;

async fn on_streams(clients: impl Iterator<Item = Client>, load: Load, shared: &Arc<Shared>) -> anyhow::Result<()> {
    let mut readers = JoinSet::new();
    let mut senders: Vec<Sender> = Vec::with_capacity(PRODUCERS);
    for client in clients {
        let (sender, mut outgoing) = mpsc::unbounded_channel::<(IngestRequest, Instant)>();
        let dues = Arc::new(Mutex::new(VecDeque::new()));
        let sent = Arc::clone(&dues);
        let messages = futures_util::stream::poll_fn(move |context| {
            outgoing.poll_recv(context).map(|next| {
                let (message, due) = next?;
                sent.lock().unwrap_or_else(PoisonError::into_inner).push_back(due);
                Some(message)
            })
        });
        let answers = client.ingest().ingest(messages).await?.into_inner();
        let again = (load == Load::BusyStreams).then(|| sender.clone());
        readers.spawn(read_answers(answers, dues, again, Arc::clone(shared)));
        senders.push(sender);
    }
    match load {
        Load::BusyStreams => senders.iter().try_for_each(|sender| sender.send((shared.message(), Instant::now())))?,
        _ => {
            for (place, sender) in (0..).zip(senders.iter().cycle()) {
                let due = shared.due(place);
                if due >= shared.ends {
                    break;
                }
                if due > Instant::now() {
                    tokio::time::sleep_until(due.into()).await;
                }
                sender.send((shared.message(), due))?;
            }
        }
    }
    drop(senders);
    while let Some(ended) = readers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Reads the acknowledgements of one stream to its end; where `again` is given, each makes it send the next mention.
async fn read_answers(
    mut answers: Streaming<ascolto::proto::v1::IngestResponse>,
    dues: Arc<Mutex<VecDeque<Instant>>>,
    mut again: Option<Sender>,
    shared: Arc<Shared>,
) -> anyhow::Result<()> {
    let mut own = Vec::new();
    while let Some(answer) = answers.message().await? {
        let at = Instant::now();
        for acknowledgement in answer.acknowledgements {
            anyhow::ensure!(acknowledgement.seq > 0, "not recorded: {acknowledgement:?}");
            let due = dues.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            shared.newest_seq.fetch_max(acknowledgement.seq, Ordering::SeqCst);
            own.push(Acknowledged { seq: acknowledgement.seq, at, took: due.map_or(Duration::MAX, |due| at - due) });
            if at >= shared.ends {
                again = None;
            }
            if let Some(sender) = &again {
                sender.send((shared.message(), at))?;
            }
        }
    }
    shared.keep(own);
    Ok(())
}

async fn by_calls(clients: impl Iterator<Item = Client>, shared: &Arc<Shared>) -> anyhow::Result<()> {
    let mut producers = JoinSet::new();
    for (place, client) in (0..).zip(clients) {
        let shared = Arc::clone(shared);
        producers.spawn(async move {
            let mut service = client.ingest();
            let mut own = Vec::new();
            for place in (place..).step_by(PRODUCERS) {
                let due = shared.due(place);
                if due >= shared.ends {
                    break;
                }
                tokio::time::sleep_until(due.into()).await;
                let mentions = shared.message().mentions;
                let answer = service.ingest_batch(IngestBatchRequest { mentions }).await?.into_inner();
                let at = Instant::now();
                let seq = answer.acknowledgements.first().map_or(0, |acknowledgement| acknowledgement.seq);
                anyhow::ensure!(seq > 0, "not recorded: {:?}", answer.acknowledgements);
                shared.newest_seq.fetch_max(seq, Ordering::SeqCst);
                own.push(Acknowledged { seq, at, took: at - due });
            }
            shared.keep(own);
            anyhow::Ok(())
        });
    }
    while let Some(ended) = producers.join_next().await {
        ended??;
    }
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
