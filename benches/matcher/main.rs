//! How fast the matcher is on real mentions, from a mention's text to the list of queries it matches.
//!
//! `cargo bench --bench matcher -- [scale|million|hot|filters|churn]... [--json]`
//!
//! One thread; times are processor time of it. Mentions come from `load.ndjson.gz` in the folder that `ASCOLTO_DATA` names;
//! queries are made of their words, the same way every time. What the load is stands in `queries.rs`, what the figures are
//! held against in `docs/performance.md`.

mod churn;
mod clock;
mod figures;
mod mentions;
mod queries;
#[path = "../main_job/report.rs"]
mod report;
mod vocabulary;

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use report::Report;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the matcher on real mentions.
#[derive(Debug, Parser)]
#[command(name = "matcher")]
struct Arguments {
    /// What to measure; everything where not given
    figures: Vec<Measured>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measured {
    /// 100,000 queries
    Scale,
    /// A million queries
    Million,
    /// A word that a tenth of a million queries watch
    Hot,
    /// 10,000 queries of nothing but filters beside 100,000
    Filters,
    /// 10,000 queries come and go beside a million while mentions are matched
    Churn,
}

impl Measured {
    const ALL: [Self; 5] = [Self::Scale, Self::Filters, Self::Million, Self::Hot, Self::Churn];
}

/// Mentions whose words queries are made of and frequencies are learnt from.
const KNOWN_MENTIONS: usize = 40_000;
/// Mentions that are matched; none of them is among those.
const STREAM_MENTIONS: usize = 10_000;

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
    let mut known =
        mentions::read(&file, KNOWN_MENTIONS + STREAM_MENTIONS).with_context(|| file.display().to_string())?;
    let stream = known.split_off(KNOWN_MENTIONS.min(known.len() * 4 / 5));
    let mut report = Report::new(stream.len());
    let bench = figures::Bench::new(&known, stream);
    drop(known);
    let chosen = if arguments.figures.is_empty() { Measured::ALL.to_vec() } else { arguments.figures };
    for figure in chosen {
        match figure {
            Measured::Scale => figures::scale(&bench, &mut report)?,
            Measured::Million => figures::million(&bench, &mut report)?,
            Measured::Hot => figures::hot(&bench, &mut report)?,
            Measured::Filters => figures::filters(&bench, &mut report)?,
            Measured::Churn => churn::measure(&bench, &mut report)?,
        }
    }
    if arguments.json {
        report.write_json(&mut out)?;
    } else {
        report.write_table(&mut out)?;
    }
    Ok(())
}
