//! `eval --adapt`: what corrections of one brand bring.

use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    super::{
        exit::{Exit, Failure},
        output::Output,
        render::{escape::escape, table::table},
    },
    percent,
};
use crate::{
    enrich::Enricher,
    learn::{Adaptation, Labelled, adapt},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    brand: String,
    texts: usize,
    labels: usize,
    before: f64,
    after: f64,
    worst: f64,
    best: f64,
    learnt: u32,
    draws: u32,
}

pub(super) fn run(
    lines: &[Labelled],
    enricher: &Enricher,
    labels: &[usize],
    output: &mut Output,
) -> Result<Exit, Failure> {
    let progress = if output.shows_progress() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let adaptations = adapt(lines, enricher, labels, |brand| {
        progress.set_message(escape(brand).into_owned());
        progress.tick();
    });
    progress.finish_and_clear();
    if adaptations.is_empty() {
        let message = "no brand has enough labelled texts: those that --adapt asks for, and 100 to measure by";
        return Err(Failure::Failed(message.to_owned()));
    }
    let lines: Vec<Line> = adaptations.into_iter().map(line).collect();
    if output.is_json() {
        output.json_of(&lines)?;
        return Ok(Exit::Done);
    }
    let row = |line: &Line| {
        vec![
            escape(&line.brand).into_owned(),
            line.texts.to_string(),
            line.labels.to_string(),
            percent(line.before),
            percent(line.after),
            format!("{} to {}", percent(line.worst), percent(line.best)),
            format!("{} of {}", line.learnt, line.draws),
        ]
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    let head = ["brand", "texts", "taught by", "macro-F1 before", "after", "draws", "in effect"];
    for line in table(&head, &rows, &[1, 2, 3, 4, 5, 6], output.width()) {
        output.line(&line)?;
    }
    Ok(Exit::Done)
}

fn line(told: Adaptation) -> Line {
    Line {
        brand: told.brand,
        texts: told.texts,
        labels: told.labels,
        before: told.before,
        after: told.after,
        worst: told.range.0,
        best: told.range.1,
        learnt: told.learnt,
        draws: told.draws,
    }
}
