use clap::Args;
use tonic::Code;

use super::{
    super::{exit::Failure, output::Output, render::escape::escape},
    file::moment_of,
};
use crate::{
    client::Client,
    proto::v1::{Argument, ArgumentExample, GetArgumentRequest, PutArgumentRequest, ResponsiblePerson, StandardAnswer},
};

/// What there is to an entry. What is not given stays as it is; lists are given whole, and `''` empties them.
#[derive(Debug, Args)]
pub(super) struct Details {
    /// The problem in a few words; a new entry needs it
    #[arg(long)]
    title: Option<String>,
    /// The brand it answers for; '' for every brand
    #[arg(long, value_name = "ID")]
    brand: Option<String>,
    /// How a customer puts it, with its language in front where you know it (it=Ho perso la carta); several times for several
    #[arg(long = "example", value_name = "[LANG=]TEXT")]
    examples: Vec<String>,
    /// The standard answer in a language (it=La blocchiamo subito); several times for several
    #[arg(long = "answer", value_name = "LANG=TEXT")]
    answers: Vec<String>,
    /// What the answer rests on; several times for several
    #[arg(long = "thesis", value_name = "TEXT")]
    theses: Vec<String>,
    /// Who knows more
    #[arg(long, value_name = "NAME")]
    responsible: Option<String>,
    /// How to reach them
    #[arg(long, value_name = "HOW")]
    contact: Option<String>,
    /// An address to read on; several times for several
    #[arg(long = "link", value_name = "URL")]
    links: Vec<String>,
    /// Suggested from then on: 2026-01-01 or 2026-01-01T08:00:00Z; '' for always
    #[arg(long, value_name = "TIME")]
    valid_from: Option<String>,
    /// Suggested until then: 2026-12-31, that day included, or 2026-12-31T18:00:00Z; '' for good
    #[arg(long, value_name = "TIME")]
    valid_until: Option<String>,
    /// For people; several times for several
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// Keeps an entry: a new one, or what is given of one that is there.
pub(super) async fn run(
    client: &Client,
    id: String,
    details: Details,
    etag: String,
    editor: String,
    output: &mut Output,
) -> Result<(), Failure> {
    let known = match client.arguments().get_argument(GetArgumentRequest { id: id.clone() }).await {
        Ok(answer) => Some(answer.into_inner()),
        Err(status) if status.code() == Code::NotFound && etag.is_empty() => None,
        Err(status) => return Err(status.into()),
    };
    let is_new = known.is_none();
    // Nobody's work between the reading and the writing is overwritten.
    let etag = match &known {
        Some(known) if etag.is_empty() => known.etag.clone(),
        _ => etag,
    };
    let argument = edited(known.unwrap_or(Argument { id, ..Default::default() }), details)?;
    let request = PutArgumentRequest { argument: Some(argument), etag, must_be_new: is_new, editor };
    let kept = client.arguments().put_argument(request).await?.into_inner();
    if output.is_json() {
        return output.json(&kept);
    }
    output.note(&format!("`{}` is {}", escape(&kept.id), if is_new { "new" } else { "kept" }))
}

fn edited(mut argument: Argument, details: Details) -> Result<Argument, Failure> {
    let Details { title, brand, examples, answers, theses, responsible, contact, links, valid_from, valid_until, tags } =
        details;
    for (value, place) in [(title, &mut argument.title), (brand, &mut argument.brand)] {
        if let Some(value) = value {
            *place = value;
        }
    }
    for (values, place) in [(theses, &mut argument.theses), (links, &mut argument.links), (tags, &mut argument.tags)] {
        if !values.is_empty() {
            *place = given(values);
        }
    }
    if !examples.is_empty() {
        argument.examples = given(examples).into_iter().map(example).collect();
    }
    if !answers.is_empty() {
        argument.answers = given(answers).iter().map(|text| answer(text)).collect::<Result<_, _>>()?;
    }
    let mut who = argument.responsible.unwrap_or_default();
    who.name = responsible.unwrap_or(who.name);
    who.contact = contact.unwrap_or(who.contact);
    argument.responsible = (who != ResponsiblePerson::default()).then_some(who);
    for (option, value, ends, place) in [
        ("--valid-from", valid_from, false, &mut argument.valid_from),
        ("--valid-until", valid_until, true, &mut argument.valid_until),
    ] {
        match value.as_deref() {
            None => {}
            Some("") => *place = None,
            Some(text) => {
                let at = moment_of(text, ends).map_err(|why| Failure::WrongUsage(format!("{option}: {why}")))?;
                *place = Some(at);
            }
        }
    }
    Ok(argument)
}

fn given(values: Vec<String>) -> Vec<String> {
    values.into_iter().filter(|value| !value.is_empty()).collect()
}

/// `it=…`; anything else is a text.
fn in_language(text: &str) -> Option<(&str, &str)> {
    let (code, rest) = text.split_once('=')?;
    let first = code.split('-').next().unwrap_or_default();
    let is_code = (2..=3).contains(&first.len())
        && code.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-')
        && first.bytes().all(|letter| letter.is_ascii_lowercase());
    is_code.then_some((code, rest.trim()))
}

fn example(text: String) -> ArgumentExample {
    match in_language(&text) {
        Some((language, text)) => {
            ArgumentExample { text: text.to_owned(), language: language.to_owned(), ..Default::default() }
        }
        None => ArgumentExample { text, ..Default::default() },
    }
}

fn answer(text: &str) -> Result<StandardAnswer, Failure> {
    let (language, text) = in_language(text).ok_or_else(|| {
        Failure::WrongUsage(format!(
            "--answer: `{text}` does not say its language; write it in front, as in `it={text}`"
        ))
    })?;
    Ok(StandardAnswer { language: language.to_owned(), text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_stands_in_front_of_a_text() {
        for (text, parts) in [
            ("it=Ho perso la carta", Some(("it", "Ho perso la carta"))),
            ("pt-BR= perdi", Some(("pt-BR", "perdi"))),
            ("2+2=4", None),
            ("I typed a=b", None),
            ("URL=x", None),
            ("no sign", None),
        ] {
            assert_eq!(in_language(text), parts, "{text}");
        }
    }
}
