use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::{
        escape::escape,
        style::{BAD, GOOD, styled},
    },
    time_argument,
};
use crate::{
    base::limits::VERIFY_QUERIES_MAX,
    client::Client,
    proto::v1::{CheckQueryRequest, VerifyDifference, VerifyQueriesRequest},
};

/// Check that the server keeps its promises on its own data.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Check that a search finds exactly what would match live: a file with a query on each line, or what `ascolto saved
    /// list --output json` prints
    #[arg(long, value_name = "FILE", required = true)]
    queries: PathBuf,
    /// Zone of dates without a time, e.g. Europe/Rome, where a line does not bring its own; UTC where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    time_zone: String,
}

/// A query and where it came from.
struct Line {
    number: usize,
    query: String,
    time_zone: String,
}

/// What is read of a saved search.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    query: String,
    #[serde(default)]
    time_zone: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    time_argument::zone(&arguments.time_zone)
        .map_err(|message| Failure::WrongUsage(format!("--time-zone: {message}")))?;
    let mut lines = read(&arguments.queries, &arguments.time_zone)?;
    let client = Client::connect(server).await?;
    check(&client, &lines, &arguments.queries, output).await?;
    let queries = lines.len();
    lines.sort_by(|one, other| one.time_zone.cmp(&other.time_zone));
    let mut sum = Sum::default();
    for zone in lines.chunk_by(|one, other| one.time_zone == other.time_zone) {
        for batch in zone.chunks(VERIFY_QUERIES_MAX) {
            verify(&client, batch, &mut sum, output).await?;
        }
    }
    let verdict = format!(
        "{queries} queries, {} mentions, {} matches at seq {}: {} differences",
        sum.mentions, sum.matches, sum.seq, sum.differences
    );
    if sum.differences > 0 {
        output.note(&styled(BAD, &verdict))?;
        return Err(Failure::Told);
    }
    output.note(&styled(GOOD, &verdict))?;
    Ok(Exit::Done)
}

/// The queries of a file; empty lines are none.
fn read(path: &Path, time_zone: &str) -> Result<Vec<Line>, Failure> {
    let named = |error: std::io::Error| Failure::Failed(format!("cannot read {}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(named)?;
    let written = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lines: Vec<Line> = written
        .map(|(at, line)| match serde_json::from_str::<Saved>(line) {
            Ok(saved) => Line { number: at + 1, query: saved.query, time_zone: saved.time_zone },
            Err(_) => Line { number: at + 1, query: line.trim().to_owned(), time_zone: time_zone.to_owned() },
        })
        .collect();
    if lines.is_empty() {
        return Err(Failure::WrongUsage(format!("{} has no query; write one on each line", path.display())));
    }
    Ok(lines)
}

/// Tells what is wrong with any of the queries before the work begins.
async fn check(client: &Client, lines: &[Line], path: &Path, output: &mut Output) -> Result<(), Failure> {
    let mut wrong = 0;
    for line in lines {
        let request = CheckQueryRequest { query: line.query.clone(), time_zone: line.time_zone.clone() };
        let answer = client.search().check_query(request).await?.into_inner();
        if !answer.valid {
            wrong += 1;
            output.complaint(&format!("{}, line {}:", path.display(), line.number))?;
            query_problems::tell(&line.query, &answer.problems, output)?;
        }
    }
    if wrong > 0 { Err(Failure::Told) } else { Ok(()) }
}

/// What all batches together have found.
#[derive(Default)]
struct Sum {
    seq: u64,
    mentions: u64,
    matches: u64,
    differences: u64,
}

async fn verify(client: &Client, batch: &[Line], sum: &mut Sum, output: &mut Output) -> Result<(), Failure> {
    let request = VerifyQueriesRequest {
        queries: batch.iter().map(|line| line.query.clone()).collect(),
        time_zone: batch.first().map_or_else(String::new, |line| line.time_zone.clone()),
    };
    let mut reports = client.system().verify_queries(request).await?.into_inner();
    let bar = if output.shows_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} versions, {eta} left") {
        bar.set_style(style);
    }
    let mut last = None;
    while let Some(report) = reports.message().await? {
        bar.set_length(report.versions);
        bar.set_position(report.versions_checked);
        if output.is_json() {
            output.json_line(&report)?;
        } else {
            for difference in &report.differences {
                bar.suspend(|| output.line(&told(difference, batch)))?;
            }
        }
        last = Some(report);
    }
    bar.finish_and_clear();
    // A stream that just ends has proved nothing.
    let Some(last) = last.filter(|last| last.versions_checked == last.versions) else {
        return Err(Failure::Failed("the server stopped before everything was verified; try again".to_owned()));
    };
    sum.seq = last.seq;
    sum.mentions = last.mentions_checked;
    sum.matches += last.matches;
    sum.differences += last.differences_found;
    Ok(())
}

fn told(difference: &VerifyDifference, batch: &[Line]) -> String {
    let line = usize::try_from(difference.query).ok().and_then(|at| batch.get(at));
    let (number, query) = line.map_or((0, ""), |line| (line.number, line.query.as_str()));
    let says = |matches: bool| if matches { "matches" } else { "does not" };
    format!(
        "{} (seq {}): search {}, live {}, right: {}; line {number}: {}",
        escape(&difference.name),
        difference.seq,
        if difference.index { "finds it" } else { "does not find it" },
        says(difference.matcher),
        says(difference.evaluator),
        escape(query),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_queries_and_saved_searches() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "battery AND NOT 'x'\n\n{\"id\":\"a\",\"query\":\"акция\",\"timeZone\":\"Europe/Rome\"}\n{Apple}\n",
        )
        .unwrap();
        let lines = read(file.path(), "Asia/Tokyo").unwrap_or_default();
        let read: Vec<_> = lines.iter().map(|line| (line.number, &*line.query, &*line.time_zone)).collect();
        assert_eq!(
            read,
            [(1, "battery AND NOT 'x'", "Asia/Tokyo"), (3, "акция", "Europe/Rome"), (4, "{Apple}", "Asia/Tokyo"),]
        );
    }
}
