mod adapt;
mod arguments;
mod replies;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::table::table,
};
use crate::{
    config::IndexConfig,
    enrich::Enricher,
    learn::{self, Evaluation, LabelledSet, Scores, Selection, evaluate, read_known},
};

/// Measure how right the understanding is, on labelled text.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What is measured
    #[arg(long, value_enum, default_value_t = Task::Understanding)]
    task: Task,
    /// Labelled text: NDJSON with `text`, `lang` and a label on each line, also gzipped; with --truth, mentions
    #[arg(required = true, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// What is known of the mentions: NDJSON in the order of the one file of mentions
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Brands, word lists and models instead of the built-in ones
    #[arg(long, value_name = "DIR", env = "ASCOLTO_INDEX_CONFIG")]
    index_config: Option<PathBuf>,
    /// Only texts that `train` holds out of every fit
    #[arg(long)]
    held_out: bool,
    /// Only these data sets, by the `set` of their lines; can be said several times
    #[arg(long, value_name = "SET")]
    set: Vec<String>,
    /// Only these languages, as the labels name them; can be said several times
    #[arg(long, value_name = "CODE")]
    lang: Vec<String>,
    /// Only mentions whose language was told of each by itself, not of their whole collection
    #[arg(long, requires = "truth")]
    labelled_only: bool,
    /// Only texts of at most so many letters and marks
    #[arg(long, value_name = "LETTERS")]
    short: Option<usize>,
    /// Sentiment of each brand after so many of its texts taught it as corrections, measured with the others; can be said several times
    #[arg(long, value_name = "LABELS", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    adapt: Vec<u32>,
    /// With `--task needs-reply`: only one half of the mentions, told by their words
    #[arg(long, value_enum, value_name = "HALF")]
    half: Option<Half>,
    /// With `--task replies`: labelled text that the argument base is made of, one entry an intent
    #[arg(long, value_name = "FILE", requires = "truth")]
    base: Vec<PathBuf>,
    /// With `--task replies`: at most so many examples for each entry
    #[arg(long, value_name = "COUNT")]
    examples: Option<usize>,
    /// With `--task replies`: the data set in `--base` that no entry answers; `--set` names the one that is asked
    #[arg(long, value_name = "SET")]
    out_of_scope: Option<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Task {
    /// Languages and feelings of texts.
    Understanding,
    /// Whether mentions need a reply from their brand: each at its place in the conversation.
    NeedsReply,
    /// Whether the argument base suggests the right entry, and none where none fits.
    Replies,
}

/// Half of the labelled mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Half {
    /// The one that may be looked at while rules and word lists are made.
    Development,
    /// The one that is only measured.
    HeldOut,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    texts: usize,
    microseconds_per_text: f64,
    bytes_per_text: f64,
    language: Option<Figures>,
    sentiment: Option<Figures>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    accuracy: f64,
    /// Of those that got an answer at all.
    accuracy_where_named: f64,
    mean_f1: f64,
    calibration_error: Option<f64>,
    groups: Vec<Group>,
    confusion: Vec<Confusion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    group: String,
    texts: u32,
    accuracy: f64,
    macro_f1: f64,
    macro_recall: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confusion {
    is: String,
    said: String,
    texts: u32,
}

