//! `eval --task replies`: an argument base made of labelled text, one entry an intent, and the mentions it is asked with.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use super::super::{
    exit::{Exit, Failure},
    output::Output,
    render::table::table,
};
use super::percent;
use crate::{
    argument::Ranking,
    learn::{Labelled, LabelledSet, Random},
};

/// Places of the ranking that are looked at.
const PLACES: usize = 3;
/// Of the entries' own text, one of so many is left out and asked, to choose the threshold on.
const LEFT_OUT_EVERY: usize = 10;
/// Repeats the same draw of few examples each time.
const SEED: u64 = 6;

/// Which data sets stand for what, and how many examples an entry gets.
pub(super) struct Asked<'a> {
    pub(super) base: &'a str,
    pub(super) out_of_scope: &'a str,
    pub(super) examples_max: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    entries: usize,
    examples: usize,
    ready_ms: f64,
    questions: usize,
    hit_at_1: f64,
    hit_at_3: f64,
    microseconds_per_question: f64,
    threshold: f32,
    in_scope_kept: f64,
    out_of_scope_questions: usize,
    none_fits: f64,
    thresholds: Vec<Threshold>,
    wrongly_fitting: Vec<Group>,
}

/// What another threshold would do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Threshold {
    threshold: f32,
    left_out_kept: f64,
    in_scope_kept: f64,
    none_fits: f64,
    none_fits_unlabelled: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    intent: String,
    questions: usize,
    none_fits: f64,
}

/// Best scores of questions, with their intents.
struct Scored<'a> {
    intent: &'a str,
    score: f32,
    /// Where the entry of the question's own intent stands, from 0.
    place: Option<usize>,
}

pub(super) fn run(
    files: &[PathBuf],
    questions: &[Labelled],
    asked: &Asked<'_>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let mut set = LabelledSet::default();
    for path in files {
        set.read(path, &[]).map_err(|error| Failure::Failed(error.to_string()))?;
    }
    let of_set = |lines: &'_ [Labelled], name: &str| -> Vec<Labelled> {
        lines.iter().filter(|line| line.set == name && line.intent.is_some()).cloned().collect()
    };
    let mut base = of_set(&set.lines, asked.base);
    Random::new(SEED).shuffle(&mut base);
    let (out_of_scope, questions) = (of_set(&set.lines, asked.out_of_scope), of_set(questions, asked.base));
    if base.is_empty() || questions.is_empty() || out_of_scope.is_empty() {
        return Err(Failure::Failed("the files hold no labelled intents of these sets".to_owned()));
    }
    let (left_out, rest): (Vec<_>, Vec<_>) =
        base.iter().enumerate().partition(|(number, _)| number % LEFT_OUT_EVERY == 0);
    let unnumbered = |lines: Vec<(usize, &'_ Labelled)>| lines.into_iter().map(|(_, line)| line.clone()).collect();
    let (left_out, rest): (Vec<Labelled>, Vec<Labelled>) = (unnumbered(left_out), unnumbered(rest));
    let partial = ranking_of(&rest, asked.examples_max);
    let left_out = scored(&partial.0, &left_out);

    let began = std::time::Instant::now();
    let (ranking, entries, examples) = ranking_of(&base, asked.examples_max);
    let ready_ms = began.elapsed().as_secs_f64() * 1000.0;
    let fits_min = ranking.threshold();
    let began = std::time::Instant::now();
    let inside = scored(&ranking, &questions);
    let microseconds_per_question = began.elapsed().as_secs_f64() * 1e6 / inside.len().max(1) as f64;
    let outside = scored(&ranking, &out_of_scope);
    let unlabelled: Vec<f32> = outside.iter().filter(|it| it.intent == "oos").map(|it| it.score).collect();
    let hit = |places: usize| share(&inside, |it| it.place.is_some_and(|place| place < places));
    let steps = (10..60_u8).step_by(2).map(|step| f32::from(step) / 100.0);
    let mut groups: BTreeMap<&str, Vec<f32>> = BTreeMap::new();
    outside.iter().for_each(|it| groups.entry(it.intent).or_default().push(it.score));
    let mut wrongly_fitting: Vec<Group> = groups
        .into_iter()
        .map(|(intent, scores)| Group {
            intent: intent.to_owned(),
            questions: scores.len(),
            none_fits: share(&scores, |score| *score < fits_min),
        })
        .collect();
    wrongly_fitting.sort_by(|one, other| one.none_fits.total_cmp(&other.none_fits));
    let report = Report {
        entries,
        examples,
        ready_ms,
        questions: inside.len(),
        hit_at_1: hit(1),
        hit_at_3: hit(PLACES),
        microseconds_per_question,
        threshold: fits_min,
        in_scope_kept: share(&inside, |it| it.score >= fits_min),
        out_of_scope_questions: outside.len(),
        none_fits: share(&outside, |it| it.score < fits_min),
        thresholds: steps
            .map(|threshold| Threshold {
                threshold,
                left_out_kept: share(&left_out, |it| it.score >= threshold),
                in_scope_kept: share(&inside, |it| it.score >= threshold),
                none_fits: share(&outside, |it| it.score < threshold),
                none_fits_unlabelled: share(&unlabelled, |score| *score < threshold),
            })
            .collect(),
        wrongly_fitting,
    };
    show(&report, output)
}

