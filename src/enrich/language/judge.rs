use hashbrown::HashMap;

use super::{
    models::{Best, Models, Said},
    statistics::Statistics,
    votes::{Poll, Votes, script_of},
    wrote::Wrote,
};
use crate::{
    config::LanguageProfile,
    enrich::{
        reading::{Reading, TokenKind},
        script::Script,
    },
    linear::LinearModel,
    model::{Evidence, EvidenceKind, Language, LanguageEvidence},
};

/// Fewer letters than this in a script that languages share are too few.
const LETTERS_MIN: u32 = 3;
/// Fewer Han letters than this without kana are as likely a Japanese name or title as Chinese.
const HAN_LETTERS_MIN: u32 = 3;
/// A model is believed from this probability on; 7 to 9 of 10 below it are wrong or languages it does not know.
const MODEL_ALONE: f32 = 0.7;
/// A model is believed from here on where neither statistics nor frequent words say anything else.
const MODEL_AT_LAST: f32 = 0.4;
/// A model that letter statistics agree with is believed from here on.
const MODEL_WITH_STATISTICS: f32 = 0.35;
/// The words and the author's past together are believed from here on.
const MODEL_WITH_HISTORY: f32 = 0.5;
/// Letter statistics are believed from here on where the model is not.
const STATISTICS_ALONE: f32 = 0.6;
/// So many frequent words more than the next language has are believed where nothing else is sure.
const LEAD_DECIDES: usize = 2;
/// Words of one text that statistics read; their cost grows with each letter.
const STATISTICS_LETTERS_MAX: usize = 600;

/// Name of the evidence that the author's earlier mentions give.
const HISTORY_FACT: &str = "the author wrote in it before";

/// Judges languages.
pub(in crate::enrich) struct LanguageJudge {
    models: Models,
    votes: HashMap<Script, Votes>,
    statistics: Statistics,
}

impl LanguageJudge {
    pub(in crate::enrich) fn new(
        profiles: &[LanguageProfile],
        find_model: impl Fn(&str) -> Option<LinearModel>,
    ) -> Self {
        let votes = Script::ALL
            .into_iter()
            .map(|script| {
                let of_script: Vec<LanguageProfile> =
                    profiles.iter().filter(|profile| script_of(profile) == script).cloned().collect();
                (script, Votes::new(&of_script))
            })
            .collect();
        Self { models: Models::new(find_model), votes, statistics: Statistics::new() }
    }

    /// `text` is the text the reading was made of.
    pub(in crate::enrich) fn judge(&self, reading: &Reading, text: &str) -> Language {
        let Some((script, share)) = reading.dominant() else {
            return undetermined(LanguageEvidence::NoLetters);
        };
        if let Some(language) = reading.told.or_else(|| script.only_language()) {
            return if script == Script::Han && reading.count(script) < HAN_LETTERS_MIN {
                undetermined(LanguageEvidence::TooShort)
            } else {
                determined(language, share, LanguageEvidence::Script, Vec::new())
            };
        }
        if reading.count(script) < LETTERS_MIN {
            return undetermined(LanguageEvidence::TooShort);
        }
        self.shared_script(script, reading, text)
    }

    /// What the author's past makes of a text whose words leave doubt, as `by_words` says. `None` where they leave none, and where the
    /// past does not decide.
    pub(in crate::enrich) fn judge_with_history(
        &self,
        by_words: &Language,
        reading: &Reading,
        text: &str,
        wrote: &Wrote,
    ) -> Option<Language> {
        let leaves_doubt = match by_words.evidence {
            LanguageEvidence::Unsure | LanguageEvidence::TooShort => true,
            LanguageEvidence::Model | LanguageEvidence::Statistics => by_words.confidence < MODEL_ALONE,
            LanguageEvidence::Script
            | LanguageEvidence::NoLetters
            | LanguageEvidence::FrequentWords
            | LanguageEvidence::History
            | LanguageEvidence::Corrected => false,
        };
        if !leaves_doubt || wrote.is_nothing() {
            return None;
        }
        let (script, _) = reading.dominant()?;
        if reading.count(script) < LETTERS_MIN {
            return None;
        }
        let said = self.models.ask(script, reading)?;
        let best = said.best(|code| wrote.prior(code))?;
        if best.code == by_words.code || best.probability < MODEL_WITH_HISTORY {
            return None;
        }
        let mut pieces = said.evidence(&best, text);
        let weight = wrote.prior(best.code) - wrote.prior("");
        pieces.insert(0, Evidence { kind: EvidenceKind::Fact, text: HISTORY_FACT.to_owned(), weight });
        Some(determined(best.code, best.probability, LanguageEvidence::History, pieces))
    }

    fn shared_script(&self, script: Script, reading: &Reading, text: &str) -> Language {
        let said = self.models.ask(script, reading);
        let best = said.as_ref().and_then(|said| said.best(|_| 0.0));
        if let (Some(said), Some(best)) = (&said, &best)
            && best.probability >= MODEL_ALONE
        {
            return by_model(said, best, best.probability, text);
        }
        let words = words_of(reading, script);
        if let Some((language, confidence)) = self.statistics.judge(script, &words) {
            match (&said, &best) {
                (Some(said), Some(best)) if best.code == language && best.probability >= MODEL_WITH_STATISTICS => {
                    return by_model(said, best, best.probability.max(confidence.min(MODEL_ALONE)), text);
                }
                _ if confidence >= STATISTICS_ALONE => {
                    return determined(language, confidence, LanguageEvidence::Statistics, Vec::new());
                }
                _ => {}
            }
        }
        let poll =
            self.votes.get(&script).map_or(Poll { first: None, second: 0, words: 0 }, |votes| votes.poll(&words));
        let (voted, most) = poll.first.unwrap_or_default();
        if let (Some(said), Some(best)) = (&said, &best)
            && best.probability >= MODEL_AT_LAST
        {
            return by_model(said, best, best.probability, text);
        }
        match most.saturating_sub(poll.second) {
            lead if lead >= LEAD_DECIDES => determined(voted, MODEL_ALONE, LanguageEvidence::FrequentWords, Vec::new()),
            _ if poll.words <= 2 => undetermined(LanguageEvidence::TooShort),
            _ => undetermined(LanguageEvidence::Unsure),
        }
    }
}

fn by_model(said: &Said<'_>, best: &Best<'_>, confidence: f32, text: &str) -> Language {
    determined(best.code, confidence, LanguageEvidence::Model, said.evidence(best, text))
}

/// The words of one script in lower case with their accents, one blank between: those of others would only mislead.
fn words_of(reading: &Reading, script: Script) -> String {
    let mut words = String::new();
    let mut letters = 0;
    for token in reading.tokens.iter().filter(|token| token.kind == TokenKind::Word && token.script == script) {
        if !words.is_empty() {
            words.push(' ');
        }
        let word = reading.letters_of(token);
        words.extend(word.iter().filter_map(|letter| char::from_u32(letter.code)));
        letters += word.len();
        if letters > STATISTICS_LETTERS_MAX {
            break;
        }
    }
    words
}

fn determined(code: &str, confidence: f32, evidence: LanguageEvidence, pieces: Vec<Evidence>) -> Language {
    Language { code: code.to_owned(), confidence, evidence, pieces }
}

fn undetermined(evidence: LanguageEvidence) -> Language {
    determined(Language::UNDETERMINED, 0.0, evidence, Vec::new())
}
