//! `eval --task needs-reply`: precision and recall of "needs a reply", and what was judged otherwise than by people.

use std::path::PathBuf;

use serde::Serialize;

use super::super::{
    exit::{Exit, Failure},
    output::Output,
    render::table::table,
};
use super::percent;
use crate::{
    config::IndexConfig,
    learn::{Half, LabelledReply, NEEDED, ReplyEvaluation, Score, evaluate_replies, read_replies},
    model::Evidence,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    mentions: u32,
    accuracy: f64,
    precision: f64,
    recall: f64,
    languages: Vec<Language>,
    reasons: Vec<Reason>,
    mistakes: Vec<Mistake>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Language {
    language: String,
    mentions: u32,
    precision: f64,
    recall: f64,
    accuracy: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    reason: String,
    mentions: u32,
    accuracy: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mistake {
    language: String,
    text: String,
    needs_reply: bool,
    reason: String,
    score: f32,
    evidence: Vec<String>,
}

/// Judges the mentions of files and shows the figures.
pub(super) fn run(
    files: &[PathBuf],
    config: &IndexConfig,
    half: Option<Half>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Failed(error.to_string());
    let mut lines = Vec::new();
    for path in files {
        lines.extend(read_replies(path).map_err(|error| failed(&error))?);
    }
    let evaluation = evaluate_replies(&lines, config, half).map_err(|error| failed(&error))?;
    if evaluation.by_language.all().count() == 0 {
        return Err(Failure::Failed("no mention is left to judge; look at --half".to_owned()));
    }
    show(&report(&lines, &evaluation), output)
}

fn report(lines: &[LabelledReply], evaluation: &ReplyEvaluation) -> Report {
    let all = evaluation.by_language.all();
    let (precision, recall, _) = all.of_class(NEEDED);
    let language = |(name, score): (&String, &Score)| {
        let (precision, recall, _) = score.of_class(NEEDED);
        Language { language: name.clone(), mentions: score.count(), precision, recall, accuracy: score.accuracy() }
    };
    let reason = |(name, score): (&String, &Score)| Reason {
        reason: name.clone(),
        mentions: score.count(),
        accuracy: score.accuracy(),
    };
    let piece = |piece: &Evidence| format!("{} {:+.2}", piece.text, piece.weight);
    let mistakes = evaluation.mistakes.iter().filter_map(|mistake| {
        let line = lines.get(mistake.line)?;
        let needs_reply = &mistake.understanding.needs_reply;
        Some(Mistake {
            language: mistake.understanding.language.code.clone(),
            text: line.text.clone(),
            needs_reply: line.needs_reply,
            reason: line.reason.clone(),
            score: needs_reply.score,
            evidence: needs_reply.evidence.iter().map(piece).collect(),
        })
    });
    Report {
        mentions: all.count(),
        accuracy: all.accuracy(),
        precision,
        recall,
        languages: evaluation.by_language.groups.iter().map(language).collect(),
        reasons: evaluation.by_reason.groups.iter().map(reason).collect(),
        mistakes: mistakes.collect(),
    }
}

fn show(report: &Report, output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json_of(report)?;
        return Ok(Exit::Done);
    }
    output.line(&format!(
        "{} mentions, {} right; needs a reply: precision {}, recall {}",
        report.mentions,
        percent(report.accuracy),
        percent(report.precision),
        percent(report.recall)
    ))?;
    output.line("")?;
    let rows: Vec<Vec<String>> = report
        .languages
        .iter()
        .map(|it| {
            vec![
                it.language.clone(),
                it.mentions.to_string(),
                percent(it.precision),
                percent(it.recall),
                percent(it.accuracy),
            ]
        })
        .collect();
    for line in table(&["", "mentions", "precision", "recall", "right"], &rows, &[1, 2, 3, 4], output.width()) {
        output.line(&line)?;
    }
    output.line("")?;
    let rows: Vec<Vec<String>> = report
        .reasons
        .iter()
        .map(|it| vec![it.reason.clone(), it.mentions.to_string(), percent(it.accuracy)])
        .collect();
    for line in table(&["labelled", "mentions", "right"], &rows, &[1, 2], output.width()) {
        output.line(&line)?;
    }
    Ok(Exit::Done)
}
