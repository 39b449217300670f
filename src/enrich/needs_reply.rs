//! Whether text and author ask for an answer: rules with weights, each told by name.
//!
//! A mention is asked for by its reasons, never by its feeling: without one of [`ReplyReason`] no score is high enough.

use super::{lexicon::Hit, units::Units};
use crate::{
    config::WordRole,
    model::{
        BrandMatch, BrandReason, Evidence, EvidenceKind, Intent, IntentJudgement, Kind, Mention, NeedsReply,
        ReplyReason, Sentiment,
    },
};

// The weights began with those of 200 English and 80 Russian mentions of airlines, banks and carriers, labelled by one person, and were
// set anew on the development half of `tests/data/needs_reply.ndjson`; docs/understanding.md tells how well they do on the other
// half. The threshold they belong to is 1.2.
const QUESTION_MARK: f32 = 1.6;
const QUESTION_WORD: f32 = 0.8;
const REQUEST: f32 = 1.2;
const PROBLEM: f32 = 0.9;
const WISH: f32 = 1.2;
const PURCHASE: f32 = 0.8;
/// Who compares and asks is a customer to be won.
const CONSIDERING_AND_ASKING: f32 = 0.5;
const PRIVATE_MESSAGE: f32 = 1.6;
const REVIEW: f32 = 0.8;
const DIRECTED: f32 = 0.8;
const NAMED: f32 = 0.3;
const FIRST_PERSON: f32 = 0.5;
const SECOND_PERSON: f32 = 0.4;
const NEGATIVE_PER_SCORE: f32 = 1.0;
const NEGATIVE_FROM: f32 = 0.3;
const POSITIVE_PER_SCORE: f32 = -1.6;
const POSITIVE_FROM: f32 = 0.4;
const THANKS: f32 = -1.5;
const LINK_ALONE: f32 = -1.2;
const EXTRA_HASHTAG: f32 = -0.3;
const REPOST: f32 = -3.0;
const OWN_ACCOUNT: f32 = -4.0;
const AGENT_SIGNATURE: f32 = -4.0;
/// A question mark in a text that speaks to no account of a brand: people ask each other all day, and headlines ask everybody.
const QUESTION_MARK_TO_NOBODY: f32 = 0.65;
/// An answer to somebody else than the brand: customers help, comfort and fight each other.
const TO_OTHERS: f32 = -1.6;
/// Words of advertising.
const ADVERTISING: f32 = -3.0;
/// So many words of advertising make an advertisement, whoever is spoken to.
const ADVERTISING_WORDS_MIN: usize = 2;
/// What praises or says that nothing is open, beside a question mark or a problem: "What more do you want? No complaints".
const NOTHING_OPEN: f32 = -1.5;
/// More hashtags than this look like advertising.
const HASHTAGS_FREE: usize = 1;
/// A wall of hashtags is no more than this many.
const HASHTAGS_COUNTED_MAX: u8 = 10;

/// What is known of a mention beside its judgements.
pub(super) struct Situation<'a> {
    pub(super) mention: &'a Mention,
    pub(super) units: &'a Units<'a>,
    pub(super) hits: &'a [Hit],
    pub(super) brands: &'a [BrandMatch],
    pub(super) threshold: f32,
}

/// Weighs what the author wants, how they feel, and whom they speak to.
pub(super) fn weigh(situation: &Situation<'_>, intents: &[IntentJudgement], sentiment: &Sentiment) -> Weighed {
    let mut weighed = Weighed { threshold: situation.threshold, ..Weighed::default() };
    wants(situation, intents, &mut weighed);
    speaks_to(situation, &mut weighed);
    feeling(sentiment, &mut weighed);
    let closing = is_closing(situation, intents);
    weighed.closing = closing.is_some();
    weighed.forbidden = forbids(situation, closing, &mut weighed);
    if closing.is_none() {
        nothing_open(situation, &mut weighed);
    }
    weighed
}

/// What speaks for an answer and against it.
#[derive(Default)]
pub(super) struct Weighed {
    evidence: Vec<Evidence>,
    reasons: Vec<ReplyReason>,
    pub(super) threshold: f32,
    closing: bool,
    /// It must not be asked for, whatever the score.
    pub(super) forbidden: bool,
}

impl Weighed {
    fn fact(&mut self, name: &str, weight: f32) {
        self.evidence.push(Evidence { kind: EvidenceKind::Fact, text: name.to_owned(), weight });
    }

