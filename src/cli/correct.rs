use clap::Args;
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::detail::detail,
};
use crate::{
    client::Client,
    proto::v1::{
        BrandSet, CorrectRequest, CorrectedValues, GetRequest, Intent, RevertCorrectionRequest, SentimentLabel,
        TopicSet, Version,
    },
};

/// Say what a mention is where the server judged otherwise, or that it was right; both are kept as labels.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: platform/id
    name: String,
    /// How its author feels: negative, neutral, positive, unscored
    #[arg(long, value_name = "LABEL", value_parser = sentiment_of)]
    sentiment: Option<SentimentLabel>,
    /// What its author wants, all of it: question, complaint, request, wish, praise, purchase, thanks; other for none
    #[arg(long, value_name = "INTENT", num_args = 1.., value_delimiter = ',', value_parser = intent_of)]
    intent: Vec<Intent>,
    /// Its language, e.g. it; und for none
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The brands it is about, all of them; none for none
    #[arg(long, value_name = "BRAND", num_args = 1.., value_delimiter = ',')]
    brand: Vec<String>,
    /// What it is about, all of it; none for none
    #[arg(long, value_name = "TOPIC", num_args = 1.., value_delimiter = ',')]
    topic: Vec<String>,
    /// Whether it needs a reply: yes, no
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    needs_reply: Option<bool>,
    /// Sentiment and needs a reply are right as judged: keep that as a label, too
    #[arg(long, conflicts_with_all = ["sentiment", "needs_reply"])]
    confirm: bool,
    /// Take back all that was said of it
    #[arg(long, conflicts_with_all = ["sentiment", "intent", "language", "brand", "topic", "needs_reply", "confirm"])]
    revert: bool,
    /// Who says it
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, env = "ASCOLTO_AGENT")]
    by: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let name = arguments.name.clone();
    let version = if arguments.revert {
        client.corrections().revert_correction(RevertCorrectionRequest { name }).await?.into_inner()
    } else {
        let by = arguments.by.clone();
        let mut values = values(arguments);
        if values.1 {
            let known = client.search().get(GetRequest { name: name.clone() }).await?.into_inner();
            confirm(&known, &mut values.0);
        }
        client.corrections().correct(CorrectRequest { name, values: Some(values.0), by }).await?.into_inner()
    };
    if output.is_json() {
        output.json(&version)?;
    } else {
        for line in detail(&version, &TimeZone::system(), output.width()) {
            output.line(&line)?;
        }
    }
    Ok(Exit::Done)
}

/// What the arguments say, and whether the rest is to be confirmed.
fn values(arguments: Arguments) -> (CorrectedValues, bool) {
    let all = |names: Vec<String>| {
        let is_none = names.iter().all(|name| name == "none");
        (!names.is_empty()).then_some(if is_none { Vec::new() } else { names })
    };
    let values = CorrectedValues {
        language: arguments.language,
        sentiment: arguments.sentiment.unwrap_or_default().into(),
        intents: arguments.intent.into_iter().map(Into::into).collect(),
        needs_reply: arguments.needs_reply,
        brands: all(arguments.brand).map(|brands| BrandSet { brands }),
        topics: all(arguments.topic).map(|topics| TopicSet { topics }),
    };
    (values, arguments.confirm)
}

/// Says of a mention what the server judged.
fn confirm(known: &Version, values: &mut CorrectedValues) {
    let Some(understanding) = &known.understanding else { return };
    if let Some(sentiment) = &understanding.sentiment {
        values.sentiment = sentiment.label;
    }
    values.needs_reply = understanding.needs_reply.as_ref().map(|needs_reply| needs_reply.asked);
}

fn sentiment_of(word: &str) -> Result<SentimentLabel, String> {
    let label = SentimentLabel::from_str_name(&format!("SENTIMENT_LABEL_{}", word.to_uppercase()));
    let known = label.filter(|label| *label != SentimentLabel::Unspecified);
    known.ok_or_else(|| "known are negative, neutral, positive, unscored".to_owned())
}

fn intent_of(word: &str) -> Result<Intent, String> {
    let intent = Intent::from_str_name(&format!("INTENT_{}", word.to_uppercase()));
    let known = intent.filter(|intent| *intent != Intent::Unspecified);
    known.ok_or_else(|| "known are question, complaint, request, wish, praise, purchase, thanks, other".to_owned())
}

fn yes_or_no(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_query_language() {
        assert_eq!(sentiment_of("negative"), Ok(SentimentLabel::Negative));
        assert_eq!(intent_of("complaint"), Ok(Intent::Complaint));
        assert!(sentiment_of("unspecified").is_err() && intent_of("rage").is_err());
        assert_eq!((yes_or_no("yes"), yes_or_no("no")), (Ok(true), Ok(false)));
    }
}
