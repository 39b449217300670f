use crate::{
    base::limits::PARENT_TEXT_BYTES_MAX,
    model::{
        BrandMatch, BrandReason, Course, Evidence, EvidenceKind, Intent, Kind, Mention, Parent, ReplyReason,
        Understanding, Version,
    },
};

/// Score that going on in a conversation with the brand adds: enough by itself, for "11.0.3" and "yes, both of them" cannot be
/// judged by their words, and the last message of a customer waits for an answer by default.
const FOLLOW_UP_WEIGHT: f32 = 1.2;

/// Name of the evidence that a conversation gives.
const FOLLOW_UP_FACT: &str = "goes on in a conversation with the brand";
/// Name of the evidence that an author's own message gives, which asked for something.
const OWN_MESSAGE_FACT: &str = "goes on from what its author asked";

/// Name of the evidence that a conversation gives in which the brand has said its part.
const HAD_ANSWER_FACT: &str = "the brand has answered and nothing more is wanted";
/// Score of it.
const HAD_ANSWER_WEIGHT: f32 = -3.0;

/// What a message knows of the one it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentFacts {
    /// What travels with the answer.
    pub parent: Parent,
    /// What going on from it means.
    pub part: Part,
    /// Whom it is about.
    pub brands: Vec<String>,
    /// How the conversation went up to it.
    pub course: Course,
}

/// The part of a message in a conversation: what going on from it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An account of the brand asks somebody something, or asks them to do it: whoever goes on answers.
    BrandAsks,
    /// An account of the brand answers somebody and wants nothing: who goes on and wants nothing either has had their answer.
    BrandAnswers,
    /// An account of the brand writes to everybody: what stands below are comments, each judged by its words.
    BrandTells,
    /// Somebody asks for something: when they go on, what they add belongs to it.
    Asks,
    /// None of these.
    Other,
}

impl ParentFacts {
    /// Takes them from the newest version of what is answered; nothing is known of a deleted one.
    #[must_use]
    pub fn of(parent: &Version) -> Option<Self> {
        (!parent.deleted)
            .then(|| Self { course: parent.course, ..Self::of_words(&parent.mention, &parent.understanding) })
    }

    /// Takes them from a mention that answers nothing that is known, and what was judged of it, placed or not.
    #[must_use]
    pub fn of_words(mention: &Mention, understanding: &Understanding) -> Self {
        // A review can have all it says in its title.
        let text = if mention.text.is_empty() { &mention.title } else { &mention.text };
        let text = &text[..text.floor_char_boundary(PARENT_TEXT_BYTES_MAX)];
        let answers = mention.in_reply_to.is_some() || matches!(mention.kind, Kind::Reply | Kind::Comment | Kind::Dm);
        let part = if understanding.is_own() {
            match (answers, wants_answer(understanding)) {
                (true, true) => Part::BrandAsks,
                (true, false) => Part::BrandAnswers,
                (false, _) => Part::BrandTells,
            }
        } else if lifted(understanding.clone()).needs_reply.asked {
            // By its own words: what it has from its own parent must not go round in a circle of answers.
            Part::Asks
        } else {
            Part::Other
        };
        Self {
            parent: Parent { handle: mention.author.handle.clone(), text: text.to_owned() },
            part,
            brands: understanding.brands.iter().map(|brand| brand.brand.clone()).collect(),
            course: super::course(None, &mention.author.handle, understanding, mention.created_at),
        }
    }

    /// Whether going on from here makes a follow-up of what this author writes, who wants something by their own words or not.
    fn goes_on(&self, author: &str, wants: bool) -> bool {
        match self.part {
            Part::BrandAsks => true,
            Part::BrandAnswers => wants,
            Part::Asks => !author.is_empty() && author.eq_ignore_ascii_case(&self.parent.handle),
            Part::BrandTells | Part::Other => false,
        }
    }
}

fn wants_answer(understanding: &Understanding) -> bool {
    has_any(understanding, &[Intent::Question, Intent::Request])
}

/// Somebody who answers the brand wants something: any reason but that of the place they write in.
fn wants(understanding: &Understanding) -> bool {
    has_any(understanding, &[Intent::Question, Intent::Request, Intent::Complaint, Intent::Wish, Intent::Purchase])
}

fn has_any(understanding: &Understanding, intents: &[Intent]) -> bool {
    understanding.intents.iter().any(|judgement| intents.contains(&judgement.intent))
}

