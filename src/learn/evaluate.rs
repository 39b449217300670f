//! Holds what the server says of labelled texts against their labels.

use std::time::{Duration, Instant};

use super::{Labelled, Scores, Split};
use crate::{
    enrich::Enricher,
    model::{Kind, Mention, MentionName, SentimentLabel},
};

/// Texts between two looks at the clock: one text takes too little time to be measured.
const TIMED_TEXTS: usize = 64;

/// Figures over labelled texts.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Of languages, by the language that is known; `und` counts as wrong.
    pub language: Scores,
    /// Of feelings, by the language that is known.
    pub sentiment: Scores,
    /// Texts judged.
    pub texts: usize,
    /// Bytes of them.
    pub bytes: usize,
    /// How long the whole understanding of all of them took.
    pub took: Duration,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    /// Only texts that training holds out.
    pub held_out: bool,
    /// Only texts with at most so many letters and marks.
    pub letters_max: Option<usize>,
}

impl Selection {
    fn takes(self, text: &str) -> bool {
        (!self.held_out || Split::of(text) == Split::HeldOut)
            && self.letters_max.is_none_or(|max| text.chars().nth(max).is_none())
    }
}

/// Judges every text by itself: no conversation, no author, no rating.
#[must_use]
pub fn evaluate(lines: &[Labelled], enricher: &Enricher, selection: Selection) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let name = MentionName { platform: "labelled".to_owned(), external_id: "1".to_owned() };
    let mut mention = Mention::new(name, Kind::Post, jiff::Timestamp::UNIX_EPOCH);
    let taken: Vec<&Labelled> = lines.iter().filter(|line| selection.takes(&line.text)).collect();
    for some in taken.chunks(TIMED_TEXTS) {
        let mut judged = Vec::with_capacity(TIMED_TEXTS);
        let begun = Instant::now();
        for line in some {
            mention.text.clone_from(&line.text);
            judged.push(enricher.understand(&mention, &[]));
        }
        evaluation.took += begun.elapsed();
        for (line, judged) in some.iter().zip(judged) {
            evaluation.texts += 1;
            evaluation.bytes += line.text.len();
            let known = line.lang.as_deref().unwrap_or("und");
            if known != "und" {
                let said = as_labelled(&judged.language.code, known);
                let confidence = (said != "und").then_some(judged.language.confidence);
                evaluation.language.add(known, known, said, confidence);
            }
            // Labels such as `mixed` are none that the server tells.
            let label = line.sentiment.as_deref().and_then(SentimentLabel::from_word);
            if let Some(sentiment) = label.map(SentimentLabel::word) {
                evaluation.sentiment.add(known, sentiment, judged.sentiment.label.word(), None);
            }
        }
    }
    evaluation
}

/// Labels do not tell romanised Hindi from Hindi, or may name a dialect of Arabic where the server names the language.
fn as_labelled<'a>(said: &'a str, known: &'a str) -> &'a str {
    match (said, known) {
        ("hi-Latn", "hi") | ("ar", "arq" | "ary" | "arz" | "apc" | "arb") => known,
        _ => said,
    }
}
