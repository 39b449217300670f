use crate::{
    base::limits::PARENT_TEXT_BYTES_MAX,
    model::{BrandMatch, BrandReason, Evidence, EvidenceKind, Parent, ReplyReason, Status, Understanding, Version},
};

/// Score that going on in a conversation with the brand adds: enough by itself, for "11.0.3" and "yes, both of them" cannot be
/// judged by their words, and the last message of a customer waits for an answer by default.
const FOLLOW_UP_WEIGHT: f32 = 1.2;

/// Name of the evidence that a conversation gives.
const FOLLOW_UP_FACT: &str = "goes on in a conversation with the brand";

/// What a message knows of the one it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentFacts {
    /// What travels with the answer.
    pub parent: Parent,
    /// An account of the brand wrote it.
    pub is_own: bool,
    /// Whom it is about.
    pub brands: Vec<String>,
}

impl ParentFacts {
    /// Takes them from the newest version of what is answered; nothing is known of a deleted one.
    #[must_use]
    pub fn of(parent: &Version) -> Option<Self> {
        if parent.deleted {
            return None;
        }
        let mention = &parent.mention;
        // A review can have all it says in its title.
        let text = if mention.text.is_empty() { &mention.title } else { &mention.text };
        let text = &text[..text.floor_char_boundary(PARENT_TEXT_BYTES_MAX)];
        Some(Self {
            parent: Parent { handle: mention.author.handle.clone(), text: text.to_owned() },
            is_own: parent.understanding.is_own(),
            brands: parent.understanding.brands.iter().map(|brand| brand.brand.clone()).collect(),
        })
    }
}

/// What a message means at its place in a conversation: it is about the brands of what it answers, and it needs a reply when
/// it goes on in a conversation with the brand, unless all it does is to thank.
///
/// Gives the same for a message that was placed before, so that parents may arrive late, change and vanish.
#[must_use]
pub fn place(understanding: Understanding, parent: Option<&ParentFacts>) -> Understanding {
    let mut placed = lifted(understanding);
    let Some(parent) = parent else { return placed };
    for brand in &parent.brands {
        match placed.brands.iter_mut().find(|known| &known.brand == brand) {
            Some(known) => {
                known.reasons.push(BrandReason::Thread);
                known.reasons.sort_unstable();
                known.reasons.dedup();
            }
            None => {
                placed.brands.push(BrandMatch {
                    brand: brand.clone(),
                    own: false,
                    reasons: vec![BrandReason::Thread],
                    sentiment: None,
                });
            }
        }
    }
    placed.brands.sort_unstable_by(|a, b| a.brand.cmp(&b.brand));
    if parent.is_own && !placed.is_own() && !placed.needs_reply.closing {
        let reply = &mut placed.needs_reply;
        reply.evidence.push(Evidence {
            kind: EvidenceKind::Fact,
            text: FOLLOW_UP_FACT.to_owned(),
            weight: FOLLOW_UP_WEIGHT,
        });
        reply.score = reply.evidence.iter().map(|item| item.weight).sum();
        reply.reasons.push(ReplyReason::FollowUp);
        reply.asked = true;
    }
    placed
}

/// Takes back what [`place`] added.
fn lifted(mut understanding: Understanding) -> Understanding {
    for brand in &mut understanding.brands {
        brand.reasons.retain(|reason| *reason != BrandReason::Thread);
    }
    understanding.brands.retain(|brand| !brand.reasons.is_empty());
    let reply = &mut understanding.needs_reply;
    let given = reply.evidence.iter().position(|item| item.kind == EvidenceKind::Fact && item.text == FOLLOW_UP_FACT);
    if let Some(at) = given {
        reply.evidence.remove(at);
        // Summed anew: adding and taking away would leave the dust of rounding.
        reply.score = reply.evidence.iter().map(|item| item.weight).sum();
        reply.reasons.retain(|reason| *reason != ReplyReason::FollowUp);
        reply.asked = !reply.reasons.is_empty();
    }
    understanding
}

/// Where a message stands. `is_answered`: an account of the brand wrote in the same conversation at the same time or later.
#[must_use]
pub fn status(understanding: &Understanding, is_answered: bool) -> Status {
    match (understanding.needs_reply.asked && !understanding.is_own(), is_answered) {
        (false, _) => Status::None,
        (true, false) => Status::NeedsReply,
        (true, true) => Status::Answered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Intent, IntentJudgement, Language, LanguageEvidence, NeedsReply};

    fn understood(intents: &[Intent], own: bool) -> Understanding {
        let asks = intents.contains(&Intent::Question);
        Understanding {
            language: Language {
                code: "en".into(),
                confidence: 1.0,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            intents: intents.iter().map(|&intent| IntentJudgement { intent, evidence: vec![] }).collect(),
            needs_reply: NeedsReply {
                asked: asks,
                score: if asks { 1.6 } else { 0.0 },
                threshold: 1.2,
                reasons: if asks { vec![ReplyReason::Question] } else { vec![] },
                evidence: if asks {
                    vec![Evidence { kind: EvidenceKind::Mark, text: "?".into(), weight: 1.6 }]
                } else {
                    vec![]
                },
                closing: !asks && intents.contains(&Intent::Thanks),
            },
            brands: if own {
                vec![BrandMatch { brand: "aurora".into(), own, reasons: vec![BrandReason::Author], sentiment: None }]
            } else {
                vec![]
            },
            ..Understanding::nothing()
        }
    }

    fn brand_message(is_own: bool) -> ParentFacts {
        let parent = Parent { handle: "aurora".into(), text: "Which version is it?".into() };
        ParentFacts { parent, is_own, brands: vec!["aurora".into()] }
    }

    #[test]
    fn an_answer_to_the_brand_needs_a_reply_unless_it_only_thanks() {
        for (intents, is_own_parent, asked) in [
            (vec![Intent::Other], true, true),
            (vec![Intent::Other], false, false),
            (vec![Intent::Thanks], true, false),
            (vec![Intent::Praise, Intent::Thanks], true, false),
            (vec![Intent::Question, Intent::Thanks], true, true),
            (vec![Intent::Question], false, true),
        ] {
            let placed = place(understood(&intents, false), Some(&brand_message(is_own_parent)));
            assert_eq!(placed.needs_reply.asked, asked, "{intents:?} {is_own_parent}");
            assert_eq!(placed.needs_reply.asked, !placed.needs_reply.reasons.is_empty());
            assert_eq!(placed.brands.len(), 1);
        }
        let own = place(understood(&[Intent::Question], true), Some(&brand_message(true)));
        assert_eq!(status(&own, false), Status::None);
    }

    #[test]
    fn placing_again_gives_the_same_and_can_be_taken_back() {
        for intents in [vec![Intent::Other], vec![Intent::Question], vec![Intent::Thanks]] {
            let plain = understood(&intents, false);
            let once = place(plain.clone(), Some(&brand_message(true)));
            assert_eq!(place(once.clone(), Some(&brand_message(true))), once);
            assert_eq!(place(once, None), plain);
        }
    }
}
