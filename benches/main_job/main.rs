//! How fast the main job is on real mentions, each figure beside what it is held against in the same run.
//!
//! `cargo bench --bench main_job -- [ingest|search|near|memory|freshness|live|subscribers|claims|stages]... [--mentions N] [--json]`
//!
//! The server runs as a process of its own, as it does in production, and is spoken to over loopback; this process is the
//! client. Both share the processors, so what the client costs is part of every figure. Mentions come from `load.ndjson.gz`
//! in the folder that `ASCOLTO_DATA` names; without it there is nothing to measure. See `docs/performance.md`.

mod bare;
mod broken;
mod claims;
mod feed;
mod freshness;
mod ingest;
mod live;
mod load;
mod near;
mod percentile;
mod report;
mod saved_searches;
mod search;
mod search_queries;
mod server;
mod stages;
mod subscribers;

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use report::Report;

/// As the server has it, so that bare tantivy is not slowed down by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the main job on real mentions.
#[derive(Debug, Parser)]
#[command(name = "main_job")]
pub(crate) struct Arguments {
    /// What to measure; everything where not given
    figures: Vec<Measured>,
    /// Mentions taken from the load set
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    mentions: usize,
    /// How long the freshness is measured, in seconds
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// How often ingest and bare tantivy are run in turn; each counts with its fastest
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// A folder to work in that is kept; `search` uses what `ingest` has left there
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measured {
    /// Rate over gRPC with everything on, beside bare tantivy
    Ingest,
    /// Time of a search over gRPC, beside bare tantivy
    Search,
    /// Time of NEAR, beside AND, and of other forms
    Near,
    /// Resident memory of the server with everything in
    Memory,
    /// Time from the acknowledgement until a search finds it, and of the acknowledgement itself
    Freshness,
    /// Time from the acknowledgement to the event at a subscriber
    Live,
    /// A thousand subscribers at once, slow and broken ones among them
    Subscribers,
    /// Claims and answers of sixty-four agents at a full queue, killed in the middle
    Claims,
    /// Processor time of each stage alone
    Stages,
}

impl Measured {
    const ALL: [Self; 9] = [
        Self::Ingest,
        Self::Search,
        Self::Near,
        Self::Memory,
        Self::Freshness,
        Self::Live,
        Self::Subscribers,
        Self::Claims,
        Self::Stages,
    ];
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut out = io::stdout().lock();
    let folder = std::env::var_os("ASCOLTO_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let file = folder.join("load.ndjson.gz");
    if !file.is_file() {
        writeln!(out, "nothing measured: {} is not there; name its folder in ASCOLTO_DATA", file.display())?;
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(measure(&arguments, &file))?;
    if arguments.json {
        report.write_json(&mut out)?;
    } else {
        report.write_table(&mut out)?;
    }
    Ok(())
}

async fn measure(arguments: &Arguments, file: &std::path::Path) -> anyhow::Result<Report> {
    let mentions = load::read(file, arguments.mentions).with_context(|| file.display().to_string())?;
    let temporary = tempfile::Builder::new().prefix("ascolto-bench-").tempdir()?;
    let bench = Bench { mentions, folder: arguments.keep.clone().unwrap_or_else(|| temporary.path().to_owned()) };
    let chosen = if arguments.figures.is_empty() { Measured::ALL.to_vec() } else { arguments.figures.clone() };
    let mut report = Report::new(bench.mentions.len());
    for figure in chosen {
        match figure {
            Measured::Ingest => ingest::measure(&bench, arguments.rounds, &mut report).await?,
            Measured::Search => search::measure(&bench, &mut report).await?,
            Measured::Near => near::measure(&bench, &mut report).await?,
            Measured::Memory => ingest::measure_memory(&bench, &mut report).await?,
            Measured::Freshness => freshness::measure(&bench, arguments.seconds, &mut report).await?,
            Measured::Live => live::measure(&bench, &mut report).await?,
            Measured::Subscribers => subscribers::measure(&bench, &mut report).await?,
            Measured::Claims => claims::measure(&bench, &mut report).await?,
            Measured::Stages => stages::measure(&bench, &mut report)?,
        }
    }
    Ok(report)
}

/// What every figure is made from.
pub(crate) struct Bench {
    /// The load set, in its order.
    pub(crate) mentions: Vec<ascolto::proto::v1::Mention>,
    folder: PathBuf,
}

impl Bench {
    /// A data directory that does not exist yet.
    pub(crate) fn fresh_dir(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.folder.join(name);
        if dir.exists() {
            std::fs::remove_dir_all(&dir)?;
        }
        std::fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// Where the ingest figure leaves its server's data.
    pub(crate) fn loaded_dir(&self) -> PathBuf {
        self.folder.join("loaded")
    }
}
