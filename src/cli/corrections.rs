use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{
        escape::escape,
        table::{pairs, table},
        time, words,
    },
};
use crate::{
    base::limits::TAUGHT_LABELS_MIN,
    client::Client,
    proto::v1::{
        GetTaughtRequest, Label, ListLabelsRequest, ListTaughtRequest, PauseTaughtRequest, ResetTaughtRequest,
        ResumeTaughtRequest, SentimentLabel, Taught, TaughtFigures, TaughtState, TaughtTask,
    },
};

/// Share of labels that the server judged right by itself, below which it has been told of little but its mistakes.
const CONFIRMED_MIN: f64 = 0.2;

/// Look after what brands learn from corrections: figures before and after, pausing, forgetting, taking the labels along.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what brands were taught: how many labels, how right the server is without and with it
    Show {
        /// Its id; all brands with labels where not given
        brand: Option<String>,
    },
    /// Have a brand forget its labels; corrections of the mentions themselves stay
    Reset {
        /// Its id
        brand: String,
    },
    /// Judge a brand as before it was taught; its labels stay
    Pause {
        /// Its id
        brand: String,
    },
    /// Judge a brand by what it was taught again
    Resume {
        /// Its id
        brand: String,
    },
    /// Print the labels as NDJSON, as `train` and `eval` read them
    Export {
        /// Only those that teach this brand
        #[arg(long, default_value = "", hide_default_value = true, value_name = "BRAND")]
        brand: String,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::Show { brand: None } => list(&client, output).await?,
        Command::Show { brand: Some(brand) } => {
            show(client.corrections().get_taught(GetTaughtRequest { brand }).await?.get_ref(), output)?;
        }
        Command::Reset { brand } => {
            let taught = client.corrections().reset_taught(ResetTaughtRequest { brand: brand.clone() }).await?;
            told(taught.get_ref(), &format!("`{}` has forgotten its labels", escape(&brand)), output)?;
        }
        Command::Pause { brand } => {
            let taught = client.corrections().pause_taught(PauseTaughtRequest { brand: brand.clone() }).await?;
            told(taught.get_ref(), &format!("`{}` is judged as before it was taught", escape(&brand)), output)?;
        }
        Command::Resume { brand } => {
            let taught = client.corrections().resume_taught(ResumeTaughtRequest { brand: brand.clone() }).await?;
            told(taught.get_ref(), &format!("`{}` is judged by what it was taught", escape(&brand)), output)?;
        }
        Command::Export { brand } => export(&client, brand, output).await?,
    }
    Ok(Exit::Done)
}

fn told(taught: &Taught, said: &str, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() { output.json(taught) } else { output.note(said) }
}

async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let brands = client.corrections().list_taught(ListTaughtRequest {}).await?.into_inner().brands;
    if output.is_json() {
        return brands.iter().try_for_each(|taught| output.json_line(taught));
    }
    if brands.is_empty() {
        return output.note("nothing is corrected yet; `ascolto correct` says what a mention is");
    }
    let rows: Vec<Vec<String>> = brands
        .iter()
        .map(|taught| {
            let task = |task: &Option<TaughtTask>| task.as_ref().map_or_else(String::new, |task| short(task, taught));
            vec![
                escape(&taught.brand).into_owned(),
                taught.labels.to_string(),
                task(&taught.sentiment),
                task(&taught.needs_reply),
            ]
        })
        .collect();
    let head = ["brand", "labels", "sentiment", "needs a reply"];
    table(&head, &rows, &[1], output.width()).iter().try_for_each(|line| output.line(line))
}

/// `in effect: 54.3 → 66.1`
fn short(task: &TaughtTask, taught: &Taught) -> String {
    match (&task.before, &task.after) {
        (Some(before), Some(after)) => {
            format!("{}: {} → {}", state(task, taught), percent(before.macro_f1), percent(after.macro_f1))
        }
        _ => state(task, taught),
    }
}

fn state(task: &TaughtTask, taught: &Taught) -> String {
    let paused = if taught.paused { ", paused" } else { "" };
    let state = match task.state() {
        TaughtState::Unspecified => "unknown",
        TaughtState::TooFew => return format!("{} of {TAUGHT_LABELS_MIN} labels{paused}", task.labels),
        TaughtState::OneSided => "all labels say the same",
        TaughtState::NotBetter => "not better",
        TaughtState::InEffect => "in effect",
        TaughtState::Paused => return "paused".to_owned(),
        TaughtState::UnknownBrand => "no profile",
    };
    format!("{state}{paused}")
}

