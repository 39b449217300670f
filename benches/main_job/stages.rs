//! What each stage of ingest costs alone, on one thread with nothing beside it: where the time goes.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use ascolto::{
    base::{Seq, Timestamp},
    config::IndexConfig,
    enrich::Enricher,
    matcher::{QueryId, QuerySet},
    model::Version,
    proto::v1,
    query::{
        self, Document,
        document::{self, Needed},
    },
    store::{self, StoreOptions},
    text::Tokens,
};
use prost::Message as _;

use crate::{Bench, bare, report::Report, saved_searches};

/// Enough for a steady figure, few enough for a quick one.
const MENTIONS_MAX: usize = 60_000;
/// Mentions in one message and in one durable group.
const GROUP: usize = 500;
/// Each stage so often; the fastest counts.
const ROUNDS: usize = 3;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let loaded = bench.loaded_dir();
    anyhow::ensure!(loaded.is_dir(), "`stages` takes the versions that `ingest` has recorded: measure that before");
    let mut versions = bare::first_versions(&bare::versions(&loaded)?);
    versions.truncate(MENTIONS_MAX);
    let mentions = &bench.mentions[..bench.mentions.len().min(MENTIONS_MAX)];
    let mut add = |stage: &str, took: Duration, count: usize| {
        report.add(format!("stage alone: {stage}"), took.as_secs_f64() * 1e6 / count as f64, "µs/mention");
    };

    let messages: Vec<v1::IngestRequest> =
        mentions.chunks(GROUP).map(|group| v1::IngestRequest { mentions: group.to_vec() }).collect();
    let encode = || messages.iter().map(v1::IngestRequest::encode_to_vec).collect::<Vec<_>>();
    add("client encodes", fastest(encode), mentions.len());
    let encoded = encode();
    let decode = || encoded.iter().filter_map(|bytes| v1::IngestRequest::decode(bytes.as_slice()).ok()).count();
    add("server decodes", fastest(decode), mentions.len());

    let config = IndexConfig::built_in()?;
    let mut brands = QuerySet::default();
    let mut nodes = Vec::new();
    for (id, brand) in (0..).zip(&config.brands) {
        let parsed = query::parse(&brand.query, &jiff::tz::TimeZone::UTC);
        let query = parsed.query.and_then(query::Query::closed).with_context(|| brand.id.clone())?;
        nodes.push(query.root.clone());
        brands.insert(QueryId(id), &query);
    }
    let needed = Needed::to_match(&nodes);
    let now = Timestamp::now();
    let attribute = || {
        versions
            .iter()
            .map(|one| brands.matching(&Document::of_mention(&one.mention, &needed), now).len())
            .sum::<usize>()
    };
    add("brands by query", fastest(attribute), versions.len());
    let enricher = Enricher::new(&config)?;
    let understand = || versions.iter().for_each(|one| drop(black_box(enricher.understand(&one.mention, &[]))));
    add("language, sentiment, intent, needs a reply", fastest(understand), versions.len());

    let store = fastest_of(|| append(bench, &versions))?;
    add("log: encode, SQLite, sync", store, versions.len());

    let cut = |one: &Arc<Version>| Tokens::of(&one.mention.text, document::language(one)).len();
    let tokens = || versions.iter().map(cut).sum::<usize>();
    add("cutting the text into terms", fastest(tokens), versions.len());
    let read = || versions.iter().for_each(|one| drop(black_box(Document::of(one))));
    add("reading a version for queries, terms included", fastest(read), versions.len());
    let mut saved = QuerySet::default();
    for (id, text) in (0..).zip(saved_searches::queries(&bench.mentions)) {
        let parsed = query::parse(&text, &jiff::tz::TimeZone::UTC);
        let query = parsed.query.and_then(query::Query::closed);
        saved.insert(QueryId(id), &query.with_context(|| format!("{text}: {:?}", parsed.problems))?);
    }
    let documents: Vec<Document> = versions.iter().map(|one| Document::of(one)).collect();
    let matches = || documents.iter().map(|document| saved.matching(document, now).len()).sum::<usize>();
    add("1,000 saved searches", fastest(matches), versions.len());
    let matched = documents.iter().filter(|document| !saved.matching(document, now).is_empty()).count();
    let (matched, all) = (matched as f64, versions.len() as f64);

    let index = fastest_of(|| bare::index(&bench.fresh_dir("stage")?, &versions))?;
    add("index: facts, terms, postings, commits", index, versions.len());
    report.add("mentions that match a saved search", 100.0 * matched / all, "%");
    report.add("matches for each mention", matches() as f64 / all, "");
    Ok(())
}

fn fastest<T>(mut stage: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let began = Instant::now();
        black_box(stage());
        began.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or_default()
}

fn fastest_of(stage: impl FnMut() -> anyhow::Result<Duration>) -> anyhow::Result<Duration> {
    let rounds = std::iter::repeat_with(stage).take(ROUNDS).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(rounds.into_iter().min().unwrap_or_default())
}

/// Writes the versions into an empty store as the committer does, without its look at what is there.
fn append(bench: &Bench, versions: &[Arc<Version>]) -> anyhow::Result<Duration> {
    let (mut writer, _) = store::open(&bench.fresh_dir("stage")?, StoreOptions::default())?;
    let versions: Vec<Version> = versions.iter().map(|one| (**one).clone()).collect();
    let began = Instant::now();
    let mut versions = versions.into_iter().peekable();
    while versions.peek().is_some() {
        let mut group = writer.begin()?;
        for version in versions.by_ref().take(GROUP) {
            let (seq, number) = (group.next_seq(), group.new_number());
            group.append(Version { seq, number, previous_seq: Seq::ZERO, ..version })?;
        }
        group.commit()?;
    }
    let took = began.elapsed();
    writer.close()?;
    Ok(took)
}
