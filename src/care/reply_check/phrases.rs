//! Words of the house: how an answer begins, how it ends, and what it never says.

use super::{Draft, Finding, Rule, Severity};
use crate::{
    base::Span,
    model::ReplyRules,
    text::{ACCENTED, STEM, SegmentKind, Tokens, WRITTEN, segments},
};

/// Where a phrase stands in a text: the same words in the same order, whatever their letter case and accents.
pub(in crate::care) fn places_of(tokens: &Tokens, phrase: &str) -> Vec<Span> {
    let phrase = Tokens::of_asked(phrase, "", false);
    let words: Vec<Option<&str>> = (0..phrase.position_count())
        .map(|at| phrase.at(at).map(|token| token.term).find(|term| !term.starts_with([ACCENTED, WRITTEN, STEM])))
        .collect();
    if words.iter().all(Option::is_none) {
        return Vec::new();
    }
    let span_at = |position: u32, word: &str| tokens.at(position).find(|token| token.term == word).map(|it| it.span);
    let mut found = Vec::new();
    for start in 0..tokens.position_count() {
        let mut whole: Option<Span> = None;
        let fits = (start..).zip(&words).all(|(position, word)| match word {
            None => true,
            Some(word) => span_at(position, word).is_some_and(|span| {
                whole = Some(whole.map_or(span, |before| before.join(span)));
                true
            }),
        });
        found.extend(whole.filter(|_| fits));
    }
    found
}

/// Warns where the house has a way to begin in the customer's language and the draft does not.
pub(super) fn check_greeting(draft: &Draft<'_>, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    let Some(greetings) = rules.greetings.get(draft.customer_language) else { return };
    // Answers begin with the handles of those they answer.
    let said = segments(draft.text).find(|segment| segment.kind != SegmentKind::Handle);
    let start = said.map_or(draft.text.len(), |segment| segment.span.range().start);
    let body = draft.text.get(start..).unwrap_or_default();
    let tokens = Tokens::of_asked(body, "", false);
    if greetings.iter().any(|greeting| places_of(&tokens, greeting).iter().any(|span| span.start == 0)) {
        return;
    }
    let known: Vec<String> = greetings.iter().map(|greeting| format!("`{greeting}`")).collect();
    findings.push(Finding {
        rule: Rule::Greeting,
        severity: Severity::Warns,
        span: Span::new(start, start),
        message: format!("the draft begins without a greeting; begin with {}", known.join(" or ")),
    });
}

/// Refuses what is not signed where the house signs.
pub(super) fn check_signature(draft: &Draft<'_>, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    if rules.signature.is_empty() {
        return;
    }
    let mut missing = |message: String| {
        let end = draft.text.trim_end().len();
        findings.push(Finding {
            rule: Rule::Signature,
            severity: Severity::Refuses,
            span: Span::new(end, end),
            message,
        });
    };
    if rules.signature.contains(ReplyRules::AGENT) && draft.agent.trim().is_empty() {
        return missing(format!("answers are signed `{}`, and nobody is named; say who writes", rules.signature));
    }
    let signature = rules.signature.replace(ReplyRules::AGENT, draft.agent.trim());
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (own, asked) = (words(draft.text), words(&signature));
    let is_apart = |rest: &str| !rest.ends_with(char::is_alphanumeric) || !asked.starts_with(char::is_alphanumeric);
    if !own.strip_suffix(asked.as_str()).is_some_and(is_apart) {
        missing(format!("the draft is not signed; end it with `{signature}`"));
    }
}

/// Refuses the words the house avoids.
pub(super) fn check_avoided(draft: &Draft<'_>, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    if rules.avoid.is_empty() {
        return;
    }
    let tokens = Tokens::of_asked(draft.text, "", false);
    for phrase in &rules.avoid {
        for span in places_of(&tokens, phrase) {
            findings.push(Finding {
                rule: Rule::AvoidedWord,
                severity: Severity::Refuses,
                span,
                message: format!("`{phrase}` is not said in the name of this brand; say it otherwise"),
            });
        }
    }
}