    /// The first word or mark that shows an intent stands for all of them.
    fn shown(&mut self, shown: &Evidence, weight: f32) {
        self.evidence.push(Evidence { weight, ..shown.clone() });
    }

    pub(super) fn score(&self) -> f32 {
        self.evidence.iter().map(|piece| piece.weight).sum()
    }

    pub(super) fn asks(&self) -> bool {
        !self.forbidden && !self.reasons.is_empty() && self.score() >= self.threshold
    }

    /// Takes in what a brand was taught. It is a reason where nothing else asks.
    pub(super) fn teach(&mut self, taught: Evidence) {
        let asked_before = self.asks();
        let speaks_for = taught.weight > 0.0;
        self.evidence.push(taught);
        if speaks_for && !asked_before {
            self.reasons.push(ReplyReason::Taught);
        }
    }

    pub(super) fn told(self) -> NeedsReply {
        let (asked, score) = (self.asks(), self.score());
        let mut reasons = if asked { self.reasons } else { Vec::new() };
        reasons.sort_unstable();
        reasons.dedup();
        NeedsReply { asked, score, threshold: self.threshold, reasons, evidence: self.evidence, closing: self.closing }
    }
}

fn wants(situation: &Situation<'_>, intents: &[IntentJudgement], weighed: &mut Weighed) {
    let private = situation.mention.kind == Kind::Dm;
    let review = situation.mention.kind == Kind::Review;
    for judgement in intents {
        let Some(first) = judgement.evidence.first() else { continue };
        let (reason, weight) = match judgement.intent {
            Intent::Question if first.kind != EvidenceKind::Mark => (ReplyReason::Question, QUESTION_WORD),
            // Where no brand is known, whoever is spoken to may be one: a server without profiles must be of use too.
            Intent::Question if !private && !situation.units.starts_with_handle && !speaks_to_brand(situation) => {
                (ReplyReason::Question, QUESTION_MARK_TO_NOBODY)
            }
            Intent::Question => (ReplyReason::Question, QUESTION_MARK),
            Intent::Complaint => (ReplyReason::Complaint, PROBLEM),
            Intent::Request => (ReplyReason::Request, REQUEST),
            Intent::Wish => (ReplyReason::Wish, WISH),
            Intent::Purchase => (ReplyReason::PurchaseIntent, PURCHASE),
            Intent::Praise | Intent::Thanks | Intent::Other => continue,
        };
        weighed.shown(first, weight);
        weighed.reasons.push(reason);
    }
    let considers = situation.hits.iter().find(|hit| hit.roles.has(WordRole::Considering));
    if let Some(hit) = considers.filter(|_| weighed.reasons.contains(&ReplyReason::Question)) {
        let text = situation.units.written(&hit.place).to_owned();
        weighed.evidence.push(Evidence { kind: EvidenceKind::Word, text, weight: CONSIDERING_AND_ASKING });
        weighed.reasons.push(ReplyReason::PurchaseIntent);
    }
    if review {
        weighed.fact("review", REVIEW);
        weighed.reasons.push(ReplyReason::Review);
    }
    if private {
        weighed.fact("private_message", PRIVATE_MESSAGE);
        weighed.reasons.push(ReplyReason::PrivateMessage);
    }
}

/// An account of a brand is answered or named.
fn speaks_to_brand(situation: &Situation<'_>) -> bool {
    let speaks = [BrandReason::Addressed, BrandReason::Mentioned];
    situation.brands.iter().any(|brand| brand.reasons.iter().any(|reason| speaks.contains(reason)))
}

fn speaks_to(situation: &Situation<'_>, weighed: &mut Weighed) {
    let has = |reason| situation.brands.iter().any(|brand| brand.reasons.contains(&reason));
    let (answered, named) = (has(BrandReason::Addressed), has(BrandReason::Mentioned));
    if answered || named {
        weighed.reasons.push(ReplyReason::Addressed);
    }
    if answered || situation.units.starts_with_handle && (named || situation.brands.is_empty()) {
        weighed.fact("directed", DIRECTED);
    } else if named {
        weighed.fact("named", NAMED);
    }
    for (role, weight) in [(WordRole::FirstPerson, FIRST_PERSON), (WordRole::SecondPerson, SECOND_PERSON)] {
        if let Some(hit) = situation.hits.iter().find(|hit| hit.roles.has(role)) {
            let text = situation.units.written(&hit.place).to_owned();
            weighed.evidence.push(Evidence { kind: EvidenceKind::Word, text, weight });
        }
    }
    let has_person =
        situation.hits.iter().any(|hit| hit.roles.has(WordRole::FirstPerson) || hit.roles.has(WordRole::SecondPerson));
    let kind = situation.mention.kind;
    let to_nobody = !answered && !named && !situation.brands.is_empty();
    if to_nobody && matches!(kind, Kind::Reply | Kind::Comment) {
        weighed.fact("to_others", TO_OTHERS);
    }
    if situation.units.links > 0 && !has_person && !answered && !situation.units.starts_with_handle {
        weighed.fact("link_alone", LINK_ALONE);
    }
    let extra = situation.units.hashtags.saturating_sub(HASHTAGS_FREE);
    if extra > 0 {
        let counted = u8::try_from(extra).unwrap_or(u8::MAX).min(HASHTAGS_COUNTED_MAX);
        weighed.fact("hashtags", EXTRA_HASHTAG * f32::from(counted));
    }
}

