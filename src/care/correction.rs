use crate::model::{
    BrandMatch, BrandReason, CorrectedValues, Correction, Evidence, EvidenceKind, Intent, IntentJudgement, Language,
    LanguageEvidence, ReplyReason, Sentiment, SentimentLabel, TopicJudgement, Understanding,
};

/// What holds of a mention: as judged, or with a person's correction over it. The correction comes back with what it now takes the
/// place of, so that a mention may be judged and placed anew beneath it.
#[must_use]
pub fn understood(
    judged: Understanding,
    correction: Option<Box<Correction>>,
) -> (Understanding, Option<Box<Correction>>) {
    match correction {
        None => (judged, None),
        Some(mut correction) => {
            let holds = corrected(judged.clone(), &correction.values, &correction.by);
            correction.judged = judged;
            (holds, Some(correction))
        }
    }
}

/// Puts what a person said in the place of what was judged.
fn corrected(mut told: Understanding, values: &CorrectedValues, by: &str) -> Understanding {
    let name = if by.is_empty() { "corrected".to_owned() } else { format!("corrected by {by}") };
    let said = |weight| vec![Evidence { kind: EvidenceKind::Fact, text: name.clone(), weight }];
    if let Some(code) = &values.language {
        let confidence = if code == Language::UNDETERMINED { 0.0 } else { 1.0 };
        told.language =
            Language { code: code.clone(), confidence, evidence: LanguageEvidence::Corrected, pieces: Vec::new() };
    }
    if let Some(label) = values.sentiment {
        let score = match label {
            SentimentLabel::Negative => -1.0,
            SentimentLabel::Positive => 1.0,
            SentimentLabel::Neutral | SentimentLabel::Unscored => 0.0,
        };
        told.sentiment = Sentiment { label, score, evidence: said(score) };
    }
    if let Some(intents) = &values.intents {
        told.intents = intents.iter().map(|&intent| IntentJudgement { intent, evidence: said(1.0) }).collect();
        if told.intents.is_empty() {
            told.intents.push(IntentJudgement { intent: Intent::Other, evidence: Vec::new() });
        }
    }
    if let Some(topics) = &values.topics {
        told.topics = topics.iter().map(|topic| TopicJudgement { topic: topic.clone(), evidence: said(1.0) }).collect();
    }
    if let Some(brands) = &values.brands {
        told.brands = brands.iter().map(|brand| corrected_brand(brand, &told.brands)).collect();
    }
    if let Some(asked) = values.needs_reply {
        ask(&mut told, asked, &name);
    }
    told
}

/// A brand a person named, with what was known of it.
fn corrected_brand(brand: &str, judged: &[BrandMatch]) -> BrandMatch {
    let known = judged.iter().find(|known| known.brand == brand).cloned();
    let mut known = known.unwrap_or_else(|| BrandMatch { brand: brand.to_owned(), own: false, reasons: Vec::new() });
    known.reasons.push(BrandReason::Corrected);
    known
}

/// What the brand itself wrote never waits for an answer of the brand, whoever says so.
fn ask(told: &mut Understanding, asked: bool, name: &str) {
    let asked = asked && !told.is_own();
    let reply = &mut told.needs_reply;
    // The score stays the sum of its parts, and says the same as the person.
    let weight = if asked { (reply.threshold - reply.score).max(0.0) } else { -reply.score.max(0.0) };
    reply.evidence.push(Evidence { kind: EvidenceKind::Fact, text: name.to_owned(), weight });
    reply.score += weight;
    reply.asked = asked;
    if asked {
        reply.closing = false;
        reply.reasons.push(ReplyReason::Corrected);
    } else {
        reply.reasons.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;

    fn correction(values: CorrectedValues) -> Option<Box<Correction>> {
        let judged = Understanding::nothing();
        Some(Box::new(Correction { values, by: "Ana".to_owned(), corrected_at: Timestamp::default(), judged }))
    }

    fn judged() -> Understanding {
        let mut judged = Understanding::nothing();
        judged.sentiment = Sentiment { label: SentimentLabel::Positive, score: 0.5, evidence: Vec::new() };
        judged.intents = vec![IntentJudgement { intent: Intent::Other, evidence: Vec::new() }];
        judged.needs_reply.threshold = 1.2;
        judged.brands = vec![BrandMatch { brand: "aurora".to_owned(), own: false, reasons: vec![BrandReason::Query] }];
        judged
    }

    #[test]
    fn a_person_has_the_last_word_and_the_judgement_is_kept() {
        let values = CorrectedValues {
            language: Some("it".to_owned()),
            sentiment: Some(SentimentLabel::Negative),
            intents: Some(vec![Intent::Complaint]),
            needs_reply: Some(true),
            brands: Some(vec!["aurora".to_owned(), "luna".to_owned()]),
            topics: Some(vec!["app".to_owned()]),
        };
        let (holds, kept) = understood(judged(), correction(values));
        assert_eq!(kept.unwrap().judged, judged());
        assert_eq!((holds.language.code.as_str(), holds.language.confidence), ("it", 1.0));
        assert_eq!((holds.sentiment.label, holds.sentiment.score), (SentimentLabel::Negative, -1.0));
        assert_eq!(holds.intents[0].intent, Intent::Complaint);
        assert_eq!(holds.topics[0].topic, "app");
        assert_eq!(holds.brands[0].reasons, [BrandReason::Query, BrandReason::Corrected]);
        assert_eq!(holds.brands[1].reasons, [BrandReason::Corrected]);
        let reply = &holds.needs_reply;
        assert!(reply.asked && reply.score >= reply.threshold, "{reply:?}");
        assert_eq!(reply.reasons, [ReplyReason::Corrected]);
        assert!(holds.sentiment.evidence.iter().any(|piece| piece.text == "corrected by Ana"));
    }

    #[test]
    fn what_is_not_said_stays_as_judged() {
        let (holds, _) = understood(judged(), correction(CorrectedValues::default()));
        assert_eq!(holds, judged());
        assert_eq!(understood(judged(), None), (judged(), None));
    }

    #[test]
    fn a_message_of_the_brand_waits_for_nothing() {
        let mut own = judged();
        own.brands[0].own = true;
        let values = CorrectedValues { needs_reply: Some(true), ..CorrectedValues::default() };
        assert!(!understood(own, correction(values)).0.needs_reply.asked);
    }

    #[test]
    fn no_means_no_whatever_the_score() {
        let mut asking = judged();
        asking.needs_reply.asked = true;
        asking.needs_reply.score = 2.5;
        asking.needs_reply.reasons = vec![ReplyReason::Question];
        let values = CorrectedValues { needs_reply: Some(false), ..CorrectedValues::default() };
        let reply = understood(asking, correction(values)).0.needs_reply;
        assert!(!reply.asked && reply.reasons.is_empty() && reply.score < reply.threshold, "{reply:?}");
    }
}
