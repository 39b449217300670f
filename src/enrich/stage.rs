//! Where an author stands as a customer, by word lists.

use super::{lexicon::Hit, sentiment::is_negated, units::Units};
use crate::{
    config::WordRole,
    model::{Evidence, EvidenceKind, Kind, Stage, StageJudgement},
};

/// Evidence told of a stage.
const EVIDENCE_MAX: usize = 4;

/// Judges from the entries found. Whoever tells others to buy is past both other stages. Of thinking of buying and having bought
/// more words decide; with as many of both, somebody who has bought speaks.
pub(super) fn judge(units: &Units<'_>, hits: &[Hit], kind: Kind) -> Option<StageJudgement> {
    let words = |has: &dyn Fn(&Hit) -> bool| -> Vec<Evidence> {
        let found = hits.iter().enumerate().filter(|(index, hit)| has(hit) && !is_negated(hits, *index));
        found.take(EVIDENCE_MAX).map(|(_, hit)| word_evidence(units, hit)).collect()
    };
    let advising = words(&|hit| hit.roles.has(WordRole::Recommending));
    if !advising.is_empty() {
        return Some(StageJudgement { stage: Stage::Advocacy, evidence: advising });
    }
    let considering = words(&|hit| hit.roles.has(WordRole::Purchase) || hit.roles.has(WordRole::Considering));
    let speaks_of_self = hits.iter().any(|hit| hit.roles.has(WordRole::FirstPerson));
    let mut having = words(&|hit| {
        hit.roles.has(WordRole::Owning)
            || hit.roles.has(WordRole::Leaving)
            // What went wrong for somebody else says nothing of the author.
            || speaks_of_self && hit.roles.has(WordRole::Problem)
    });
    if kind == Kind::Review {
        having.push(Evidence { kind: EvidenceKind::Fact, text: "review".to_owned(), weight: 1.0 });
    }
    if considering.len() > having.len() {
        Some(StageJudgement { stage: Stage::PrePurchase, evidence: considering })
    } else if having.is_empty() {
        None
    } else {
        Some(StageJudgement { stage: Stage::PostPurchase, evidence: having })
    }
}

/// Lists do not weigh: each word that is found counts one.
fn word_evidence(units: &Units<'_>, hit: &Hit) -> Evidence {
    Evidence { kind: EvidenceKind::Word, text: units.written(&hit.place).to_owned(), weight: 1.0 }
}
