//! A mention matches live if and only if a search finds it: random queries against random mentions, held against each other in
//! the index, the matcher's set and the plain evaluator. The vocabulary is small, so that matches and near misses are common.

mod mentions;
mod queries;

use std::{cell::Cell, collections::BTreeMap};

use ascolto::{
    base::{Seq, Timestamp},
    index,
    matcher::{Clause, ClauseKind, QueryId, QuerySet, evaluate, explain},
    model::Version,
    query::{Document, Node, Query, document},
};
use mentions::{Step, moment, steps};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use queries::queries;

/// Evaluations of one mention by one query that the long run makes at least; `ASCOLTO_LONG_TESTS=1` asks for it.
const LONG_EVALUATIONS: u64 = 10_000_000;

/// Steps towards the least query and mention that still differ; each plays all mentions again, some milliseconds.
const SHRINK_ITERATIONS_MAX: u32 = 50_000;

/// How much there is of everything.
struct Extent {
    cases: u32,
    steps_max: usize,
    queries: usize,
}

/// The newest version of every mention that lives, after all steps, and the index that was told of each.
fn play(steps: Vec<Step>, dir: &std::path::Path) -> (Vec<Version>, std::sync::Arc<index::Index>) {
    let (mut writer, index) = index::open(dir, "test", Seq(1_000_000)).unwrap();
    let mut heads: BTreeMap<u64, Version> = BTreeMap::new();
    let mut seq = Seq::ZERO;
    for Step { what, commit } in steps {
        let number = what.as_ref().map_or_else(|number| *number, |version| version.number.0);
        let before = heads.get(&number).cloned();
        let version = match (what, before.clone()) {
            // What is deleted stays so.
            (_, Some(before)) if before.deleted => continue,
            (Err(_), None) => continue,
            (Err(_), Some(before)) => Version { deleted: true, ..before },
            (Ok(state), _) => *state,
        };
        seq = seq.next();
        let previous_seq = before.map_or(Seq::ZERO, |before| before.seq);
        let version = Version { seq, previous_seq, ..version };
        writer.apply(&version).unwrap();
        heads.insert(number, version);
        // Several segments, as in life, and merges of them.
        if commit {
            writer.commit(seq).unwrap();
        }
    }
    writer.commit(seq).unwrap();
    (heads.into_values().filter(|version| !version.deleted).collect(), index)
}

/// What went wrong, in as few words as it takes to do it again.
fn differs(what: &str, query: &Query, version: &Version, right: bool) -> TestCaseError {
    TestCaseError::fail(format!(
        "{what} says {}, right is {right}\nquery: {query}\ntree: {:?}\nmention in {}: {:?}",
        !right, query.root, version.understanding.language.code, version.mention,
    ))
}

/// An explanation says what the evaluator says, of the whole and of each part, with places that lie in the texts; and something
/// decides where the whole does not match.
fn check_explanation(
    query: &Query,
    version: &Version,
    document: &Document,
    now: Timestamp,
) -> Result<(), TestCaseError> {
    fn check(
        clause: &Clause,
        node: &Node,
        version: &Version,
        document: &Document,
        now: Timestamp,
    ) -> Result<(), TestCaseError> {
        prop_assert_eq!(clause.matched, evaluate(node, document, now), "{}", clause.text);
        for (field, span) in &clause.places {
            prop_assert!(clause.matched);
            prop_assert!(document::text(version, *field).get(span.range()).is_some_and(|place| !place.is_empty()));
        }
        let parts = match node {
            Node::And(parts) | Node::Or(parts) => parts.as_slice(),
            Node::Not(part) => std::slice::from_ref(&**part),
            _ => &[],
        };
        prop_assert_eq!(clause.clauses.len(), parts.len());
        clause.clauses.iter().zip(parts).try_for_each(|(clause, part)| check(clause, part, version, document, now))
    }
    let mut root = explain(&query.root, document, version, now);
    check(&root, &query.root, version, document, now)?;
    let failed = root.failed();
    prop_assert_eq!(failed.is_empty(), root.matched, "{}", query);
    prop_assert!(failed.iter().all(|clause| clause.kind != ClauseKind::And && clause.kind != ClauseKind::Or));
    if root.matched {
        root.prune(5);
        let mut open = vec![&root];
        let mut count = 0;
        while let Some(clause) = open.pop() {
            count += 1;
            prop_assert!(clause.matched, "{}", query);
            open.extend(&clause.clauses);
        }
        prop_assert!(count <= 5);
    }
    Ok(())
}

#[test]
fn index_matcher_and_evaluator_agree() {
    let long = std::env::var_os("ASCOLTO_LONG_TESTS").is_some();
    let extent = if long {
        Extent { cases: u32::MAX, steps_max: 120, queries: 160 }
    } else {
        Extent { cases: 40, steps_max: 24, queries: 40 }
    };
    let (evaluations, matches) = (Cell::new(0_u64), Cell::new(0_u64));
    let case = |(steps, queries): (Vec<Step>, Vec<_>)| {
        let dir = tempfile::tempdir().unwrap();
        let (versions, index) = play(steps, dir.path());
        let now = moment(2);
        let queries: Vec<Query> = queries.into_iter().map(|root| Query { root }).collect();
        let mut set = QuerySet::default();
        for (id, query) in (0..).zip(&queries) {
            set.insert(QueryId(id), query);
        }
        let found: Vec<_> = queries
            .iter()
            .map(|query| index.snapshot().matching_seqs(&query.root, now))
            .collect::<Result<_, _>>()
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        for version in &versions {
            let document = Document::of(version);
            let live = set.matching(&document, now);
            for ((id, query), found) in (0..).zip(&queries).zip(&found) {
                let right = evaluate(&query.root, &document, now);
                if found.contains(version.seq) != right {
                    return Err(differs("the index", query, version, right));
                }
                if live.contains(&QueryId(id)) != right {
                    return Err(differs("the matcher", query, version, right));
                }
                check_explanation(query, version, &document, now)?;
                evaluations.set(evaluations.get() + 1);
                matches.set(matches.get() + u64::from(right));
            }
        }
        // Versions that were changed or deleted since are found by nobody, and pages hold what sets do.
        for query in &queries {
            let all = index.snapshot().matches_after(&query.root, now, Seq::ZERO, 100_000);
            let all = all.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let living = all.iter().all(|found| versions.iter().any(|version| version.seq == found.seq));
            prop_assert!(living, "a version that is outdated is found by {query}");
        }
        Ok(())
    };
    let cases = (steps(extent.steps_max), prop::collection::vec(queries(), extent.queries));
    let mut seed_round = 0;
    loop {
        let config = Config {
            cases: extent.cases.min(40),
            failure_persistence: None,
            max_local_rejects: u32::MAX,
            // Until the query and the mention that differ are as small as they get: a failure of thousands of nodes tells nothing.
            max_shrink_iters: SHRINK_ITERATIONS_MAX,
            ..Config::default()
        };
        if let Err(error) = TestRunner::new(config).run(&cases, case) {
            panic!("{error}");
        }
        seed_round += 1;
        if !long || evaluations.get() >= LONG_EVALUATIONS {
            break;
        }
        println!("{} evaluations after {seed_round} rounds", evaluations.get());
    }
    let (evaluations, matches) = (evaluations.get(), matches.get());
    println!("{evaluations} evaluations, {matches} matches");
    // A test in which nothing matches, or everything, would prove nothing.
    assert!(matches > evaluations / 50 && matches < evaluations * 4 / 5, "{matches} of {evaluations}");
}
