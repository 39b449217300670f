//! The rate of ingest with everything on, beside bare tantivy on the same mentions; and the memory it takes.

use std::{path::Path, time::Duration};

use ascolto::proto::v1;

use crate::{
    Bench, bare,
    feed::{Fed, feed},
    report::{Report, Target},
    saved_searches,
    server::{Memory, Server, own_seconds, wait_for_followers},
};

/// Of what bare tantivy reaches.
const RATE_MIN: f64 = 0.4;
/// How soon after the last acknowledgement everything can be found.
const SEARCHABLE_MS_MAX: f64 = 1000.0;
/// With the load set in.
const MEMORY_MB_MAX: f64 = 700.0;

/// One run of the server over all mentions.
struct Run {
    fed: Fed,
    /// From the first mention sent until all are acknowledged, found and held against all saved searches.
    took: Duration,
    searchable_ms: f64,
    matched_ms: f64,
    memory: Memory,
    /// Processor seconds by thread of the server, and of the client.
    seconds: Vec<(String, f64)>,
}

pub(crate) async fn measure(bench: &Bench, rounds: usize, report: &mut Report) -> anyhow::Result<()> {
    let mut runs = Vec::new();
    let mut bare_took = Vec::new();
    let mut bare_seconds = f64::MAX;
    for _ in 0..rounds.max(1) {
        runs.push(run(bench, &bench.fresh_dir("loaded")?).await?);
        let versions = bare::first_versions(&bare::versions(&bench.loaded_dir())?);
        let dir = bench.fresh_dir("bare")?;
        let before = own_seconds();
        bare_took.push(tokio::task::block_in_place(|| bare::index(&dir, &versions))?);
        bare_seconds = bare_seconds.min(own_seconds() - before);
    }
    let mentions = bench.mentions.len() as f64;
    let Some(best) = runs.iter().min_by_key(|run| run.took) else { return Ok(()) };
    let bare_took = bare_took.iter().min().copied().unwrap_or_default();
    let rate = mentions / best.took.as_secs_f64();
    let bare_rate = mentions / bare_took.as_secs_f64();
    let until_acknowledged = best.fed.acknowledged - best.fed.began;

    report.add("ingest, everything on", rate, "mentions/s");
    report.add("  until the last acknowledgement", mentions / until_acknowledged.as_secs_f64(), "mentions/s");
    report.add("bare tantivy", bare_rate, "mentions/s");
    report.add_held("ingest, of bare tantivy", rate / bare_rate, "×", Target::AtLeast(RATE_MIN));
    let searchable_ms = runs.iter().map(|run| run.searchable_ms).fold(f64::MAX, f64::min);
    report.add_held("last acknowledged until searchable", searchable_ms, "ms", Target::AtMost(SEARCHABLE_MS_MAX));
    report.add("last acknowledged until matched", best.matched_ms, "ms");
    add_memory(&best.memory, report);
    for (thread, seconds) in &best.seconds {
        report.add(format!("  processor: {thread}"), seconds * 1e6 / mentions, "µs/mention");
    }
    report.add("  processor: bare tantivy", bare_seconds * 1e6 / mentions, "µs/mention");
    Ok(())
}

/// The memory alone, for a quick look.
pub(crate) async fn measure_memory(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let dir = bench.fresh_dir("memory")?;
    let memory = run(bench, &dir).await?.memory;
    add_memory(&memory, report);
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

fn add_memory(memory: &Memory, report: &mut Report) {
    report.add_held("resident memory, load set in", memory.now, "MB", Target::AtMost(MEMORY_MB_MAX));
    report.add("  of it not mapped files", memory.own, "MB");
    report.add("  highest during ingest", memory.peak, "MB");
}

async fn run(bench: &Bench, dir: &Path) -> anyhow::Result<Run> {
    let server = Server::start(dir)?;
    let client = server.connect().await?;
    saved_searches::create(&client, &saved_searches::queries(&bench.mentions)).await?;
    let mentions = bench.mentions.clone();
    let (threads_before, server_before, own_before) = (server.thread_seconds()?, server.seconds()?, own_seconds());

    let fed = feed(&client, mentions, |_, _| {}).await?;
    let followed = wait_for_followers(&client, fed.last_seq).await?;
    let end = fed.acknowledged.max(followed.index).max(followed.matcher);

    let mut seconds = vec![("client".to_owned(), own_seconds() - own_before)];
    let threads = server.thread_seconds()?;
    let mut ended = server.seconds()? - server_before;
    for (name, after) in threads {
        let spent = after - threads_before.get(&name).copied().unwrap_or_default();
        ended -= spent;
        seconds.push((format!("server, {name}"), spent));
    }
    seconds.push(("server, threads that have ended".to_owned(), ended.max(0.0)));

    // What is said to be searchable is found.
    let count = v1::CountRequest { query: "*".to_owned(), min_seq: fed.last_seq, ..v1::CountRequest::default() };
    let count = client.search().count(count).await?.into_inner().count;
    anyhow::ensure!(count == bench.mentions.len() as u64, "{count} mentions are found");
    let memory = server.memory()?;
    server.stop()?;
    let after_last_ms =
        |moment: std::time::Instant| moment.saturating_duration_since(fed.acknowledged).as_secs_f64() * 1e3;
    Ok(Run {
        took: end - fed.began,
        searchable_ms: after_last_ms(followed.index),
        matched_ms: after_last_ms(followed.matcher),
        fed,
        memory,
        seconds,
    })
}