/// Mistakes that are shown in the table.
const CONFUSIONS_SHOWN: usize = 12;

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Failed(error.to_string());
    let config = match &arguments.index_config {
        Some(folder) => IndexConfig::load(folder),
        None => IndexConfig::built_in(),
    };
    let config = config.map_err(|error| failed(&error))?;
    if arguments.task == Task::NeedsReply {
        let half = arguments.half.map(|half| match half {
            Half::Development => learn::Half::Development,
            Half::HeldOut => learn::Half::HeldOut,
        });
        return replies::run(&arguments.data, &config, half, output);
    }
    let enricher = Enricher::new(&config).map_err(|error| failed(&error))?;
    let mut lines = match (&arguments.truth, arguments.data.as_slice()) {
        (Some(truth), [mentions]) => {
            read_known(mentions, truth, arguments.labelled_only).map_err(|error| failed(&error))?
        }
        (Some(_), _) => return Err(Failure::Failed("--truth goes with one file of mentions".to_owned())),
        (None, files) => {
            let mut set = LabelledSet::default();
            for path in files {
                set.read(path, &[]).map_err(|error| failed(&error))?;
            }
            set.lines
        }
    };
    if arguments.task == Task::Replies {
        let ([base], Some(out_of_scope)) = (arguments.set.as_slice(), &arguments.out_of_scope) else {
            let mend =
                "`--task replies` needs one `--set`, which is asked, and `--out-of-scope`, which nothing answers";
            return Err(Failure::Failed(mend.to_owned()));
        };
        let asked = arguments::Asked { base, out_of_scope, examples_max: arguments.examples };
        return arguments::run(&arguments.base, &lines, &asked, output);
    }
    let is_asked = |wanted: &[String], own: &str| wanted.is_empty() || wanted.iter().any(|one| one == own);
    lines.retain(|line| {
        is_asked(&arguments.set, &line.set) && is_asked(&arguments.lang, line.lang.as_deref().unwrap_or(""))
    });
    if !arguments.adapt.is_empty() {
        let labels: Vec<usize> = arguments.adapt.iter().filter_map(|labels| usize::try_from(*labels).ok()).collect();
        return adapt::run(&lines, &enricher, &labels, output);
    }
    let selection = Selection { held_out: arguments.held_out, letters_max: arguments.short };
    let evaluation = evaluate(&lines, &enricher, selection);
    if evaluation.texts == 0 {
        return Err(Failure::Failed(
            "no text is left to judge; look at --set, --lang, --short and --held-out".to_owned(),
        ));
    }
    show(&report(&evaluation), output)
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts and bytes in memory")]
fn report(evaluation: &Evaluation) -> Report {
    let texts = evaluation.texts as f64;
    Report {
        texts: evaluation.texts,
        microseconds_per_text: evaluation.took.as_secs_f64() * 1e6 / texts,
        bytes_per_text: evaluation.bytes as f64 / texts,
        language: figures(&evaluation.language, "und"),
        sentiment: figures(&evaluation.sentiment, "unscored"),
    }
}

fn figures(scores: &Scores, unknown: &str) -> Option<Figures> {
    let all = scores.all();
    if all.count() == 0 {
        return None;
    }
    let groups = scores.groups.iter().map(|(name, score)| Group {
        group: name.clone(),
        texts: score.count(),
        accuracy: score.accuracy(),
        macro_f1: score.macro_f1(),
        macro_recall: score.macro_recall(),
    });
    let mut confusion: Vec<Confusion> = all
        .confusion
        .iter()
        .map(|((is, said), texts)| Confusion { is: is.clone(), said: said.clone(), texts: *texts })
        .collect();
    confusion.sort_by_key(|pair| std::cmp::Reverse(pair.texts));
    let sum = |of: &dyn Fn(&Confusion) -> bool| {
        f64::from(confusion.iter().filter(|it| of(it)).map(|it| it.texts).sum::<u32>())
    };
    let named = sum(&|it| it.said != unknown);
    let right = sum(&|it| it.said == it.is);
    Some(Figures {
        accuracy: all.accuracy(),
        accuracy_where_named: right / named.max(1.0),
        mean_f1: scores.mean_f1(),
        calibration_error: all.calibration_error(),
        groups: groups.collect(),
        confusion,
    })
}

fn show(report: &Report, output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json_of(report)?;
        return Ok(Exit::Done);
    }
    output.line(&format!(
        "{} texts of {:.0} bytes, {:.1} µs each for the whole understanding",
        report.texts, report.bytes_per_text, report.microseconds_per_text
    ))?;
    for (title, figures, with_f1) in [("language", &report.language, false), ("sentiment", &report.sentiment, true)] {
        let Some(figures) = figures else { continue };
        output.line("")?;
        let calibration =
            figures.calibration_error.map_or_else(String::new, |error| format!(", ECE {}", percent(error)));
        let f1 = if with_f1 {
            format!(", macro-F1 {} (mean of languages)", percent(figures.mean_f1))
        } else {
            String::new()
        };
        output.line(&format!(
            "{title}: {} right, {} where it is told{f1}{calibration}",
            percent(figures.accuracy),
            percent(figures.accuracy_where_named)
        ))?;
        let rows: Vec<Vec<String>> = figures
            .groups
            .iter()
            .map(|group| {
                let mut row = vec![group.group.clone(), group.texts.to_string(), percent(group.accuracy)];
                if with_f1 {
                    row.extend([percent(group.macro_f1), percent(group.macro_recall)]);
                }
                row
            })
            .collect();
        let head: &[&str] =
            if with_f1 { &["", "texts", "right", "macro-F1", "recall"] } else { &["", "texts", "right"] };
        for line in table(head, &rows, &[1, 2, 3, 4], output.width()) {
            output.line(&line)?;
        }
        output.line("")?;
        let mistakes = figures.confusion.iter().filter(|pair| pair.is != pair.said).take(CONFUSIONS_SHOWN);
        let rows: Vec<Vec<String>> =
            mistakes.map(|pair| vec![pair.is.clone(), pair.said.clone(), pair.texts.to_string()]).collect();
        for line in table(&["is", "was told as", "texts"], &rows, &[2], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(Exit::Done)
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}
