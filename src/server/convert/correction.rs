//! What people say of mentions, from the wire.

use super::checks::{rejection, shown, within, without_control};
use crate::{
    base::limits::{CORRECTED_BRANDS_MAX, CORRECTED_BY_BYTES_MAX, CORRECTED_TOPICS_MAX, TOPIC_BYTES_MAX},
    engine::{EngineError, Rejection},
    model::{CorrectedValues, Intent, Language, SentimentLabel},
    proto::v1 as wire,
};

/// Checks what a person says of a mention, and who.
pub(crate) fn correction_from_wire(
    values: Option<wire::CorrectedValues>,
    by: String,
) -> Result<(CorrectedValues, String), EngineError> {
    let checked = values_from_wire(values.unwrap_or_default()).and_then(|values| {
        within("by", &by, CORRECTED_BY_BYTES_MAX)?;
        without_control("by", &by)?;
        Ok(values)
    });
    match checked {
        Ok(values) => Ok((values, by)),
        Err(at_fault) => Err(EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message }),
    }
}

fn values_from_wire(wire: wire::CorrectedValues) -> Result<CorrectedValues, Rejection> {
    if let Some(code) = &wire.language {
        let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_lowercase());
        if !is_code {
            let message = format!(
                "{} is no code of a language; write it like `it`, or `{}` for none",
                shown(code),
                Language::UNDETERMINED
            );
            return Err(rejection("values.language", message));
        }
    }
    let sentiment = match wire.sentiment {
        0 => None,
        number => Some(known("values.sentiment", number, SentimentLabel::from_number)?),
    };
    let mut intents = wire
        .intents
        .iter()
        .enumerate()
        .map(|(index, &number)| known(&format!("values.intents[{index}]"), number, Intent::from_number));
    let intents = intents.by_ref().collect::<Result<Vec<_>, _>>()?;
    let says_other = intents.contains(&Intent::Other);
    if says_other && intents.len() > 1 {
        return Err(rejection("values.intents", "has INTENT_OTHER beside others; it stands alone, for none of them"));
    }
    let values = CorrectedValues {
        language: wire.language,
        sentiment,
        intents: (!intents.is_empty()).then(|| sorted(if says_other { Vec::new() } else { intents })),
        needs_reply: wire.needs_reply,
        brands: wire.brands.map(|set| sorted(set.brands)),
        topics: wire.topics.map(|set| sorted(set.topics)),
    };
    at_most("values.brands", values.brands.as_deref(), CORRECTED_BRANDS_MAX)?;
    at_most("values.topics", values.topics.as_deref(), CORRECTED_TOPICS_MAX)?;
    for topic in values.topics.iter().flatten() {
        let is_id =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'_');
        if topic.is_empty() || topic.len() > TOPIC_BYTES_MAX || !topic.bytes().all(is_id) {
            let message = format!(
                "{} is no id of a topic: it needs 1 to {TOPIC_BYTES_MAX} of the letters a-z, 0-9, `-` and `_`",
                shown(topic)
            );
            return Err(rejection("values.topics", message));
        }
    }
    if values.is_empty() {
        return Err(rejection(
            "values",
            "says nothing; give at least one of language, sentiment, intents, needs_reply, \
                                         brands, topics",
        ));
    }
    Ok(values)
}

fn known<T>(field: &str, number: i32, from_number: fn(u32) -> Option<T>) -> Result<T, Rejection> {
    let found = u32::try_from(number).ok().and_then(from_number);
    found.ok_or_else(|| rejection(field, format!("{number} stands for nothing")))
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all.dedup();
    all
}

fn at_most(field: &str, names: Option<&[String]>, max: usize) -> Result<(), Rejection> {
    match names {
        Some(names) if names.len() > max => {
            Err(rejection(field, format!("has {} entries; at most {max} are allowed", names.len())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_ordered_and_what_is_not_said_is_absent() {
        let values = wire::CorrectedValues {
            intents: vec![2, 1, 2],
            brands: Some(wire::BrandSet { brands: vec!["b".into(), "a".into(), "b".into()] }),
            topics: Some(wire::TopicSet::default()),
            ..Default::default()
        };
        let (values, by) = correction_from_wire(Some(values), "Ana".to_owned()).unwrap();
        assert_eq!(by, "Ana");
        assert_eq!(values.intents, Some(vec![Intent::Question, Intent::Complaint]));
        assert_eq!(values.brands, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(values.topics, Some(Vec::new()));
        assert_eq!((values.language, values.sentiment, values.needs_reply), (None, None, None));
        let none = wire::CorrectedValues { intents: vec![8], ..Default::default() };
        assert_eq!(correction_from_wire(Some(none), String::new()).unwrap().0.intents, Some(Vec::new()));
    }

    #[test]
    fn faults_name_the_field_and_the_mend() {
        let default = wire::CorrectedValues::default;
        let long = vec!["t".to_owned(); 1];
        let many: Vec<String> = (0..17).map(|n| format!("t{n}")).collect();
        for (values, by, message) in [
            (None, "", "values: says nothing; give at least one of"),
            (
                Some(wire::CorrectedValues { language: Some("Italian".into()), ..default() }),
                "",
                "values.language: `Italian` is no code",
            ),
            (Some(wire::CorrectedValues { sentiment: 9, ..default() }), "", "values.sentiment: 9 stands for nothing"),
            (
                Some(wire::CorrectedValues { intents: vec![1, -1], ..default() }),
                "",
                "values.intents[1]: -1 stands for nothing",
            ),
            (
                Some(wire::CorrectedValues { intents: vec![1, 8], ..default() }),
                "",
                "values.intents: has INTENT_OTHER beside",
            ),
            (
                Some(wire::CorrectedValues {
                    topics: Some(wire::TopicSet { topics: vec!["A b".into()] }),
                    ..default()
                }),
                "",
                "values.topics: `A b` is no id",
            ),
            (
                Some(wire::CorrectedValues { topics: Some(wire::TopicSet { topics: many }), ..default() }),
                "",
                "values.topics: has 17 entries",
            ),
            (
                Some(wire::CorrectedValues { topics: Some(wire::TopicSet { topics: long }), ..default() }),
                "a\u{7}",
                "by: `a\\u{7}` has the control character",
            ),
        ] {
            let error = correction_from_wire(values, by.to_owned()).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
