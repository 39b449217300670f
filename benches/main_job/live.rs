//! From the acknowledgement of a mention to its event at a live subscriber.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use ascolto::{
    client::Client,
    proto::v1::{IngestBatchRequest, SubscribeRequest, subscribe_response::Message},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    Bench,
    feed::feed,
    freshness::numbered,
    percentile::Sorted,
    report::{Report, Target},
    saved_searches,
    server::Server,
};

/// What the subscriber watches: about every tenth mention.
const QUERY: &str = "lang:(en OR ru) AND (sentiment:negative OR needs:reply)";
const MEDIAN_MS_MAX: f64 = 2.0;
const LATE_MS_MAX: f64 = 15.0;
/// How long mentions come at a tenth of the peak.
const PACED: Duration = Duration::from_secs(30);
/// Who sends them, one mention a call.
const PRODUCERS: u32 = 16;

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.fresh_dir("live")?)?;
    let client = server.connect().await?;
    saved_searches::create(&client, &saved_searches::queries(&bench.mentions)).await?;

    let subscriber = Subscriber::begin(server.connect().await?).await?;
    let mut acknowledged = Vec::with_capacity(bench.mentions.len());
    let fed = feed(&client, bench.mentions.clone(), |acknowledgement, at| {
        acknowledged.push((acknowledgement.seq, at));
    })
    .await?;
    let peak = bench.mentions.len() as f64 / (fed.acknowledged - fed.began).as_secs_f64();
    let at_peak = subscriber.waits(acknowledged).await?;

    let subscriber = Subscriber::begin(server.connect().await?).await?;
    let acknowledged = paced(&server, bench, Duration::from_secs_f64(10.0 / peak) * PRODUCERS).await?;
    let rate = acknowledged.len() as f64 / PACED.as_secs_f64();
    let waits = subscriber.waits(acknowledged).await?;

    report.add("live: mentions come at a tenth of the peak", rate, "mentions/s");
    report.add("  events", waits.len() as f64, "");
    report.add_held("  acknowledged until event, p50", waits.median_ms(), "ms", Target::AtMost(MEDIAN_MS_MAX));
    report.add_held("  acknowledged until event, p99", waits.per_mille_ms(990), "ms", Target::AtMost(LATE_MS_MAX));
    report.add("live: mentions come at the peak", peak, "mentions/s");
    report.add("  events", at_peak.len() as f64, "");
    report.add("  acknowledged until event, p50", at_peak.median_ms(), "ms");
    report.add("  acknowledged until event, p99", at_peak.per_mille_ms(990), "ms");
    server.stop()
}

/// Sends mentions for a while, each producer one in so much time; gives when each was acknowledged.
async fn paced(server: &Server, bench: &Bench, each: Duration) -> anyhow::Result<Vec<(u64, Instant)>> {
    let began = Instant::now();
    let mut producers = JoinSet::new();
    let count = bench.mentions.len();
    for place in 0..PRODUCERS {
        let client = server.connect().await?;
        let mut due = began + each * place / PRODUCERS;
        // The set has been sent once already: these are its next round.
        let mentions = bench.mentions.iter().skip(place as usize).step_by(PRODUCERS as usize);
        let mentions: Vec<_> = mentions
            .enumerate()
            .map(|(at, _)| numbered(&bench.mentions, count + place as usize + at * PRODUCERS as usize))
            .take((PACED.as_secs_f64() / each.as_secs_f64()) as usize + 1)
            .collect();
        producers.spawn(async move {
            let mut service = client.ingest();
            let mut acknowledged = Vec::new();
            for mention in mentions {
                tokio::time::sleep_until(due.into()).await;
                due += each;
                if due > began + PACED {
                    break;
                }
                let answer = service.ingest_batch(IngestBatchRequest { mentions: vec![mention] }).await?.into_inner();
                let at = Instant::now();
                acknowledged.extend(answer.acknowledgements.first().map(|acknowledged| (acknowledged.seq, at)));
            }
            anyhow::Ok(acknowledged)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = producers.join_next().await {
        all.append(&mut ended??);
    }
    Ok(all)
}

/// A live subscriber that writes down when what came.
struct Subscriber {
    events: mpsc::UnboundedReceiver<(u64, Instant)>,
    /// All events up to this seq have been told.
    evaluated: mpsc::UnboundedReceiver<u64>,
}

impl Subscriber {
    /// Subscribes and waits until it is live.
    async fn begin(client: Client) -> anyhow::Result<Self> {
        let request = SubscribeRequest { query: QUERY.to_owned(), heartbeat_seconds: 1, ..SubscribeRequest::default() };
        let mut stream = client.subscriptions().subscribe(request).await?.into_inner();
        let (told, events) = mpsc::unbounded_channel();
        let (beats, evaluated) = mpsc::unbounded_channel();
        let (live, is_live) = oneshot::channel();
        let mut live = Some(live);
        tokio::spawn(async move {
            while let Ok(Some(message)) = stream.message().await {
                let at = Instant::now();
                // Nobody listens any more: the call ends with this task.
                let is_heard = match message.message {
                    Some(Message::Event(event)) => told.send((event.seq, at)).is_ok(),
                    Some(Message::Heartbeat(beat)) => beats.send(beat.evaluated_seq).is_ok(),
                    Some(Message::CaughtUp(_)) => live.take().is_none_or(|live| live.send(()).is_ok()),
                    Some(Message::Begun(_) | Message::Goodbye(_) | Message::Redefined(_)) | None => true,
                };
                if !is_heard {
                    return;
                }
            }
        });
        is_live.await?;
        Ok(Self { events, evaluated })
    }

    /// How long after its acknowledgement each event came; zero where it was there before.
    async fn waits(mut self, acknowledged: Vec<(u64, Instant)>) -> anyhow::Result<Sorted> {
        let last = acknowledged.iter().map(|(seq, _)| *seq).max().unwrap_or_default();
        while let Some(evaluated) = self.evaluated.recv().await {
            if evaluated >= last {
                break;
            }
        }
        let acknowledged: HashMap<u64, Instant> = acknowledged.into_iter().collect();
        let mut waits = Vec::new();
        while let Ok((seq, at)) = self.events.try_recv() {
            waits.extend(acknowledged.get(&seq).map(|told| at.saturating_duration_since(*told)));
        }
        Ok(Sorted::of(waits))
    }
}
