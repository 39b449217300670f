//! Checks that several fields share. Each names the field and says how to mend it.
//!
//! Ids, handles, tags and addresses hold no control characters: they are keys, and a key nobody can see or type is a
//! fault at the source. Texts meant for reading (text, title, bio, shown name) keep theirs: people paste all sorts of
//! things, and whoever prints a text escapes it.

use crate::{
    base::limits::{EXTERNAL_ID_BYTES_MAX, PLATFORM_BYTES_MAX, URL_BYTES_MAX},
    engine::Rejection,
};

/// How much of a value at fault is repeated in the message.
const SHOWN_CHARS_MAX: usize = 64;

pub(super) fn rejection(field: impl Into<String>, message: impl Into<String>) -> Rejection {
    Rejection { field: field.into(), message: message.into() }
}

/// A value as an error message shows it: escaped, and not longer than it helps.
pub(super) fn shown(value: &str) -> String {
    let cut = value.char_indices().nth(SHOWN_CHARS_MAX).map_or(value.len(), |(at, _)| at);
    let ellipsis = if cut < value.len() { "…" } else { "" };
    format!("`{}{ellipsis}`", value[..cut].escape_debug())
}

pub(super) fn within(field: &str, value: &str, bytes_max: usize) -> Result<(), Rejection> {
    if value.len() > bytes_max {
        return Err(rejection(field, format!("has {} bytes, {bytes_max} are allowed; shorten it", value.len())));
    }
    Ok(())
}

pub(super) fn without_control(field: &str, value: &str) -> Result<(), Rejection> {
    match value.chars().find(|letter| letter.is_control()) {
        Some(letter) => Err(rejection(
            field,
            format!("{} has the control character U+{:04X}; remove it", shown(value), u32::from(letter)),
        )),
        None => Ok(()),
    }
}

pub(super) fn platform(field: &str, value: &str) -> Result<(), Rejection> {
    if value.is_empty() {
        return Err(rejection(field, "is empty; name the platform, e.g. `twitter`"));
    }
    within(field, value, PLATFORM_BYTES_MAX)?;
    let is_allowed = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_' | '-' | '.');
    match value.chars().find(|&letter| !is_allowed(letter)) {
        None => Ok(()),
        Some(_) if value.to_ascii_lowercase().chars().all(is_allowed) => Err(rejection(
            field,
            format!("{} has upper-case letters; write `{}`", shown(value), value.to_ascii_lowercase()),
        )),
        Some(letter) => Err(rejection(
            field,
            format!(
                "{} has the character `{}`; allowed are lower-case letters a to z, digits, `_`, `-` and `.`",
                shown(value),
                letter.escape_debug()
            ),
        )),
    }
}

pub(super) fn external_id(field: &str, value: &str) -> Result<(), Rejection> {
    if value.is_empty() {
        return Err(rejection(field, "is empty; give the platform's own id of the mention"));
    }
    within(field, value, EXTERNAL_ID_BYTES_MAX)?;
    without_control(field, value)
}

/// An address; empty passes, as absent.
pub(super) fn url(field: &str, value: &str) -> Result<(), Rejection> {
    within(field, value, URL_BYTES_MAX)?;
    without_control(field, value)?;
    let host = ["http://", "https://"].iter().find_map(|scheme| {
        let start = value.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| value[scheme.len()..].split(['/', '?', '#']).next())?
    });
    match host {
        Some(host) if !host.is_empty() => Ok(()),
        Some(_) => Err(rejection(field, format!("{} has no host", shown(value)))),
        None if value.is_empty() => Ok(()),
        None => Err(rejection(field, format!("{} must begin with `https://` or `http://`", shown(value)))),
    }
}
