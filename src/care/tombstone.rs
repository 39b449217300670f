use crate::model::{Language, LanguageEvidence, Mention, NeedsReply, Sentiment, SentimentLabel, Understanding};

/// What is left of a mention that its source deleted: its name, its times and its place. Nothing it said, nothing about who said it.
#[must_use]
pub fn tombstone(mention: &Mention) -> (Mention, Understanding) {
    let left = Mention {
        observed_at: mention.observed_at,
        in_reply_to: mention.in_reply_to.clone(),
        ..Mention::new(mention.name.clone(), mention.kind, mention.created_at)
    };
    (left, nothing_understood())
}

fn nothing_understood() -> Understanding {
    Understanding {
        language: Language {
            code: Language::UNDETERMINED.to_owned(),
            confidence: 0.0,
            evidence: LanguageEvidence::NoLetters,
        },
        sentiment: Sentiment { label: SentimentLabel::Unscored, score: 0.0, evidence: Vec::new() },
        intents: Vec::new(),
        needs_reply: NeedsReply { asked: false, score: 0.0, threshold: 0.0, reasons: Vec::new(), evidence: Vec::new() },
        brands: Vec::new(),
        tags: Vec::new(),
    }
}
