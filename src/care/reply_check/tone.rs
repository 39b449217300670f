//! Shouting and blaming: what makes a quarrel of an answer.

use super::{Finding, Rule, Severity, phrases::places_of};
use crate::{
    base::Span,
    model::ReplyRules,
    text::{SegmentKind, Tokens, segments},
};

/// Letters of words in capitals, one after the other, from which they shout; one word alone may be a name or an airport.
const SHOUTED_LETTERS_MIN: usize = 8;

/// Phrases that put the blame on the customer, or sound like it. Lower case, as people write them.
const BLAMING: [&str; 40] = [
    "your fault",
    "your own fault",
    "you should have",
    "you failed to",
    "as i already said",
    "as already mentioned",
    "calm down",
    "obviously you",
    "you clearly",
    "not our problem",
    "selbst schuld",
    "ihre schuld",
    "wie bereits gesagt",
    "hätten sie",
    "beruhigen sie sich",
    "nicht unser problem",
    "colpa sua",
    "colpa tua",
    "come già detto",
    "avrebbe dovuto",
    "si calmi",
    "non è un nostro problema",
    "votre faute",
    "comme déjà dit",
    "vous auriez dû",
    "calmez-vous",
    "su culpa",
    "tu culpa",
    "como ya le dije",
    "debería haber",
    "cálmese",
    "сами виноваты",
    "ваша вина",
    "как уже говорили",
    "успокойтесь",
    "не наша проблема",
    "sua culpa",
    "sizin suçunuz",
    "uw eigen schuld",
    "pana wina",
];

pub(super) fn check(text: &str, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    shouted(text, findings);
    let max = rules.exclamations_max.unwrap_or(ReplyRules::EXCLAMATIONS_DEFAULT) as usize;
    let marks: Vec<(usize, &str)> = text.match_indices(['!', '！']).collect();
    if let Some((first, mark)) = marks.get(max).copied() {
        let message = format!("has {} exclamation marks, {max} are allowed; let the words speak", marks.len());
        findings.push(warning(Span::new(first, first + mark.len()), message));
    }
    let tokens = Tokens::of_asked(text, "", false);
    for phrase in BLAMING {
        for span in places_of(&tokens, phrase) {
            let message = format!("`{phrase}` sounds like blame; say what you can do instead");
            findings.push(warning(span, message));
        }
    }
}

fn warning(span: Span, message: String) -> Finding {
    Finding { rule: Rule::Tone, severity: Severity::Warns, span, message }
}

/// Two words or more in capitals. One that is short is a code; links, handles and hashtags are written as they are.
fn shouted(text: &str, findings: &mut Vec<Finding>) {
    let mut row: Option<(Span, usize, usize)> = None;
    let mut close = |row: Option<(Span, usize, usize)>| {
        if let Some((span, words, letters)) = row
            && words >= 2
            && letters >= SHOUTED_LETTERS_MIN
        {
            findings.push(warning(span, "words in capitals read as shouting; write them in small letters".to_owned()));
        }
    };
    for segment in segments(text) {
        let is_capitals = segment.kind == SegmentKind::Word
            && segment.body.chars().filter(|letter| letter.is_uppercase()).count() >= 2
            && !segment.body.chars().any(char::is_lowercase);
        if is_capitals {
            let letters = segment.body.chars().count();
            row = Some(match row {
                Some((span, words, before)) => (span.join(segment.span), words + 1, before + letters),
                None => (segment.span, 1, letters),
            });
        } else {
            close(row.take());
        }
    }
    close(row);
}
