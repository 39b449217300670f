//! `[[brand.responsible]]` of a profile: whom to ask.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::coverage::Wrong;
use crate::{
    base::limits::{DESK_NAME_BYTES_MAX, RESPONSIBLE_CONTACT_BYTES_MAX, RESPONSIBLE_MAX, TOPIC_BYTES_MAX},
    model,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Responsible {
    #[serde(default)]
    topic: String,
    name: String,
    #[serde(default)]
    contact: String,
}

/// The responsible people of a profile; the error says the place and the mend.
pub(super) fn responsible(written: Vec<Spanned<Responsible>>) -> Result<Vec<model::Responsible>, Wrong> {
    let mut all = Vec::with_capacity(written.len().min(RESPONSIBLE_MAX));
    let mut seen = BTreeSet::new();
    for one in written {
        let place = one.span();
        let Responsible { topic, name, contact } = one.into_inner();
        let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let wrong = if all.len() == RESPONSIBLE_MAX {
            Some(format!("more than {RESPONSIBLE_MAX} responsible people; name fewer"))
        } else if topic.len() > TOPIC_BYTES_MAX || !topic.bytes().all(is_id) {
            Some(format!("the topic `{topic}` must be at most {TOPIC_BYTES_MAX} of the letters a-z, 0-9, - and _"))
        } else if name.trim().is_empty() || name.len() > DESK_NAME_BYTES_MAX || name.chars().any(char::is_control) {
            Some(format!("the name of who is responsible needs 1 to {DESK_NAME_BYTES_MAX} bytes on one line"))
        } else if contact.len() > RESPONSIBLE_CONTACT_BYTES_MAX || contact.chars().any(char::is_control) {
            Some(format!("the contact of {name} has at most {RESPONSIBLE_CONTACT_BYTES_MAX} bytes on one line"))
        } else if !seen.insert(topic.clone()) {
            Some(match topic.as_str() {
                "" => "two people are responsible for everything else; give one of them a topic".to_owned(),
                topic => format!("two people are responsible for `{topic}`; name one"),
            })
        } else {
            None
        };
        if let Some(message) = wrong {
            return Err((place, message));
        }
        all.push(model::Responsible { topic, name, contact });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::brands::read;

    /// Four lines.
    const BRAND: &str = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\n";

    #[test]
    fn who_is_responsible_is_read() {
        let text = format!(
            "{BRAND}[[brand.responsible]]\nname = \"Рут\"\n\
             [[brand.responsible]]\ntopic = \"billing\"\nname = \"Bo\"\ncontact = \"bo@a.example\"\n"
        );
        let brand = read("brands.toml", &text).unwrap().remove(0);
        let told = brand.responsible.iter().map(|it| (it.topic.as_str(), it.name.as_str(), it.contact.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [("", "Рут", ""), ("billing", "Bo", "bo@a.example")]);
    }

    #[test]
    fn who_cannot_be_responsible_is_refused() {
        let one = "[[brand.responsible]]\n";
        for (rest, line, said) in [
            (format!("{one}name = \" \"\n"), 5, "needs 1 to 128 bytes"),
            (format!("{one}name = \"a\\nb\"\n"), 5, "on one line"),
            (format!("{one}name = \"Bo\"\ntopic = \"Billing\"\n"), 5, "the topic `Billing`"),
            (format!("{one}name = \"Bo\"\ncontact = \"{}\"\n", "x".repeat(257)), 5, "at most 256 bytes"),
            (format!("{one}name = \"Bo\"\n{one}name = \"Al\"\n"), 7, "give one of them a topic"),
            (
                format!("{one}name = \"Bo\"\ntopic = \"app\"\n{one}name = \"Al\"\ntopic = \"app\"\n"),
                8,
                "two people are responsible for `app`",
            ),
            (format!("{one}topic = \"app\"\n"), 5, "missing field `name`"),
            (format!("{one}name = \"Bo\"\ntopics = \"app\"\n"), 7, "the nearest is `topic`"),
            ((0..101).map(|it| format!("{one}name = \"Bo\"\ntopic = \"t{it}\"\n")).collect(), 305, "more than 100"),
        ] {
            let error = read("brands.toml", &format!("{BRAND}{rest}")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("brands.toml, line {line}: ")), "{rest}: {error}");
            assert!(error.contains(said), "{rest}: {error}");
        }
    }
}