/// A ranking with one entry an intent, the number of entries and of examples.
fn ranking_of(lines: &[Labelled], examples_max: Option<usize>) -> (Ranking, usize, usize) {
    let mut entries: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for line in lines {
        let examples = entries.entry(line.intent.as_deref().unwrap_or_default()).or_default();
        if examples_max.is_none_or(|most| examples.len() < most) {
            examples.push((&line.text, line.lang.as_deref().unwrap_or_default()));
        }
    }
    let counts = (entries.len(), entries.values().map(Vec::len).sum());
    (Ranking::of(entries), counts.0, counts.1)
}

fn scored<'a>(ranking: &Ranking, questions: &'a [Labelled]) -> Vec<Scored<'a>> {
    let judge = |line: &'a Labelled| {
        let fit = ranking.suggest(&line.text, line.lang.as_deref().unwrap_or_default(), PLACES);
        let intent = line.intent.as_deref().unwrap_or_default();
        let place = fit.suggestions.iter().position(|it| it.entry == intent);
        Scored { intent, score: fit.suggestions.first().map_or(0.0, |best| best.score), place }
    };
    questions.iter().map(judge).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts")]
fn share<T>(of: &[T], is: impl Fn(&T) -> bool) -> f64 {
    of.iter().filter(|it| is(it)).count() as f64 / of.len().max(1) as f64
}

fn show(report: &Report, output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json_of(report)?;
        return Ok(Exit::Done);
    }
    output.line(&format!(
        "{} entries with {} examples, ready in {:.0} ms; {} questions of {:.0} µs",
        report.entries, report.examples, report.ready_ms, report.questions, report.microseconds_per_question
    ))?;
    output.line(&format!("hit at 1 {}, at 3 {}", percent(report.hit_at_1), percent(report.hit_at_3)))?;
    output.line(&format!(
        "at {:.2}: {} of these kept; none fits {} of {} out of scope",
        report.threshold,
        percent(report.in_scope_kept),
        percent(report.none_fits),
        report.out_of_scope_questions
    ))?;
    output.line("")?;
    let rows: Vec<Vec<String>> = report
        .thresholds
        .iter()
        .map(|it| {
            vec![
                format!("{:.2}", it.threshold),
                percent(it.left_out_kept),
                percent(it.in_scope_kept),
                percent(it.none_fits),
                percent(it.none_fits_unlabelled),
            ]
        })
        .collect();
    let heads = ["threshold", "left out kept", "kept", "none fits", "none fits (oos)"];
    for line in table(&heads, &rows, &[0, 1, 2, 3, 4], output.width()) {
        output.line(&line)?;
    }
    Ok(Exit::Done)
}
