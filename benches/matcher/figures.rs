//! Time, memory and the comparison with trying every query.

use std::{hint::black_box, sync::Arc, time::Instant};

use anyhow::ensure;
use ascolto::{
    base::Timestamp,
    matcher::{QueryId, QuerySet, StreamStatistics, evaluate},
    model::Version,
    query::{Document, Query},
};

use crate::{
    clock::{processor_seconds, resident_bytes},
    queries::Maker,
    report::{Report, Target},
    vocabulary::{self, Words},
};

/// What every figure is made from.
pub(crate) struct Bench {
    pub(crate) stream: Vec<Version>,
    pub(crate) languages: Vec<Words>,
    pub(crate) statistics: Arc<StreamStatistics>,
}

/// Each pass over the stream is done so often; of each mention the fastest counts, and of the passes, too.
const PASSES: usize = 5;
/// What figures are held against: posts of a short-message network in all the languages of the set, as the design was measured on.
/// The other mentions, the longest of which have kilobytes, are measured beside them.
fn is_post(version: &Version) -> bool {
    version.mention.name.platform == "twitter"
}

/// Queries for the comparison with the evaluator.
const EVALUATED_QUERIES: usize = 2_000;

impl Bench {
    pub(crate) fn new(known: &[Version], stream: Vec<Version>) -> Self {
        let statistics = Arc::new(StreamStatistics::default());
        known.iter().for_each(|version| statistics.count(&Document::of(version)));
        Self { stream, languages: vocabulary::of(known), statistics }
    }

    /// A set of so many queries, and the bytes it holds.
    pub(crate) fn set(&self, maker: &Maker<'_>, count: usize) -> anyhow::Result<(QuerySet, f64)> {
        let before = resident_bytes();
        let mut failure = None;
        let queries = (0..count).map_while(|number| match maker.query(number) {
            Ok(query) => Some((QueryId(number as u64), query)),
            Err(error) => {
                failure = Some(error);
                None
            }
        });
        let set = QuerySet::of(queries, Arc::clone(&self.statistics));
        failure.map_or(Ok(()), Err)?;
        // The allocator gives back what was freed while it is asked for more.
        drop(black_box(vec![0_u8; 1 << 20]));
        Ok((set, resident_bytes() - before))
    }

