//! A thousand live subscribers at once, some of them slow or gone: whether each is told exactly its matches, how soon, and what
//! they cost those who send mentions. And how fast one catches up with all there is.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use ascolto::{
    base::limits::PAGE_SIZE_MAX,
    client::Client,
    proto::v1::{
        Event, SearchRequest, SubscribeRequest, SubscribeResponse, event::Change, subscribe_request::Start,
        subscribe_response::Message,
    },
};
use futures_util::future::try_join_all;
use tokio::{sync::watch, task::JoinHandle};
use tonic::Streaming;

use crate::{
    Bench, bare,
    broken::{Deaf, seconds_until_found},
    feed::{feed, feed_paced},
    freshness::numbered,
    percentile::Sorted,
    report::{Report, Target},
    saved_searches,
    server::{Server, eprint_line, wait_for_followers},
};

/// Connections that the subscribers share.
const CONNECTIONS: usize = 20;
/// Of the rate without subscribers.
const RATE_MIN: f64 = 0.8;
const DELIVERED_MS_MAX: f64 = 50.0;
/// How long mentions come at half of the peak.
const PACED: Duration = Duration::from_secs(30);
/// Of the rate at which a process reads its own log.
const CATCH_UP_MIN: f64 = 0.5;
const FOUND_SECONDS_MAX: f64 = 30.0;

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.fresh_dir("subscribers")?;
    let server = Server::start(&dir)?;
    let client = server.connect().await?;
    let queries = saved_searches::distinct_queries(&bench.mentions);
    let (first, second) = bench.mentions.split_at(bench.mentions.len() / 2);

    let fed = feed(&client, first.to_vec(), |_, _| {}).await?;
    let alone = rate(first.len(), fed.acknowledged - fed.began);
    wait_for_followers(&client, fed.last_seq).await?;

    let began = Instant::now();
    let mut subscribers = subscribe_all(&server, &queries).await?;
    let connecting = began.elapsed().as_secs_f64() * 1e3;
    report.add(format!("{} subscribers connect at once, until the last is live", queries.len()), connecting, "ms");
    // Gets everything later, and costs nobody anything until then.
    let deaf = Deaf::begin(&server.connect().await?).await?;

    let fed = feed(&client, second.to_vec(), |_, _| {}).await?;
    let accompanied = rate(second.len(), fed.acknowledged - fed.began);
    wait_for_followers(&client, fed.last_seq).await?;
    report.add("ingest without subscribers", alone, "mentions/s");
    report.add("ingest with them, as fast as it goes", accompanied, "mentions/s");
    report.add_held("  of that without", accompanied / alone, "×", Target::AtLeast(RATE_MIN));

    let half = alone / 2.0;
    let count = (half * PACED.as_secs_f64()) as usize;
    let again = (0..count).map(|at| numbered(&bench.mentions, bench.mentions.len() + at)).collect();
    let mut acknowledged = HashMap::new();
    let fed = feed_paced(&client, again, half, |acknowledgement, at| {
        acknowledged.insert(acknowledgement.seq, at);
    })
    .await?;
    for subscriber in &mut subscribers {
        subscriber.wait_for(fed.last_seq).await?;
    }
    let told = try_join_all(subscribers.into_iter().map(Subscriber::end)).await?;
    let lateness = |(seq, at): &(u64, Instant)| Some(at.saturating_duration_since(*acknowledged.get(seq)?));
    let late = Sorted::of(told.iter().flat_map(|told| told.events.iter().filter_map(lateness)).collect());
    report.add("mentions come at half of that, to subscribers", half, "mentions/s");
    report.add("  events", late.len() as f64, "");
    report.add("  acknowledged until delivered, p50", late.median_ms(), "ms");
    let worst = late.per_mille_ms(990);
    report.add_held("  acknowledged until delivered, p99", worst, "ms", Target::AtMost(DELIVERED_MS_MAX));

    let wrong = count_wrong(&client, &queries, &told, fed.last_seq).await?;
    report.add_held("subscribers told anything else than a search finds", wrong as f64, "", Target::AtMost(0.0));
    report.add("one that had not read, events it then gets", deaf.read_up_to(fed.last_seq).await? as f64, "");
    report.add("resident memory", server.memory()?.now, "MB");
    let found = seconds_until_found(&server).await?;
    report.add_held("half-open connections, until the last is found", found, "s", Target::AtMost(FOUND_SECONDS_MAX));

    let caught_up = catch_up(&client, fed.last_seq).await?;
    server.stop()?;
    let began = Instant::now();
    let read = rate(bare::versions(&dir)?.len(), began.elapsed());
    report.add("catching up from the first version, all mentions", caught_up, "versions/s");
    report.add("a process that reads its own log", read, "versions/s");
    report.add_held("  catching up, of that", caught_up / read, "×", Target::AtLeast(CATCH_UP_MIN));
    Ok(())
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Everybody comes at the same moment, as after a restart; until the last one is live.
async fn subscribe_all(server: &Server, queries: &[String]) -> anyhow::Result<Vec<Subscriber>> {
    let clients = try_join_all((0..CONNECTIONS).map(|_| server.connect())).await?;
    let subscribe = |(query, client): (&String, &Client)| Subscriber::begin(client.clone(), query.clone());
    let mut subscribers = try_join_all(queries.iter().zip(clients.iter().cycle()).map(subscribe)).await?;
    for subscriber in &mut subscribers {
        subscriber.wait_for(0).await?;
    }
    Ok(subscribers)
}

