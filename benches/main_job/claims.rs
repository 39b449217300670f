//! A full queue and sixty-four agents who claim and answer as fast as the server lets them, until it is killed: how many claims a
//! second, and whether every acknowledged one is there afterwards, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use ascolto::{
    client::Client,
    proto::v1::{Author, BatchGetRequest, ClaimNextRequest, CountQueueRequest, Mention, RecordReplyRequest, Status},
};
use futures_util::future::try_join_all;

use crate::{
    Bench,
    feed::feed,
    percentile::Sorted,
    report::{Report, Target},
    server::{Server, wait_for_followers},
};

const AGENTS: usize = 64;
/// Connections that the agents share.
const CONNECTIONS: usize = 8;
const OPEN_MENTIONS: usize = 100_000;
const CLAIMS_PER_SECOND_MIN: f64 = 2000.0;
/// How long they work before the server is killed.
const WORKED: Duration = Duration::from_secs(20);
const NAMES_AT_ONCE: usize = 500;

/// What an agent was told.
struct Done {
    name: String,
    token: u64,
    /// How long the claim took.
    took: Duration,
    is_answered: bool,
}

pub(crate) async fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.fresh_dir("claims")?;
    let server = Server::start(&dir)?;
    let client = server.connect().await?;
    let open = (0..).zip(&bench.mentions).take(OPEN_MENTIONS).map(|(at, mention)| waiting(at, mention)).collect();
    let fed = feed(&client, open, |_, _| {}).await?;
    wait_for_followers(&client, fed.last_seq).await?;
    let counts = client.care().count_queue(CountQueueRequest::default()).await?.into_inner();
    let waiting = counts.urgent + counts.high + counts.normal + counts.low;
    report.add("mentions in the queue", count(waiting), "");

    let clients = try_join_all((0..CONNECTIONS).map(|_| server.connect())).await?;
    let began = Instant::now();
    let agents: Vec<_> = (0..AGENTS)
        .map(|agent| tokio::spawn(work(clients[agent % CONNECTIONS].clone(), format!("agent{agent}"))))
        .collect();
    tokio::time::sleep(WORKED).await;
    // As `kill -9` does.
    drop(server);
    let seconds = began.elapsed().as_secs_f64();
    let mut done = Vec::new();
    for agent in agents {
        done.extend(agent.await?);
    }
    let mut names = BTreeMap::<&str, BTreeSet<u64>>::new();
    for one in &done {
        if !names.entry(&one.name).or_default().insert(one.token) {
            bail!("`{}` was claimed twice with token {}", one.name, one.token);
        }
    }
    let twice = names.values().filter(|tokens| tokens.len() > 1).count();
    let rate = count(done.len() as u64) / seconds;
    report.add_held("  64 agents claim and answer", rate, "claims/s", Target::AtLeast(CLAIMS_PER_SECOND_MIN));
    let waits = Sorted::of(done.iter().map(|one| one.took).collect());
    report.add("  a claim, p50", waits.median_ms(), "ms");
    report.add("  a claim, p99", waits.per_mille_ms(990), "ms");
    report.add_held("  claimed twice", count(twice as u64), "", Target::AtMost(0.0));

    let server = Server::start(&dir)?;
    let lost = lost(&server.connect().await?, &done).await?;
    report.add_held("  lost by the kill in the middle", count(lost), "", Target::AtMost(0.0));
    server.stop()
}

/// A real text of a customer who writes to an airline.
fn waiting(at: usize, mention: &Mention) -> Mention {
    Mention {
        platform: "twitter".into(),
        external_id: format!("open{at}"),
        author: Some(Author { handle: format!("customer{at}"), ..Author::default() }),
        text: format!("@nordwindair where is my suitcase? {}", mention.text),
        in_reply_to: String::new(),
        ..mention.clone()
    }
}

/// Claims and answers until the server is gone.
async fn work(client: Client, agent: String) -> Vec<Done> {
    let mut done = Vec::new();
    loop {
        let began = Instant::now();
        let request = ClaimNextRequest { agent: agent.clone(), ..ClaimNextRequest::default() };
        let Ok(answer) = client.care().claim_next(request).await else { return done };
        let took = began.elapsed();
        let claimed = answer.into_inner().version.and_then(|version| {
            let mention = version.mention?;
            Some((format!("{}/{}", mention.platform, mention.external_id), version.desk?.claim?.token))
        });
        let Some((name, token)) = claimed else { return done };
        let reply = RecordReplyRequest {
            name: name.clone(),
            token,
            by: agent.clone(),
            text: "Found it, it comes tomorrow.".into(),
            ..RecordReplyRequest::default()
        };
        let is_answered = client.care().record_reply(reply).await.is_ok();
        done.push(Done { name, token, took, is_answered });
        if !is_answered {
            return done;
        }
    }
}

/// Acknowledged claims and answers of which nothing is left.
async fn lost(client: &Client, done: &[Done]) -> anyhow::Result<u64> {
    let mut lost = 0;
    for some in done.chunks(NAMES_AT_ONCE) {
        let names = some.iter().map(|one| one.name.clone()).collect();
        let found = client.search().batch_get(BatchGetRequest { names }).await?.into_inner();
        for (one, version) in some.iter().zip(found.versions) {
            let status = version.conversation.as_ref().context("a version without a conversation")?.status();
            let is_there = if one.is_answered {
                status == Status::Answered
            } else {
                status == Status::Answered || version.desk.is_some_and(|desk| desk.claim.is_some())
            };
            lost += u64::from(!is_there);
        }
        lost += found.missing.len() as u64;
    }
    Ok(lost)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn count(count: u64) -> f64 {
    count as f64
}