fn feeling(sentiment: &Sentiment, weighed: &mut Weighed) {
    if -sentiment.score > NEGATIVE_FROM {
        weighed.fact("negative", NEGATIVE_PER_SCORE * (-sentiment.score - NEGATIVE_FROM));
    } else if sentiment.score > POSITIVE_FROM {
        weighed.fact("positive", POSITIVE_PER_SCORE * (sentiment.score - POSITIVE_FROM));
    }
}

/// Weighs what speaks against, and says whether it forbids an answer whatever the score.
fn forbids(situation: &Situation<'_>, closing: Option<&Hit>, weighed: &mut Weighed) -> bool {
    let mut forbidden = false;
    if situation.brands.iter().any(|brand| brand.own) {
        weighed.fact("own_account", OWN_ACCOUNT);
        forbidden = true;
    }
    if situation.mention.kind == Kind::Repost || situation.mention.text.starts_with("RT @") {
        weighed.fact("repost", REPOST);
        forbidden = true;
    }
    let advertising: Vec<&Hit> = situation.hits.iter().filter(|hit| hit.roles.has(WordRole::Advertising)).collect();
    if let Some(first) = advertising.first() {
        let text = situation.units.written(&first.place).to_owned();
        weighed.evidence.push(Evidence { kind: EvidenceKind::Word, text, weight: ADVERTISING });
        forbidden |= advertising.len() >= ADVERTISING_WORDS_MIN;
    }
    if is_signed_by_agent(&situation.mention.text) {
        weighed.fact("agent_signature", AGENT_SIGNATURE);
    }
    if let Some(ending) = closing {
        let text = situation.units.written(&ending.place).to_owned();
        weighed.evidence.push(Evidence { kind: EvidenceKind::Word, text, weight: THANKS });
        forbidden = true;
    }
    forbidden
}

/// Praise and ends of conversations weigh against what they stand beside.
fn nothing_open(situation: &Situation<'_>, weighed: &mut Weighed) {
    let speaks_well = [WordRole::Closing, WordRole::Praise];
    let found = situation.hits.iter().find(|hit| speaks_well.into_iter().any(|role| hit.roles.has(role)));
    if let Some(hit) = found {
        let text = situation.units.written(&hit.place).to_owned();
        weighed.evidence.push(Evidence { kind: EvidenceKind::Word, text, weight: NOTHING_OPEN });
    }
}

/// The word that thanks, praises or says goodbye in a text that wants nothing. Words that say that nothing is open (`closing`) hold
/// against a problem, too: whoever tells that it is over tells what it was.
fn is_closing<'a>(situation: &Situation<'a>, intents: &[IntentJudgement]) -> Option<&'a Hit> {
    let has = |wanted: &[Intent]| intents.iter().any(|judgement| wanted.contains(&judgement.intent));
    if has(&[Intent::Question, Intent::Request, Intent::Wish, Intent::Purchase]) {
        return None;
    }
    let first = |role| situation.hits.iter().find(|hit| hit.roles.has(role));
    if let Some(closing) = first(WordRole::Closing) {
        return Some(closing);
    }
    if has(&[Intent::Complaint]) {
        return None;
    }
    first(WordRole::Thanks).or_else(|| first(WordRole::Praise))
}

/// Care desks sign with `^` and the agent's initials; the accounts of unknown brands are told by it.
fn is_signed_by_agent(text: &str) -> bool {
    text.trim_end().rsplit_once('^').is_some_and(|(_, initials)| {
        (2..=3).contains(&initials.len()) && initials.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}