/// What a subscriber was told.
#[derive(Default)]
struct Told {
    /// When the events of the live stream came, by seq.
    events: Vec<(u64, Instant)>,
    /// Mentions that entered and did not leave.
    inside: BTreeSet<String>,
    /// Events that could not be: of what had entered already, of what had not entered.
    impossible: usize,
}

impl Told {
    fn take(&mut self, event: &Event, at: Instant) {
        if !event.snapshot {
            self.events.push((event.seq, at));
        }
        let mention = event.version.as_ref().and_then(|version| version.mention.as_ref());
        let name = mention.map_or_else(String::new, |mention| format!("{}/{}", mention.platform, mention.external_id));
        let is_possible = match event.change() {
            Change::Entered => self.inside.insert(name),
            Change::Changed => self.inside.contains(&name),
            Change::Left => self.inside.remove(&name),
            Change::Unspecified => false,
        };
        self.impossible += usize::from(!is_possible);
    }
}

/// A subscriber that writes down what came and when.
struct Subscriber {
    reading: JoinHandle<anyhow::Result<Told>>,
    /// It is live, and has been told everything up to this seq.
    evaluated: watch::Receiver<Option<u64>>,
}

impl Subscriber {
    /// Subscribes, beginning with what matches already.
    async fn begin(client: Client, query: String) -> anyhow::Result<Self> {
        let request =
            SubscribeRequest { query, heartbeat_seconds: 1, start: Some(Start::Snapshot(())), ..Default::default() };
        let stream = client.subscriptions().subscribe(request).await?.into_inner();
        let (tell, evaluated) = watch::channel(None);
        Ok(Self { reading: tokio::spawn(read(stream, tell)), evaluated })
    }

    async fn wait_for(&mut self, seq: u64) -> anyhow::Result<()> {
        self.evaluated.wait_for(|evaluated| evaluated.is_some_and(|evaluated| evaluated >= seq)).await?;
        Ok(())
    }

    /// Hangs up; gives what it was told.
    async fn end(self) -> anyhow::Result<Told> {
        drop(self.evaluated);
        self.reading.await?
    }
}

/// Until nobody wants to know how far it is.
async fn read(mut stream: Streaming<SubscribeResponse>, evaluated: watch::Sender<Option<u64>>) -> anyhow::Result<Told> {
    let mut told = Told::default();
    loop {
        let next = tokio::select! {
            next = stream.message() => next?,
            () = evaluated.closed() => return Ok(told),
        };
        let at = Instant::now();
        match next.context("the stream ended")?.message {
            Some(Message::Event(event)) => told.take(&event, at),
            Some(Message::Heartbeat(beat)) => {
                evaluated.send_if_modified(|known| known.is_some() && known.replace(beat.evaluated_seq).is_some());
            }
            Some(Message::CaughtUp(caught_up)) => {
                evaluated.send_replace(Some(caught_up.seq));
            }
            Some(Message::Goodbye(goodbye)) => anyhow::bail!("the server says goodbye: {}", goodbye.reason),
            // Nobody edits what is watched here.
            Some(Message::Begun(_) | Message::Redefined(_)) | None => {}
        }
    }
}

/// How many subscribers were told what cannot be, or do not hold exactly what a search finds.
async fn count_wrong(client: &Client, queries: &[String], told: &[Told], seq: u64) -> anyhow::Result<usize> {
    let mut wrong = 0;
    for (query, told) in queries.iter().zip(told) {
        let found = found(client, query, seq).await?;
        if told.impossible > 0 || told.inside != found {
            wrong += 1;
            let (held, impossible) = (told.inside.len(), told.impossible);
            eprint_line(&format!("{} found, {held} told, {impossible} impossible: {query}", found.len()));
        }
    }
    Ok(wrong)
}

/// Names of all mentions that a search finds.
async fn found(client: &Client, query: &str, seq: u64) -> anyhow::Result<BTreeSet<String>> {
    let mut service = client.search();
    let mut request = SearchRequest {
        query: query.to_owned(),
        page_size: i32::try_from(PAGE_SIZE_MAX)?,
        min_seq: seq,
        ..SearchRequest::default()
    };
    let mut names = BTreeSet::new();
    loop {
        let page = service.search(request.clone()).await?.into_inner();
        let mentions = page.hits.into_iter().filter_map(|hit| hit.version?.mention);
        names.extend(mentions.map(|mention| format!("{}/{}", mention.platform, mention.external_id)));
        if page.next_page_token.is_empty() {
            return Ok(names);
        }
        request.page_token = page.next_page_token;
    }
}

/// How many versions a second a subscriber of everything gets who begins with the first one.
async fn catch_up(client: &Client, last_seq: u64) -> anyhow::Result<f64> {
    let request =
        SubscribeRequest { query: "*".to_owned(), start: Some(Start::AfterSeq(0)), ..SubscribeRequest::default() };
    let began = Instant::now();
    let mut stream = client.subscriptions().subscribe(request).await?.into_inner();
    let mut events = 0;
    while let Some(message) = stream.message().await? {
        match message.message {
            Some(Message::Event(event)) => {
                events += 1;
                anyhow::ensure!(event.seq == events, "event {events} is of version {}", event.seq);
            }
            Some(Message::CaughtUp(_)) => break,
            _ => {}
        }
    }
    anyhow::ensure!(events >= last_seq, "{events} events of {last_seq} versions");
    Ok(events as f64 / began.elapsed().as_secs_f64())
}
