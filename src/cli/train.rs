use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::table::table,
};
use crate::{
    config::IndexConfig,
    enrich::Enricher,
    learn::{Fitted, LabelledSet, LanguageSettings, Score, SentimentSettings, train_language, train_sentiment},
};

/// Make a model from labelled text.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the model tells
    #[arg(value_enum)]
    task: Task,
    /// Labelled text: NDJSON with `text`, `lang`, `set` and a label on each line, also gzipped
    #[arg(required = true, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Where the models are written: the folder `models` of an index-config
    #[arg(long, value_name = "DIR", default_value = "models")]
    out: PathBuf,
    /// Data sets to leave out, by the `set` of their lines; can be said several times
    #[arg(long, value_name = "SET")]
    without: Vec<String>,
    /// Word lists instead of the built-in ones; what they find is part of what a model of feelings sees
    #[arg(long, value_name = "DIR", env = "ASCOLTO_INDEX_CONFIG")]
    index_config: Option<PathBuf>,
    /// Decides the order of the texts; the same seed and text give the same bytes
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
}

/// What is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Task {
    /// In which language a text is written: one model for each script that languages share.
    Language,
    /// How an author feels: one model for all languages, over what the word lists find.
    Sentiment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    file: String,
    bytes: usize,
    classes: usize,
    examples_held_out: u32,
    accuracy: f64,
    mean_f1: f64,
    calibration_error: f64,
    pass: u32,
    weights_used: usize,
    weights: usize,
    groups: Vec<Group>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    group: String,
    held_out: u32,
    accuracy: f64,
    macro_f1: f64,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut set = LabelledSet::default();
    for path in &arguments.data {
        set.read(path, &arguments.without).map_err(|error| Failure::Failed(error.to_string()))?;
    }
    let read = set.lines.len();
    let progress = if output.shows_progress() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let mut told = |what: &str| {
        progress.set_message(what.to_owned());
        progress.tick();
    };
    let fitted = match arguments.task {
        Task::Language => {
            let settings = LanguageSettings { seed: arguments.seed, ..LanguageSettings::default() };
            train_language(&mut set, &settings, &mut told)
        }
        Task::Sentiment => {
            let enricher = enricher(arguments)?;
            let settings = SentimentSettings { seed: arguments.seed, ..SentimentSettings::default() };
            train_sentiment(&mut set, &enricher, &settings, &mut told).map(|fitted| fitted.into_iter().collect())
        }
    };
    progress.finish_and_clear();
    let fitted = fitted.map_err(|error| Failure::Failed(error.to_string()))?;
    for (reason, count) in &set.left_out {
        output.warning(&format!("left out: {count} texts {reason}"))?;
    }
    if fitted.is_empty() {
        return Err(Failure::Failed(format!("{read} texts were read, and nothing can be learned of them")));
    }
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| Failure::Failed(format!("cannot make {}: {error}", arguments.out.display())))?;
    let reports =
        fitted.iter().map(|fitted| write(fitted, &arguments.out)).collect::<Result<Vec<Report>, Failure>>()?;
    show(&reports, output)
}

fn enricher(arguments: &Arguments) -> Result<Enricher, Failure> {
    let config = match &arguments.index_config {
        Some(folder) => IndexConfig::load(folder),
        None => IndexConfig::built_in(),
    };
    let config = config.map_err(|error| Failure::Failed(error.to_string()))?;
    Enricher::new(&config).map_err(|error| Failure::Failed(error.to_string()))
}

fn write(fitted: &Fitted, folder: &Path) -> Result<Report, Failure> {
    let path = folder.join(format!("{}.model", fitted.model.header().task));
    let bytes = fitted.model.write().map_err(|error| Failure::Failed(error.to_string()))?;
    std::fs::write(&path, &bytes)
        .map_err(|error| Failure::Failed(format!("cannot write {}: {error}", path.display())))?;
    let all = fitted.held_out.all();
    let group = |(name, score): (&String, &Score)| Group {
        group: name.clone(),
        held_out: score.count(),
        accuracy: score.accuracy(),
        macro_f1: score.macro_f1(),
    };
    Ok(Report {
        file: path.display().to_string(),
        bytes: bytes.len(),
        classes: fitted.model.classes().len(),
        examples_held_out: all.count(),
        accuracy: all.accuracy(),
        mean_f1: fitted.held_out.mean_f1(),
        calibration_error: all.calibration_error().unwrap_or_default(),
        pass: fitted.epoch,
        weights_used: fitted.weights_used.0,
        weights: fitted.weights_used.1,
        groups: fitted.held_out.groups.iter().map(group).collect(),
    })
}

fn show(reports: &[Report], output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json_of(&reports)?;
        return Ok(Exit::Done);
    }
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|report| {
            vec![
                report.file.clone(),
                format!("{} KB", report.bytes / 1000),
                report.classes.to_string(),
                report.examples_held_out.to_string(),
                percent(report.accuracy),
                percent(report.mean_f1),
                percent(report.calibration_error),
                report.pass.to_string(),
            ]
        })
        .collect();
    let head = ["model", "size", "classes", "held out", "accuracy", "F1", "ECE", "pass"];
    for line in table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7], output.width()) {
        output.line(&line)?;
    }
    for report in reports {
        output.line("")?;
        let rows: Vec<Vec<String>> = report
            .groups
            .iter()
            .map(|group| {
                vec![group.group.clone(), group.held_out.to_string(), percent(group.accuracy), percent(group.macro_f1)]
            })
            .collect();
        for line in table(&["", "held out", "accuracy", "F1"], &rows, &[1, 2, 3], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(Exit::Done)
}
