use std::time::Duration;

use jiff::tz::TimeZone;

use super::story::Step;
use crate::{
    cli::{
        exit::Failure,
        output::Output,
        query_problems,
        render::{
            card::card,
            event::event,
            facets::facets,
            marked::one_line,
            style::{DIM, PLACE, STRONG, styled},
            words,
        },
    },
    client::{Client, IngestStream, Watch, WatchItem},
    proto::v1::{
        DeleteRequest, Mention, Outcome, SearchRequest, Sort, SubscribeRequest, SubscribeResponse,
        subscribe_request::Start, subscribe_response::Message as Delivery,
    },
};

/// What the demo's care desk looks at.
const WATCHED: &str = "needs:reply OR sentiment:negative";
/// The longest the server may take to hold a version against the subscription; it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Hits shown of each search.
const HITS_SHOWN: i32 = 3;

/// Searches that show what the server understood: each with what it asks.
const SEARCHES: [(&str, &str, Sort); 5] = [
    ("What still waits for an answer, the widest seen first?", "needs:reply", Sort::Reach),
    ("What makes people angry about the airline?", "brand:nordwind-air AND sentiment:negative", Sort::Newest),
    ("The same trouble in several languages", "bagaż OR 荷物 OR \"boarding pass\" OR המזוודה", Sort::Relevance),
    ("Accents are optional: `caffe` finds `Caffè`", "caffe AND NOT is:own", Sort::Engagement),
    ("What has been answered", "status:answered", Sort::Oldest),
];

/// Feeds the story and prints what comes back.
pub(super) struct Player {
    client: Client,
    watch: Watch,
    ingest: IngestStream,
    pace: Duration,
    last_seq: u64,
}

impl Player {
    /// Opens the live subscription and the ingest stream; live when it returns.
    pub(super) async fn begin(client: &Client, pace: Duration, output: &mut Output) -> Result<Self, Failure> {
        output.note(&format!("a live subscription is open on {}", styled(PLACE, WATCHED)))?;
        let request = SubscribeRequest {
            query: WATCHED.to_owned(),
            start: Some(Start::Now(())),
            // The story waits for the server at every chapter, and a beat is what says "nothing happened".
            heartbeat_seconds: 1,
            ..Default::default()
        };
        let mut watch = Watch::begin(client, request).await?;
        loop {
            if let WatchItem::Delivery(delivery) = next(&mut watch).await?
                && matches!(*delivery, Delivery::CaughtUp(_))
            {
                break;
            }
        }
        Ok(Self { client: client.clone(), watch, ingest: IngestStream::begin(client), pace, last_seq: 0 })
    }

    /// The newest version the story made.
    pub(super) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Carries out one step and shows what happens meanwhile.
    pub(super) async fn play(&mut self, step: Step, output: &mut Output) -> Result<(), Failure> {
        match step {
            Step::Say(text) => {
                self.catch_up(output).await?;
                output.note(&format!("\n{}", styled(STRONG, &text)))?;
            }
            Step::Mention(mention) => {
                output.note(&arrival(&mention, output.width()))?;
                self.send(*mention).await?;
            }
            Step::Delete(name) => {
                output.note(&styled(DIM, &format!("→ deleted at its source: {name}")))?;
                let answer = self.client.ingest().delete(DeleteRequest { name }).await?;
                self.last_seq = answer.get_ref().seq;
            }
        }
        self.pause(output).await
    }

    async fn send(&mut self, mention: Mention) -> Result<(), Failure> {
        let name = words::name(&mention);
        let ended = || Failure::Failed(format!("the server ended the ingest stream at {name}"));
        self.ingest.send(vec![mention]).map_err(|_| ended())?;
        let acknowledgements = self.ingest.acknowledgements().await?.ok_or_else(ended)?;
        for acknowledgement in acknowledgements {
            if acknowledgement.outcome() == Outcome::Rejected {
                let rejection = acknowledgement.rejection.unwrap_or_default();
                return Err(Failure::Failed(format!(
                    "{name} was rejected: {}: {}",
                    rejection.field, rejection.message
                )));
            }
            self.last_seq = self.last_seq.max(acknowledgement.seq);
        }
        Ok(())
    }

    /// Shows events until there was time to read.
    async fn pause(&mut self, output: &mut Output) -> Result<(), Failure> {
        let read = tokio::time::sleep(self.pace);
        tokio::pin!(read);
        loop {
            tokio::select! {
                // First what has happened, then the pause.
                biased;
                item = self.watch.next() => show(&item?, output)?,
                () = &mut read => return Ok(()),
            }
        }
    }

    /// Shows events until everything acknowledged has been held against the subscription.
    pub(super) async fn catch_up(&mut self, output: &mut Output) -> Result<(), Failure> {
        while self.watch.covered_seq() < self.last_seq {
            let item = next(&mut self.watch).await?;
            show(&item, output)?;
        }
        Ok(())
    }
}

async fn next(watch: &mut Watch) -> Result<WatchItem, Failure> {
    match tokio::time::timeout(PATIENCE, watch.next()).await {
        Ok(item) => Ok(item?),
        Err(_) => Err(Failure::Failed(format!("the live stream has been silent for {} s", PATIENCE.as_secs()))),
    }
}

fn show(item: &WatchItem, output: &mut Output) -> Result<(), Failure> {
    let WatchItem::Delivery(delivery) = item else { return Ok(()) };
    let Delivery::Event(one) = &**delivery else { return Ok(()) };
    if output.is_json() {
        return output.json_line(&SubscribeResponse { message: Some(Delivery::Event(one.clone())) });
    }
    for line in event(one, &TimeZone::system(), output.width()) {
        output.line(&line)?;
    }
    output.flush()
}

fn arrival(mention: &Mention, width: usize) -> String {
    let head = format!("→ {} {} ", words::name(mention), words::author(mention));
    let room = width.saturating_sub(head.chars().count());
    styled(DIM, &format!("{head}{}", one_line(&mention.text, &[], "text", room)))
}

/// Runs the telling searches over everything up to `min_seq`.
pub(super) async fn searches(client: &Client, min_seq: u64, output: &mut Output) -> Result<(), Failure> {
    for (asked, query, sort) in SEARCHES {
        let request = SearchRequest {
            query: query.to_owned(),
            sort: sort.into(),
            page_size: HITS_SHOWN,
            facets: vec!["lang".to_owned()],
            min_seq,
            ..Default::default()
        };
        let answer = match client.search().search(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return Err(query_problems::explain(status, client, query, "", output).await?),
        };
        if output.is_json() {
            output.json_line(&answer)?;
            continue;
        }
        let count = answer.total;
        output.line(&format!("\n{}  {}  {count} found", styled(STRONG, asked), styled(PLACE, query)))?;
        for line in facets(&answer.facets) {
            output.line(&format!("  {line}"))?;
        }
        for hit in &answer.hits {
            let Some(version) = &hit.version else { continue };
            for line in card(version, &hit.highlights, &TimeZone::system(), output.width().saturating_sub(2)) {
                output.line(&format!("  {line}"))?;
            }
        }
    }
    output.flush()
}
