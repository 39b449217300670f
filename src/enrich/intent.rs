//! What the author wants, by word lists and question marks.

use std::ops::Range;

use super::{lexicon::Hit, sentiment::is_negated, units::Units};
use crate::{
    config::WordRole,
    model::{Evidence, EvidenceKind, Intent, IntentJudgement},
};

/// Evidence told of one intent; a text of nothing but question marks must not make an answer of kilobytes.
const EVIDENCE_MAX: usize = 8;
/// A word that opens questions does so as one of the first words of a clause: "and when…".
const OPENER_WORDS_BEFORE_MAX: usize = 1;
/// Behind a comma such a word asks only where no more than a greeting stands before: "Добрый день, когда…", "Hello, why…". Behind
/// more it joins: "рад, что…", "I was at home, when…"; where it asks all the same, the question mark tells.
const GREETING_WORDS_MAX: usize = 2;

/// Judges from the entries found and the marks.
pub(super) fn judge(units: &Units<'_>, hits: &[Hit], language: &str) -> Vec<IntentJudgement> {
    let mut intents: Vec<IntentJudgement> = [
        (Intent::Question, questions(units, hits, language)),
        // "No problem" tells of none; "does not work" stands in the lists as a whole.
        (Intent::Complaint, words(units, hits, WordRole::Problem, true)),
        (Intent::Request, words(units, hits, WordRole::Request, false)),
        (Intent::Wish, words(units, hits, WordRole::Wish, false)),
        (Intent::Praise, words(units, hits, WordRole::Praise, true)),
        (Intent::Purchase, words(units, hits, WordRole::Purchase, true)),
        (Intent::Thanks, words(units, hits, WordRole::Thanks, true)),
    ]
    .into_iter()
    .filter(|(_, evidence)| !evidence.is_empty())
    .map(|(intent, evidence)| IntentJudgement { intent, evidence })
    .collect();
    if intents.is_empty() {
        intents.push(IntentJudgement { intent: Intent::Other, evidence: Vec::new() });
    }
    intents
}

fn questions(units: &Units<'_>, hits: &[Hit], language: &str) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> =
        units.question_marks.iter().take(1).map(|mark| mark_evidence(units, mark)).collect();
    // Greek asks with the sign that separates elsewhere; only at the end of the text is it surely that.
    let trimmed = units.text.trim_end();
    if language == "el" && evidence.is_empty() && trimmed.ends_with(';') {
        evidence.push(mark_evidence(units, &(trimmed.len() - 1..trimmed.len())));
    }
    let asking = hits.iter().filter(|hit| {
        hit.roles.has(WordRole::QuestionWord)
            || (hit.roles.has(WordRole::QuestionOpener)
                && hit.in_clause <= OPENER_WORDS_BEFORE_MAX
                && hit.before_clause <= GREETING_WORDS_MAX)
    });
    evidence.extend(asking.take(EVIDENCE_MAX - evidence.len()).map(|hit| word_evidence(units, hit)));
    evidence
}

fn words(units: &Units<'_>, hits: &[Hit], role: WordRole, unless_negated: bool) -> Vec<Evidence> {
    hits.iter()
        .enumerate()
        .filter(|(index, hit)| hit.roles.has(role) && !(unless_negated && is_negated(hits, *index)))
        .take(EVIDENCE_MAX)
        .map(|(_, hit)| word_evidence(units, hit))
        .collect()
}

/// Lists do not weigh: each word that is found counts one.
fn word_evidence(units: &Units<'_>, hit: &Hit) -> Evidence {
    Evidence { kind: EvidenceKind::Word, text: units.written(&hit.place).to_owned(), weight: 1.0 }
}

fn mark_evidence(units: &Units<'_>, place: &Range<usize>) -> Evidence {
    Evidence { kind: EvidenceKind::Mark, text: units.written(place).to_owned(), weight: 1.0 }
}
