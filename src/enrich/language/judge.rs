use hashbrown::HashMap;

use super::{
    letters::Letters,
    script::Script,
    statistics::Statistics,
    votes::{Poll, Votes, script_of},
};
use crate::{
    config::LanguageProfile,
    model::{Language, LanguageEvidence},
};

/// Fewer letters than this in a script that languages share are too few.
const LETTERS_MIN: usize = 3;
/// Fewer Han letters than this without kana are as likely a Japanese name or title as Chinese.
const HAN_LETTERS_MIN: usize = 3;
/// So many votes, and so many more than the next language has, decide without statistics.
const VOTES_DECIDE: usize = 3;
/// See [`VOTES_DECIDE`].
const LEAD_DECIDES: usize = 2;
/// Statistics that the votes neither support nor speak against are believed from here on.
const STATISTICS_ALONE: f32 = 0.6;
/// Statistics that name the language with most votes are believed from here on.
const STATISTICS_WITH_VOTES: f32 = 0.05;
/// One vote more than the next language has is believed against the statistics in a text of so many letters.
const LETTERS_FOR_ONE_VOTE: usize = 14;
/// How often one vote alone was right.
const ONE_VOTE: f32 = 0.7;
/// So many words without one frequent word of the language are hardly in it.
const WORDS_WITHOUT_VOTE_MAX: usize = 9;

/// Judges languages.
pub(in crate::enrich) struct LanguageJudge {
    votes: HashMap<usize, Votes>,
    statistics: Statistics,
}

impl LanguageJudge {
    pub(in crate::enrich) fn new(profiles: &[LanguageProfile]) -> Self {
        let votes = Script::ALL
            .into_iter()
            .map(|script| {
                let of_script: Vec<LanguageProfile> =
                    profiles.iter().filter(|profile| script_of(profile) == script).cloned().collect();
                (script as usize, Votes::new(&of_script))
            })
            .collect();
        Self { votes, statistics: Statistics::new() }
    }

    pub(in crate::enrich) fn judge(&self, text: &str) -> Language {
        let letters = Letters::of(text);
        let Some((script, share)) = letters.dominant() else {
            return undetermined(LanguageEvidence::NoLetters);
        };
        if let Some(language) = letters.told.or_else(|| script.only_language()) {
            return if script == Script::Han && letters.count(script) < HAN_LETTERS_MIN {
                undetermined(LanguageEvidence::TooShort)
            } else {
                Language { code: language.to_owned(), confidence: share, evidence: LanguageEvidence::Script }
            };
        }
        if letters.count(script) < LETTERS_MIN {
            return undetermined(LanguageEvidence::TooShort);
        }
        self.shared_script(script, &letters)
    }

    fn shared_script(&self, script: Script, letters: &Letters) -> Language {
        let words = letters.words_of(script);
        let poll = self
            .votes
            .get(&(script as usize))
            .map_or(Poll { first: None, second: 0, words: 0 }, |votes| votes.poll(&words));
        let (voted, most) = poll.first.unwrap_or_default();
        let lead = most.saturating_sub(poll.second);
        if most >= VOTES_DECIDE && lead >= LEAD_DECIDES {
            return determined(voted, votes_confidence(lead));
        }
        let statistics = self.statistics.judge(script, &words);
        match statistics {
            Some((language, confidence)) if language == voted && lead > 0 && confidence >= STATISTICS_WITH_VOTES => {
                determined(language, votes_confidence(lead).max(confidence))
            }
            Some((language, confidence))
                if confidence >= STATISTICS_ALONE && (most > 0 || poll.words <= WORDS_WITHOUT_VOTE_MAX) =>
            {
                determined(language, confidence)
            }
            _ if lead >= LEAD_DECIDES => determined(voted, votes_confidence(lead)),
            _ if lead > 0 && letters.count(script) >= LETTERS_FOR_ONE_VOTE => determined(voted, ONE_VOTE),
            _ if poll.words <= 2 => undetermined(LanguageEvidence::TooShort),
            _ => undetermined(LanguageEvidence::Unsure),
        }
    }
}

/// Set a little under how often the leader of a vote was the language on labelled posts for small leads (93 and 97 of 100).
fn votes_confidence(lead: usize) -> f32 {
    match lead {
        0 | 1 => 0.9,
        2 => 0.95,
        _ => 0.99,
    }
}

fn determined(code: &str, confidence: f32) -> Language {
    Language { code: code.to_owned(), confidence, evidence: LanguageEvidence::Statistics }
}

fn undetermined(evidence: LanguageEvidence) -> Language {
    Language { code: Language::UNDETERMINED.to_owned(), confidence: 0.0, evidence }
}