fn show(taught: &Taught, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(taught);
    }
    let mut rows = vec![("brand", escape(&taught.brand).into_owned()), ("labels", taught.labels.to_string())];
    let mut only_mistakes = false;
    for (name, task) in [("sentiment", &taught.sentiment), ("needs a reply", &taught.needs_reply)] {
        let Some(task) = task else { continue };
        rows.push((name, state(task, taught)));
        let (Some(before), Some(after)) = (&task.before, &task.after) else { continue };
        only_mistakes |= before.accuracy < CONFIRMED_MIN;
        let since = time::minute(task.since.as_ref(), &TimeZone::system());
        rows.push(("taught by", format!("{} labels of different words, the newest of {since}", task.labels)));
        rows.push(("without it", figures(before)));
        rows.push(("with it", figures(after)));
    }
    for line in pairs(&rows) {
        output.line(&line)?;
    }
    if only_mistakes {
        output.warning(
            "nearly all labels correct the server; say also where it is right (`ascolto correct NAME --confirm`), or it \
             learns from its mistakes alone",
        )?;
    }
    Ok(())
}

fn figures(figures: &TaughtFigures) -> String {
    format!("macro-F1 {}, right {} %", percent(figures.macro_f1), percent(figures.accuracy))
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A label as `train` and `eval` read it.
#[derive(Serialize)]
struct Exported<'a> {
    name: &'a str,
    text: String,
    lang: &'a str,
    set: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
    brands: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    sentiment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_reply: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    intents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<&'a [String]>,
}

async fn export(client: &Client, brand: String, output: &mut Output) -> Result<(), Failure> {
    let mut request = ListLabelsRequest { brand, ..ListLabelsRequest::default() };
    loop {
        let page = client.corrections().list_labels(request.clone()).await?.into_inner();
        for label in &page.labels {
            let line = serde_json::to_string(&exported(label)).map_err(|error| Failure::Failed(error.to_string()))?;
            output.raw(line.as_bytes())?;
            output.raw(b"\n")?;
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

fn exported(label: &Label) -> Exported<'_> {
    let values = label.values.as_ref();
    let sentiment = values.map(crate::proto::v1::CorrectedValues::sentiment);
    Exported {
        name: &label.name,
        text: if label.title.is_empty() { label.text.clone() } else { format!("{}\n{}", label.title, label.text) },
        lang: values.and_then(|values| values.language.as_deref()).unwrap_or(&label.language),
        set: "corrections",
        brand: label.brands.first().map(String::as_str),
        brands: &label.brands,
        sentiment: sentiment.filter(|label| *label != SentimentLabel::Unspecified).map(words::sentiment),
        needs_reply: values.and_then(|values| values.needs_reply),
        intents: values.map(|values| values.intents().map(words::intent).collect()).unwrap_or_default(),
        topics: values.and_then(|values| values.topics.as_ref()).map(|set| set.topics.as_slice()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{learn::Labelled, proto::v1::CorrectedValues};

    #[test]
    fn what_is_exported_is_read_as_labelled_text() {
        let label = Label {
            name: "twitter/1".to_owned(),
            title: "Flight".to_owned(),
            text: "two hours late".to_owned(),
            language: "en".to_owned(),
            values: Some(CorrectedValues { sentiment: SentimentLabel::Negative.into(), ..Default::default() }),
            brands: vec!["nordwind-air".to_owned()],
        };
        let line = serde_json::to_string(&exported(&label)).unwrap();
        let read: Labelled = serde_json::from_str(&line).unwrap();
        let expected = Labelled {
            text: "Flight\ntwo hours late".to_owned(),
            lang: Some("en".to_owned()),
            set: "corrections".to_owned(),
            sentiment: Some("negative".to_owned()),
            brand: Some("nordwind-air".to_owned()),
            ..Labelled::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn a_state_is_told_with_what_is_missing() {
        let task = |state: TaughtState| TaughtTask { state: state.into(), labels: 12, ..Default::default() };
        let taught = Taught::default();
        let paused = Taught { paused: true, ..Taught::default() };
        assert_eq!(short(&task(TaughtState::TooFew), &taught), "12 of 50 labels");
        assert_eq!(short(&task(TaughtState::TooFew), &paused), "12 of 50 labels, paused");
        assert_eq!(short(&task(TaughtState::Paused), &paused), "paused");
        let figures = |macro_f1| Some(TaughtFigures { macro_f1, accuracy: 0.5 });
        let learnt = TaughtTask { before: figures(0.543), after: figures(0.661), ..task(TaughtState::InEffect) };
        assert_eq!(short(&learnt, &taught), "in effect: 54.3 → 66.1");
    }
}
