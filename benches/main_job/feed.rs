//! Feeds mentions over one ingest stream as fast as they are acknowledged, as a connector does that has a backlog.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use ascolto::{
    client::{Client, IngestStream},
    proto::v1::{Acknowledgement, Mention, Outcome},
};

/// Mentions in one message; a tenth of a second's worth.
const MESSAGE_MENTIONS: usize = 500;

/// Between two messages of a paced feed, where no acknowledgement comes before.
const MESSAGE_EVERY: Duration = Duration::from_millis(4);

/// What became of a feed.
pub(crate) struct Fed {
    pub(crate) began: Instant,
    /// When the last acknowledgement came.
    pub(crate) acknowledged: Instant,
    /// The newest seq acknowledged.
    pub(crate) last_seq: u64,
}

/// Sends all; `told` hears of every acknowledgement with the moment it came.
pub(crate) async fn feed(
    client: &Client,
    mentions: Vec<Mention>,
    mut told: impl FnMut(&Acknowledgement, Instant),
) -> anyhow::Result<Fed> {
    let began = Instant::now();
    let mut stream = IngestStream::begin(client);
    let mut waiting = mentions.into_iter().peekable();
    let mut last_seq = 0;
    loop {
        while waiting.peek().is_some() && stream.room() >= MESSAGE_MENTIONS {
            let message = waiting.by_ref().take(MESSAGE_MENTIONS).collect();
            if stream.send(message).is_err() {
                break;
            }
        }
        if waiting.peek().is_none() {
            stream.finish();
        }
        let Some(acknowledgements) = stream.acknowledgements().await? else { break };
        let now = Instant::now();
        for acknowledgement in &acknowledgements {
            if acknowledgement.outcome() == Outcome::Rejected {
                bail!("rejected: {:?}", acknowledgement.rejection);
            }
            last_seq = last_seq.max(acknowledgement.seq);
            told(acknowledgement, now);
        }
        if waiting.peek().is_none() && stream.unacknowledged() == 0 {
            break;
        }
    }
    waiting.next().is_none().then_some(()).context("the server ended the call")?;
    Ok(Fed { began, acknowledged: Instant::now(), last_seq })
}

/// Sends them at this rate, a few milliseconds' worth in a message, whether or not those before are acknowledged.
pub(crate) async fn feed_paced(
    client: &Client,
    mentions: Vec<Mention>,
    per_second: f64,
    mut told: impl FnMut(&Acknowledgement, Instant),
) -> anyhow::Result<Fed> {
    let began = Instant::now();
    let mut stream = IngestStream::begin(client);
    let (mut sent, mut last_seq) = (0, 0);
    let count = mentions.len();
    let mut waiting = mentions.into_iter();
    loop {
        let due = ((began.elapsed().as_secs_f64() * per_second) as usize).min(count);
        while sent < due {
            let message: Vec<_> = waiting.by_ref().take((due - sent).min(MESSAGE_MENTIONS)).collect();
            sent += message.len();
            if stream.send(message).is_err() {
                bail!("the server ended the call");
            }
        }
        if sent == count {
            stream.finish();
        }
        let answer = match tokio::time::timeout(MESSAGE_EVERY, stream.acknowledgements()).await {
            Ok(answer) => answer?,
            Err(_) => continue,
        };
        let now = Instant::now();
        for acknowledgement in answer.into_iter().flatten() {
            last_seq = last_seq.max(acknowledgement.seq);
            told(&acknowledgement, now);
        }
        if sent == count && stream.unacknowledged() == 0 {
            return Ok(Fed { began, acknowledged: now, last_seq });
        }
    }
}