    /// Microseconds for a mention: mean, and those below which 50, 99 and 100 of a hundred lie.
    pub(crate) fn time(&self, set: &QuerySet, is_taken: impl Fn(&Version) -> bool) -> Times {
        let stream: Vec<&Version> = self.stream.iter().filter(|version| is_taken(version)).collect();
        let needed = set.needed();
        let (mut found, mut matches) = (Vec::new(), 0);
        let mut fastest = vec![f64::MAX; stream.len()];
        let mut mean = f64::MAX;
        for pass in 0..=PASSES {
            matches = 0;
            let began = processor_seconds();
            for (version, fastest) in stream.iter().zip(&mut fastest) {
                let began = Instant::now();
                set.find(&Document::of_needed(version, &needed), version.recorded_at, &mut found);
                matches += found.len();
                *fastest = fastest.min(began.elapsed().as_secs_f64() * 1e6);
            }
            // The first pass fills the caches and the memory for matching.
            if pass > 0 {
                mean = mean.min((processor_seconds() - began) * 1e6 / stream.len() as f64);
            }
        }
        fastest.sort_by(f64::total_cmp);
        let below = |share: f64| fastest.get((fastest.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
        Times { mean, median: below(0.5), p99: below(0.99), matches: matches as f64 / stream.len() as f64 }
    }
}

pub(crate) struct Times {
    pub(crate) mean: f64,
    pub(crate) median: f64,
    pub(crate) p99: f64,
    pub(crate) matches: f64,
}

pub(crate) fn scale(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let needed = ascolto::query::document::Needed::to_match([
        &read("a").root,
        &read("lang:it sentiment:neutral platform:x").root,
    ]);
    let posts: Vec<&Version> = bench.stream.iter().filter(|version| is_post(version)).collect();
    let letters: usize = posts.iter().map(|version| version.mention.text.len()).sum();
    report.add("posts", posts.len() as f64, "");
    report.add("bytes of a post, mean", letters as f64 / posts.len() as f64, "B");
    let mut took = f64::MAX;
    for _ in 0..PASSES {
        let began = processor_seconds();
        posts.iter().for_each(|version| drop(black_box(Document::of_needed(version, &needed))));
        took = took.min((processor_seconds() - began) * 1e6 / posts.len() as f64);
    }
    report.add("reading a post: cutting its texts, making its facts", took, "µs");
    measure(bench, report, 100_000, (8.0, 20.0), None)
}

pub(crate) fn million(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    measure(bench, report, 1_000_000, (50.0, 150.0), Some(650.0))
}

fn measure(
    bench: &Bench,
    report: &mut Report,
    count: usize,
    (mean_max, p99_max): (f64, f64),
    bytes_max: Option<f64>,
) -> anyhow::Result<()> {
    let maker = Maker::new(&bench.languages, count);
    let (set, bytes) = bench.set(&maker, count)?;
    let tag = |what: &str| format!("{count} queries: {what}");
    let times = bench.time(&set, is_post);
    report.add_held(tag("a post, mean"), times.mean, "µs", Target::AtMost(mean_max));
    report.add(tag("a post, median"), times.median, "µs");
    report.add_held(tag("a post, p99"), times.p99, "µs", Target::AtMost(p99_max));
    report.add(tag("matches of a post"), times.matches, "");
    let of_all = bench.time(&set, |_| true);
    report.add(tag("any mention, mean"), of_all.mean, "µs");
    report.add(tag("any mention, median"), of_all.median, "µs");
    report.add(tag("any mention, p99"), of_all.p99, "µs");
    report.add(tag("matches of any mention"), of_all.matches, "");
    match bytes_max {
        Some(most) => {
            report.add_held(tag("resident memory of a query"), bytes / count as f64, "B", Target::AtMost(most));
        }
        None => report.add(tag("resident memory of a query"), bytes / count as f64, "B"),
    }
    for (what, bytes) in set.bytes() {
        report.add(tag(&format!("of it, {what}")), bytes as f64 / count as f64, "B");
    }
    let census = set.census();
    report.add(tag("places at which one is filed"), census.entries as f64 / count as f64, "");
    report.add(tag("shared sets"), census.shared_sets as f64, "");
    report.add(tag("held against every mention"), census.always as f64, "");
    compare(bench, report, &set, &maker, count, times.mean)
}

/// Trying every query: by its code, and by the evaluator.
fn compare(
    bench: &Bench,
    report: &mut Report,
    set: &QuerySet,
    maker: &Maker<'_>,
    count: usize,
    mean: f64,
) -> anyhow::Result<()> {
    let tag = |what: &str| format!("{count} queries: {what}");
    let needed = set.needed();
    let posts = bench.stream.iter().filter(|version| is_post(version));
    let sample: Vec<&Version> = posts.take((30_000_000 / count).clamp(20, 200)).collect();
    let began = processor_seconds();
    let tried: Vec<Vec<QueryId>> =
        sample.iter().map(|one| set.try_all(&Document::of_needed(one, &needed), one.recorded_at)).collect();
    let linear = (processor_seconds() - began) * 1e6 / sample.len() as f64;
    for (version, tried) in sample.iter().copied().zip(tried) {
        let found = set.matching(&Document::of_needed(version, &needed), version.recorded_at);
        ensure!(found == tried, "the answers differ on {}", version.mention.name);
    }
    report.add_held(tag("quicker than running all their code"), linear / mean, "times", Target::AtLeast(100.0));

    let queries = (0..EVALUATED_QUERIES).map(|number| maker.query(number)).collect::<anyhow::Result<Vec<Query>>>()?;
    let documents: Vec<(Document, Timestamp)> =
        sample.iter().map(|version| (Document::of_needed(version, &needed), version.recorded_at)).collect();
    let began = processor_seconds();
    let mut matches = 0;
    for (document, now) in &documents {
        matches += queries.iter().filter(|query| evaluate(&query.root, document, *now)).count();
    }
    black_box(matches);
    let one = (processor_seconds() - began) * 1e6 / (documents.len() * queries.len()) as f64;
    report.add(tag("quicker than evaluating all their trees"), one * count as f64 / mean, "times");
    Ok(())
}

pub(crate) fn hot(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let count = 1_000_000;
    let mut maker = Maker::new(&bench.languages, count);
    maker.hot = 0.1;
    let (set, _) = bench.set(&maker, count)?;
    let word = maker.hot_word().to_owned();
    let query = read(&word);
    let holds = |version: &Version| evaluate(&query.root, &Document::of(version), version.recorded_at);
    let times = bench.time(&set, holds);
    let name = "a word of 100,000 of 1,000,000 queries: a mention that holds it, mean";
    report.add_held(name, times.mean, "µs", Target::AtMost(150.0));
    report.add("a word of 100,000 of 1,000,000 queries: matches of such a mention", times.matches, "");
    Ok(())
}

pub(crate) fn filters(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let (count, filters) = (100_000, 10_000);
    let maker = Maker::new(&bench.languages, count);
    let of = |filters: usize| -> anyhow::Result<QuerySet> {
        let mut all = (0..count).map(|number| maker.query(number)).collect::<anyhow::Result<Vec<Query>>>()?;
        for number in 0..filters {
            all.push(maker.filter(number)?);
        }
        let numbered = (0..).map(QueryId).zip(all);
        Ok(QuerySet::of(numbered, Arc::clone(&bench.statistics)))
    };
    let (without, with) = (of(0)?, of(filters)?);
    let before = bench.time(&without, is_post);
    let after = bench.time(&with, is_post);
    let name = "10,000 filters beside 100,000 queries: more for a post, mean";
    report.add_held(name, after.mean - before.mean, "µs", Target::AtMost(1.0));
    report.add("10,000 filters: matches more for a post", after.matches - before.matches, "");
    report.add("10,000 filters: classes", with.census().classes as f64, "");
    Ok(())
}

/// A query of the benchmark's own.
#[expect(clippy::expect_used, reason = "it is written here")]
pub(crate) fn read(text: &str) -> Query {
    let parsed = ascolto::query::parse(text, &jiff::tz::TimeZone::UTC);
    parsed.query.and_then(Query::closed).expect("a query")
}
