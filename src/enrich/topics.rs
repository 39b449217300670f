//! What a mention is about: topics told by words.

use super::{lexicon::TopicHit, units::Units};
use crate::model::{Evidence, EvidenceKind, TopicJudgement};

/// Evidence told of one topic.
const EVIDENCE_MAX: usize = 4;

/// One judgement for each topic found, ordered by id. `names` are the ids of the topics by the places of their bits, ordered.
pub(super) fn judge(units: &Units<'_>, hits: &[TopicHit], names: &[String]) -> Vec<TopicJudgement> {
    let all = hits.iter().fold(0, |bits, hit| bits | hit.topics);
    let found = names.iter().enumerate().filter(|(bit, _)| all & (1 << bit) != 0);
    found
        .map(|(bit, name)| {
            let words = hits.iter().filter(|hit| hit.topics & (1 << bit) != 0);
            TopicJudgement {
                topic: name.clone(),
                evidence: words.take(EVIDENCE_MAX).map(|hit| word(units, hit)).collect(),
            }
        })
        .collect()
}

/// Lists do not weigh: each word that is found counts one.
fn word(units: &Units<'_>, hit: &TopicHit) -> Evidence {
    Evidence { kind: EvidenceKind::Word, text: units.written(&hit.place).to_owned(), weight: 1.0 }
}
