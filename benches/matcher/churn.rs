//! Queries that come and go while mentions are matched.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use ascolto::{
    matcher::{Merge, QueryId},
    query::{Document, Query},
};

use crate::{
    figures::Bench,
    queries::Maker,
    report::{Report, Target},
};

/// In the set from the beginning.
const COUNT: usize = 1_000_000;
/// Added, and as many removed.
const CHANGES: usize = 10_000;
/// As the server has it.
const WORK: Duration = Duration::from_millis(1);
const REST: Duration = Duration::from_millis(1);

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let maker = Maker::new(&bench.languages, COUNT);
    let (mut set, _) = bench.set(&maker, COUNT)?;
    let fresh = (COUNT..COUNT + CHANGES).map(|number| maker.query(number)).collect::<anyhow::Result<Vec<Query>>>()?;
    let (results, merged) = mpsc::channel();
    let (mut adding, mut removing, mut swapping) = (Vec::new(), Vec::new(), Vec::new());
    let mut mentions = bench.stream.iter().cycle();
    let mut found = Vec::new();
    let mut matching = Vec::new();
    let mut merges = 0;
    let mut retired = Vec::new();
    for (number, query) in fresh.iter().enumerate() {
        // The base is made anew in the middle of it.
        if number == CHANGES / 2 {
            let began = Instant::now();
            let merge = set.begin_merge();
            swapping.push(began.elapsed());
            if let Some(merge) = merge {
                let results = results.clone();
                std::thread::spawn(move || {
                    let mut merge: Merge = merge.paced(WORK, REST);
                    // Nobody waits for it only if the measurement has failed.
                    let _ = results.send(merge.run());
                });
            }
        }
        if let Ok(result) = merged.try_recv() {
            let began = Instant::now();
            retired.push(set.finish_merge(result));
            swapping.push(began.elapsed());
            merges += 1;
        }
        let began = Instant::now();
        set.insert(QueryId((COUNT + number) as u64), query);
        adding.push(began.elapsed());
        let began = Instant::now();
        set.remove(QueryId((number * 97 % COUNT) as u64));
        removing.push(began.elapsed());
        for version in mentions.by_ref().take(2) {
            let began = Instant::now();
            set.find(&Document::of_needed(version, &set.needed()), version.recorded_at, &mut found);
            matching.push(began.elapsed());
        }
    }
    if merges == 0 {
        let result = merged.recv()?;
        let began = Instant::now();
        retired.push(set.finish_merge(result));
        swapping.push(began.elapsed());
    }
    let mut name = |what: &str, times: &mut Vec<Duration>| {
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
        report.add(format!("beside 1,000,000 queries: {what}, median"), at(0.5), "µs");
        let target = if what == "adding one" { Target::AtMost(50.0) } else { Target::AtMost(1_000.0) };
        report.add_held(format!("beside 1,000,000 queries: {what}, p99"), at(0.99), "µs", target);
        report.add_held(format!("beside 1,000,000 queries: {what}, longest"), at(1.0), "µs", Target::AtMost(1_000.0));
    };
    name("adding one", &mut adding);
    name("removing one", &mut removing);
    name("sealing the delta or putting a new base in place", &mut swapping);
    name("matching a mention meanwhile", &mut matching);
    Ok(())
}