/// What a message of an author, by handle, means at its place in a conversation: it is about the brands of what it answers, and it
/// needs a reply when it goes on in a conversation with the brand or from a message in which its author asked for something, unless
/// all it does is to thank. What stands below a post of the brand to everybody is judged by its words.
///
/// Gives the same for a message that was placed before, so that parents may arrive late, change and vanish.
#[must_use]
pub fn place(understanding: Understanding, author: &str, parent: Option<&ParentFacts>) -> Understanding {
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
    let wants = wants(&placed);
    if parent.part == Part::BrandAnswers && !wants && !placed.is_own() {
        let reply = &mut placed.needs_reply;
        reply.evidence.push(Evidence {
            kind: EvidenceKind::Fact,
            text: HAD_ANSWER_FACT.to_owned(),
            weight: HAD_ANSWER_WEIGHT,
        });
        reply.score = reply.evidence.iter().map(|item| item.weight).sum();
        reply.asked = false;
        reply.reasons.clear();
    } else if parent.goes_on(author, wants) && !placed.is_own() && !placed.needs_reply.closing {
        let fact = if parent.part == Part::Asks { OWN_MESSAGE_FACT } else { FOLLOW_UP_FACT };
        let reply = &mut placed.needs_reply;
        reply.evidence.push(Evidence { kind: EvidenceKind::Fact, text: fact.to_owned(), weight: FOLLOW_UP_WEIGHT });
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
    let given = reply.evidence.iter().position(is_of_place);
    if let Some(at) = given {
        let had_answer = reply.evidence.remove(at).text == HAD_ANSWER_FACT;
        // Summed anew: adding and taking away would leave the dust of rounding.
        reply.score = reply.evidence.iter().map(|item| item.weight).sum();
        reply.reasons.retain(|reason| *reason != ReplyReason::FollowUp);
        if had_answer && !reply.closing && reply.score >= reply.threshold {
            reply.reasons = reasons_of_channel(&understanding.brands, reply);
        }
        reply.asked = !reply.reasons.is_empty();
    }
    understanding
}

/// Whether the place in a conversation decided about the answer, and not the words.
#[must_use]
pub fn goes_by_conversation(understanding: &Understanding) -> bool {
    understanding.needs_reply.evidence.iter().any(is_of_place)
}

fn is_of_place(item: &Evidence) -> bool {
    item.kind == EvidenceKind::Fact && [FOLLOW_UP_FACT, OWN_MESSAGE_FACT, HAD_ANSWER_FACT].contains(&item.text.as_str())
}

/// The reasons of a message that wants nothing by its words: that it is private, that it speaks to the brand, and that the brand's
/// corrections asked for it where nothing else did.
fn reasons_of_channel(brands: &[BrandMatch], reply: &crate::model::NeedsReply) -> Vec<ReplyReason> {
    let speaks = [BrandReason::Addressed, BrandReason::Mentioned];
    let is_addressed = brands.iter().any(|brand| brand.reasons.iter().any(|reason| speaks.contains(reason)));
    let private = ReplyReason::PrivateMessage;
    let is_private = reply.evidence.iter().any(|item| item.kind == EvidenceKind::Fact && item.text == private.word());
    let taught: f32 = reply.evidence.iter().filter(|item| item.is_taught()).map(|item| item.weight).sum();
    let by_itself = (is_addressed || is_private) && reply.score - taught >= reply.threshold;
    [(is_addressed, ReplyReason::Addressed), (is_private, private), (taught > 0.0 && !by_itself, ReplyReason::Taught)]
        .into_iter()
        .filter_map(|(holds, reason)| holds.then_some(reason))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::{Standing, standing};
    use crate::model::{IntentJudgement, Language, LanguageEvidence, NeedsReply};

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

    fn parent(part: Part) -> ParentFacts {
        let parent = Parent { handle: "aurora".into(), text: "Which version is it?".into() };
        ParentFacts {
            parent,
            part,
            brands: vec!["aurora".into()],
            course: Course::beginning(crate::base::Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn an_answer_to_the_brand_needs_a_reply_unless_it_only_thanks() {
        for (intents, author, part, asked) in [
            (vec![Intent::Other], "anna", Part::BrandAsks, true),
            (vec![Intent::Thanks], "anna", Part::BrandAsks, false),
            (vec![Intent::Other], "anna", Part::BrandAnswers, false),
            (vec![Intent::Question], "anna", Part::BrandAnswers, true),
            (vec![Intent::Other], "anna", Part::BrandTells, false),
            (vec![Intent::Other], "anna", Part::Other, false),
            (vec![Intent::Thanks], "anna", Part::BrandAnswers, false),
            (vec![Intent::Praise, Intent::Thanks], "anna", Part::BrandAnswers, false),
            (vec![Intent::Question, Intent::Thanks], "anna", Part::BrandAnswers, true),
            (vec![Intent::Question], "anna", Part::BrandTells, true),
            (vec![Intent::Question], "anna", Part::Other, true),
            // The author of the parent bears the same name, in whatever letters.
            (vec![Intent::Other], "Aurora", Part::Asks, true),
            (vec![Intent::Thanks], "aurora", Part::Asks, false),
            (vec![Intent::Other], "aurora", Part::Other, false),
            (vec![Intent::Other], "anna", Part::Asks, false),
            (vec![Intent::Other], "", Part::Asks, false),
        ] {
            let placed = place(understood(&intents, false), author, Some(&parent(part.clone())));
            assert_eq!(placed.needs_reply.asked, asked, "{intents:?} {author} {part:?}");
            assert_eq!(placed.needs_reply.asked, !placed.needs_reply.reasons.is_empty());
            assert_eq!(placed.brands.len(), 1);
        }
        let own = place(understood(&[Intent::Question], true), "aurora", Some(&parent(Part::BrandAnswers)));
        assert_eq!(standing(&own, false), Standing::Nothing);
    }

    #[test]
    fn placing_again_gives_the_same_and_can_be_taken_back() {
        for intents in [vec![Intent::Other], vec![Intent::Question], vec![Intent::Thanks]] {
            let plain = understood(&intents, false);
            for part in [Part::BrandAsks, Part::BrandAnswers, Part::Asks] {
                let once = place(plain.clone(), "aurora", Some(&parent(part.clone())));
                assert_eq!(place(once.clone(), "aurora", Some(&parent(part))), once);
                assert_eq!(place(once, "aurora", None), plain);
            }
        }
    }
}
