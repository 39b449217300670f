//! What an entry of the argument base must be.

use std::collections::HashSet;

use super::invalid;
use crate::{
    base::limits::{
        ARGUMENT_ANSWER_BYTES_MAX, ARGUMENT_ANSWERS_MAX, ARGUMENT_EXAMPLE_BYTES_MAX, ARGUMENT_EXAMPLES_MAX,
        ARGUMENT_ID_BYTES_MAX, ARGUMENT_LANGUAGE_BYTES_MAX, ARGUMENT_LINKS_MAX, ARGUMENT_RESPONSIBLE_BYTES_MAX,
        ARGUMENT_TAGS_MAX, ARGUMENT_THESES_MAX, ARGUMENT_THESIS_BYTES_MAX, ARGUMENT_TITLE_BYTES_MAX, EDITOR_BYTES_MAX,
        TAG_BYTES_MAX, URL_BYTES_MAX,
    },
    engine::EngineError,
    model::Argument,
};

/// An entry as it is kept: answers ordered by language, examples and tags each once.
pub(super) fn checked(mut argument: Argument) -> Result<Argument, EngineError> {
    check_id(&argument.id)?;
    if argument.title.trim().is_empty() {
        let message = "is empty; say the problem in a few words, for example `Card lost or stolen`".to_owned();
        return Err(invalid("argument.title", message));
    }
    for (field, text, bytes_max) in [
        ("argument.title", &argument.title, ARGUMENT_TITLE_BYTES_MAX),
        ("argument.responsible.name", &argument.responsible.name, ARGUMENT_RESPONSIBLE_BYTES_MAX),
        ("argument.responsible.contact", &argument.responsible.contact, ARGUMENT_RESPONSIBLE_BYTES_MAX),
        ("argument.editor", &argument.editor, EDITOR_BYTES_MAX),
    ] {
        within(field, text, bytes_max)?;
        if text.chars().any(char::is_control) {
            return Err(invalid(field, "has a control character; remove it".to_owned()));
        }
    }
    check_examples(&argument)?;
    check_answers(&argument)?;
    for (field, texts, count_max, bytes_max) in [
        ("argument.theses", &argument.theses, ARGUMENT_THESES_MAX, ARGUMENT_THESIS_BYTES_MAX),
        ("argument.links", &argument.links, ARGUMENT_LINKS_MAX, URL_BYTES_MAX),
        ("argument.tags", &argument.tags, ARGUMENT_TAGS_MAX, TAG_BYTES_MAX),
    ] {
        count(field, texts.len(), count_max)?;
        for (number, text) in texts.iter().enumerate() {
            let field = format!("{field}[{number}]");
            within(&field, text, bytes_max)?;
            if text.trim().is_empty() {
                return Err(invalid(&field, "is empty; leave it out".to_owned()));
            }
        }
    }
    let is_link = |link: &&String| link.starts_with("https://") || link.starts_with("http://");
    if let Some(number) = argument.links.iter().position(|link| !is_link(&link)) {
        let message = "must begin with `https://` or `http://`".to_owned();
        return Err(invalid(&format!("argument.links[{number}]"), message));
    }
    if let (Some(from), Some(until)) = (argument.valid_from, argument.valid_until)
        && until <= from
    {
        let message = format!("{until} is not after valid_from, {from}: it would never be suggested");
        return Err(invalid("argument.valid_until", message));
    }
    argument.answers.sort_by(|one, other| one.language.cmp(&other.language));
    let mut seen = HashSet::new();
    argument.examples.retain(|example| seen.insert((example.text.clone(), example.language.clone())));
    let mut seen = HashSet::new();
    argument.tags.retain(|tag| seen.insert(tag.clone()));
    Ok(argument)
}

fn check_id(id: &str) -> Result<(), EngineError> {
    let is_id_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if id.is_empty() || id.len() > ARGUMENT_ID_BYTES_MAX || !id.bytes().all(is_id_letter) {
        let message = format!(
            "must have 1 to {ARGUMENT_ID_BYTES_MAX} of the letters a-z, 0-9, `-`, `_` and `.`, for example `card-lost`"
        );
        return Err(invalid("argument.id", message));
    }
    Ok(())
}

fn check_examples(argument: &Argument) -> Result<(), EngineError> {
    count("argument.examples", argument.examples.len(), ARGUMENT_EXAMPLES_MAX)?;
    for (number, example) in argument.examples.iter().enumerate() {
        let field = format!("argument.examples[{number}].text");
        within(&field, &example.text, ARGUMENT_EXAMPLE_BYTES_MAX)?;
        if !example.text.chars().any(char::is_alphanumeric) {
            return Err(invalid(&field, "has no word; say how a customer puts it, or leave it out".to_owned()));
        }
        if !example.language.is_empty() {
            check_language(&format!("argument.examples[{number}].language"), &example.language)?;
        }
    }
    Ok(())
}

fn check_answers(argument: &Argument) -> Result<(), EngineError> {
    count("argument.answers", argument.answers.len(), ARGUMENT_ANSWERS_MAX)?;
    let mut languages = HashSet::new();
    for (number, answer) in argument.answers.iter().enumerate() {
        let field = format!("argument.answers[{number}]");
        check_language(&format!("{field}.language"), &answer.language)?;
        if !languages.insert(&answer.language) {
            let message = format!("`{}` has an answer already; put them together", answer.language);
            return Err(invalid(&format!("{field}.language"), message));
        }
        within(&format!("{field}.text"), &answer.text, ARGUMENT_ANSWER_BYTES_MAX)?;
        if answer.text.trim().is_empty() {
            return Err(invalid(&format!("{field}.text"), "is empty; write the answer, or leave it out".to_owned()));
        }
    }
    Ok(())
}

/// Two or three letters, and what follows behind a stroke.
fn check_language(field: &str, code: &str) -> Result<(), EngineError> {
    let mut parts = code.split('-');
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_lowercase()));
    let is_rest = parts.all(|part| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_alphanumeric()));
    if is_language && is_rest && code.len() <= ARGUMENT_LANGUAGE_BYTES_MAX {
        return Ok(());
    }
    let shown: String = code.chars().take(ARGUMENT_LANGUAGE_BYTES_MAX).collect();
    let message = format!("`{}` is no code of a language; write `en`, `pt-BR` or `fil`", shown.escape_debug());
    Err(invalid(field, message))
}

fn within(field: &str, text: &str, bytes_max: usize) -> Result<(), EngineError> {
    if text.len() > bytes_max {
        return Err(invalid(field, format!("has {} bytes; at most {bytes_max} are allowed, shorten it", text.len())));
    }
    Ok(())
}

fn count(field: &str, count: usize, count_max: usize) -> Result<(), EngineError> {
    if count > count_max {
        return Err(invalid(field, format!("has {count}; at most {count_max} are allowed, take some out")));
    }
    Ok(())
}

/// Bytes of the texts of an entry: about what it takes in a message.
pub(super) fn bytes(argument: &Argument) -> usize {
    let texts = argument.theses.iter().chain(&argument.links).chain(&argument.tags).map(String::len).sum::<usize>();
    let answers: usize = argument.answers.iter().map(|answer| answer.text.len()).sum();
    argument.example_bytes() + argument.examples.len() * 16 + answers + texts + argument.title.len() + 256
}
