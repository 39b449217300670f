//! Entries of the argument base as text files, for teams that write and keep them by hand: TOML with one `[[argument]]` for each, or NDJSON with one
//! object a line. Each entry is read by itself, so that one at fault stops none of the others.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer};

use crate::{
    cli::render::time,
    proto::v1::{Argument, ArgumentExample, ResponsiblePerson, StandardAnswer},
};

/// What begins an entry in TOML.
const HEAD: &str = "[[argument]]";

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Encoding {
    /// `[[argument]]` tables, for people.
    Toml,
    /// One JSON object a line, for programs.
    Ndjson,
}

/// What is wrong with an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// An entry with the line on which it begins, from 1.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub(super) line: usize,
    pub(super) argument: Argument,
}

/// An entry as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    brand: String,
    title: String,
    #[serde(default)]
    examples: Vec<Example>,
    /// By language.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    #[serde(default)]
    theses: Vec<String>,
    #[serde(default)]
    responsible: Option<Who>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    valid_from: Option<Moment>,
    #[serde(default)]
    valid_until: Option<Moment>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "an example is a text, or a table with `text` and `language`")]
enum Example {
    Text(String),
    Told(ToldExample),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldExample {
    text: String,
    #[serde(default)]
    language: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`responsible` is a name, or a table with `name` and `contact`")]
enum Who {
    Name(String),
    Told(ToldWho),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldWho {
    #[serde(default)]
    name: String,
    #[serde(default)]
    contact: String,
}

/// A day or a moment.
#[derive(Clone, Copy)]
enum Moment {
    Day(civil::Date),
    At(Timestamp),
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a time is written 2026-12-31 or 2026-12-31T18:00:00Z")]
        enum Written {
            Text(String),
            Toml(toml::value::Datetime),
        }
        let text = match Written::deserialize(from)? {
            Written::Text(text) => text,
            Written::Toml(datetime) => datetime.to_string(),
        };
        moment(&text).map_err(serde::de::Error::custom)
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at));
    }
    let is_day = text.len() == "2026-12-31".len();
    match text.parse::<civil::Date>() {
        Ok(day) if is_day => Ok(Moment::Day(day)),
        _ => Err(format!("`{text}` is no time; write 2026-12-31, or 2026-12-31T18:00:00Z with its zone")),
    }
}

/// A day begins and ends at midnight, UTC; an entry that is valid until a day is so on that day, too.
fn told(moment: Moment, ends: bool) -> Result<prost_types::Timestamp, String> {
    let at = match moment {
        Moment::At(at) => at,
        Moment::Day(day) => {
            let day = if ends { day.tomorrow() } else { Ok(day) };
            let zoned = day.and_then(|day| day.to_zoned(TimeZone::UTC));
            zoned.map_err(|error| error.to_string())?.timestamp()
        }
    };
    Ok(time::to_wire(at))
}

/// The moment of a day or a time as people write it on the command line.
pub(super) fn moment_of(text: &str, ends: bool) -> Result<prost_types::Timestamp, String> {
    told(moment(text)?, ends)
}

impl Entry {
    fn argument(self) -> Result<Argument, String> {
        let example = |example| match example {
            Example::Text(text) => ArgumentExample { text, ..Default::default() },
            Example::Told(ToldExample { text, language }) => ArgumentExample { text, language, ..Default::default() },
        };
        let responsible = self.responsible.map(|who| match who {
            Who::Name(name) => ResponsiblePerson { name, contact: String::new() },
            Who::Told(ToldWho { name, contact }) => ResponsiblePerson { name, contact },
        });
        let answers = self.answers.into_iter().map(|(language, text)| StandardAnswer { language, text });
        Ok(Argument {
            id: self.id,
            brand: self.brand,
            title: self.title,
            examples: self.examples.into_iter().map(example).collect(),
            answers: answers.collect(),
            theses: self.theses,
            responsible,
            links: self.links,
            valid_from: self.valid_from.map(|moment| told(moment, false)).transpose()?,
            valid_until: self.valid_until.map(|moment| told(moment, true)).transpose()?,
            tags: self.tags,
            ..Default::default()
        })
    }
}

/// Reads a file: its entries, and what is no entry. Whether it is TOML or NDJSON its first sign tells.
pub(super) fn read(text: &str) -> Vec<Result<Read, Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') { read_ndjson(text) } else { read_toml(text) }
}

fn read_ndjson(text: &str) -> Vec<Result<Read, Fault>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(line, text): (usize, &str)| {
        let entry: Entry = serde_json::from_str(text).map_err(|error| Fault { line, reason: error.to_string() })?;
        entry.argument().map(|argument| Read { line, argument }).map_err(|reason| Fault { line, reason })
    };
    lines.map(read).collect()
}

fn read_toml(text: &str) -> Vec<Result<Read, Fault>> {
    let mut entries: Vec<(usize, String)> = Vec::new();
    let mut faults = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let is_head = content.split('#').next().unwrap_or_default().split_whitespace().collect::<String>() == HEAD;
        match entries.last_mut() {
            _ if is_head => entries.push((line, String::new())),
            Some((_, entry)) => {
                entry.push_str(content);
                entry.push('\n');
            }
            None if content.trim().is_empty() || content.trim_start().starts_with('#') => {}
            None if faults.is_empty() => {
                let reason = format!("stands before the first entry; begin each with a line `{HEAD}`");
                faults.push(Err(Fault { line, reason }));
            }
            None => {}
        }
    }
    faults.extend(entries.into_iter().map(|(line, entry)| read_entry(line, &entry)));
    faults
}

/// An entry behind its head, which stands on a line of the file.
fn read_entry(line: usize, text: &str) -> Result<Read, Fault> {
    // Tables of an entry are written as in the whole file.
    let bare: String = text
        .lines()
        .map(|content| {
            let table = content.trim_start().strip_prefix("[argument.");
            table.map_or_else(|| format!("{content}\n"), |table| format!("[{table}\n"))
        })
        .collect();
    let entry: Entry = toml::from_str(&bare).map_err(|error| {
        let behind = error.span().map_or(0, |span| bare.get(..span.start).unwrap_or_default().matches('\n').count());
        // Of what is missing there is no place: the whole entry is meant.
        let at = if error.message().starts_with("missing field") { line } else { line + 1 + behind };
        Fault { line: at, reason: error.message().trim().to_owned() }
    })?;
    entry.argument().map(|argument| Read { line, argument }).map_err(|reason| Fault { line, reason })
}

/// An entry as it stands in a file.
pub(super) fn write(argument: &Argument, encoding: Encoding) -> String {
    match encoding {
        Encoding::Toml => write_toml(argument),
        Encoding::Ndjson => write_ndjson(argument),
    }
}

fn write_toml(argument: &Argument) -> String {
    let mut text = format!("{HEAD}\n");
    let mut line = |key: &str, value: String| {
        let _ = writeln!(text, "{key} = {value}");
    };
    line("id", quoted(&argument.id));
    if !argument.brand.is_empty() {
        line("brand", quoted(&argument.brand));
    }
    line("title", quoted(&argument.title));
    if let Some(ResponsiblePerson { name, contact }) = &argument.responsible {
        line("responsible", format!("{{ name = {}, contact = {} }}", quoted(name), quoted(contact)));
    }
    for (key, at) in [("valid_from", &argument.valid_from), ("valid_until", &argument.valid_until)] {
        if let Some(at) = time::moment(at.as_ref()) {
            line(key, at.to_string());
        }
    }
    for (key, values) in [("tags", &argument.tags), ("links", &argument.links), ("theses", &argument.theses)] {
        if !values.is_empty() {
            line(key, list(values.iter().map(|value| quoted(value))));
        }
    }
    if !argument.examples.is_empty() {
        line("examples", list(argument.examples.iter().map(example_toml)));
    }
    if !argument.answers.is_empty() {
        text.push_str("\n[argument.answers]\n");
        for StandardAnswer { language, text: answer } in &argument.answers {
            let _ = writeln!(text, "{} = {}", quoted(language), quoted(answer));
        }
    }
    text.push('\n');
    text
}

fn example_toml(example: &ArgumentExample) -> String {
    match example.language.as_str() {
        "" => quoted(&example.text),
        language => format!("{{ text = {}, language = {} }}", quoted(&example.text), quoted(language)),
    }
}

/// One value a line, so that a change of one is a change of one line.
fn list(values: impl Iterator<Item = String>) -> String {
    let lines: String = values.map(|value| format!("    {value},\n")).collect();
    format!("[\n{lines}]")
}

/// A text in quotes on one line, with the escapes of JSON, which are those of TOML as well.
fn quoted(text: &str) -> String {
    // TOML wants the last control character escaped, JSON leaves it.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn write_ndjson(argument: &Argument) -> String {
    let mut object = serde_json::Map::new();
    let mut put = |key: &str, value: serde_json::Value| {
        object.insert(key.to_owned(), value);
    };
    put("id", argument.id.clone().into());
    if !argument.brand.is_empty() {
        put("brand", argument.brand.clone().into());
    }
    put("title", argument.title.clone().into());
    if let Some(ResponsiblePerson { name, contact }) = &argument.responsible {
        put("responsible", serde_json::json!({ "name": name, "contact": contact }));
    }
    for (key, at) in [("valid_from", &argument.valid_from), ("valid_until", &argument.valid_until)] {
        if let Some(at) = time::moment(at.as_ref()) {
            put(key, at.to_string().into());
        }
    }
    for (key, values) in [("tags", &argument.tags), ("links", &argument.links), ("theses", &argument.theses)] {
        if !values.is_empty() {
            put(key, values.clone().into());
        }
    }
    let example = |example: &ArgumentExample| match example.language.as_str() {
        "" => serde_json::Value::from(example.text.as_str()),
        language => serde_json::json!({ "text": example.text, "language": language }),
    };
    put("examples", argument.examples.iter().map(example).collect::<Vec<_>>().into());
    let answers: serde_json::Map<String, serde_json::Value> =
        argument.answers.iter().map(|answer| (answer.language.clone(), answer.text.clone().into())).collect();
    put("answers", answers.into());
    format!("{}\n", serde_json::Value::from(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
# Our answers.

[[argument]]
id = "card-lost"
brand = "luna-bank"
title = "Card lost or stolen"
examples = [
    "I lost my card",
    { text = "Ho perso la carta", language = "it" },
]
responsible = { name = "Anna", contact = "desk 4" }
links = ["https://luna.example/card"]
valid_from = 2026-01-01
valid_until = "2026-12-31"

[argument.answers]
en = """
We block it at once.
"""
it = "La blocchiamo subito."

[[argument]]  # no title
id = "broken"

[[ argument ]]
id = "typo"
titel = "Typo"

[[argument]]
id = "unclosed"
title = "Unclosed
examples = []

[[argument]]
id = "hours"
title = "Opening hours"
responsible = "Ben"
valid_until = 2026-12-31T18:00:00Z
"#;

    #[test]
    fn what_is_broken_in_the_middle_stops_nothing_else() {
        let read = read(FILE);
        let lines: Vec<(usize, &str)> = read
            .iter()
            .map(|read| match read {
                Ok(read) => (read.line, read.argument.id.as_str()),
                Err(fault) if fault.reason.contains("tit") => (fault.line, "told by name"),
                Err(fault) => (fault.line, "at fault"),
            })
            .collect();
        let expected = [(4, "card-lost"), (23, "told by name"), (28, "told by name"), (32, "at fault"), (35, "hours")];
        assert_eq!(lines, expected, "{read:?}");
        let card = &read[0].as_ref().unwrap().argument;
        assert_eq!((card.examples.len(), card.examples[1].language.as_str()), (2, "it"));
        assert_eq!(card.answers[0].text, "We block it at once.\n");
        let day = |text: &str| Some(time::to_wire(text.parse().unwrap()));
        assert_eq!(card.valid_from, day("2026-01-01T00:00:00Z"));
        assert_eq!(card.valid_until, day("2027-01-01T00:00:00Z"), "the last day counts");
        let hours = &read[4].as_ref().unwrap().argument;
        assert_eq!(hours.responsible.as_ref().unwrap().name, "Ben");
        assert_eq!(hours.valid_until, day("2026-12-31T18:00:00Z"));
    }

    #[test]
    fn lines_of_json_are_read_one_by_one() {
        let text = concat!(
            r#"{"id":"a","title":"A","examples":["x"],"answers":{"en":"y"}}"#,
            "\n\n{\"id\":\n",
            r#"{"id":"b","title":"B","answer":"y"}"#,
            "\n",
            r#"{"id":"c","title":"C","valid_from":"soon"}"#,
            "\n"
        );
        let lines: Vec<Result<usize, usize>> =
            read(text).iter().map(|read| read.as_ref().map(|read| read.line).map_err(|fault| fault.line)).collect();
        assert_eq!(lines, [Ok(1), Err(3), Err(4), Err(5)]);
    }

    #[test]
    fn what_stands_before_the_first_entry_is_told() {
        let read = read("id = \"x\"\ntitle = \"X\"\n");
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].as_ref().unwrap_err().line, 1);
        assert!(super::read("").is_empty());
    }

    #[test]
    fn what_is_written_is_read() {
        let nasty = "\"quotes\" \\ tab\t, line\n[[argument]]\n# no comment \u{7f}\u{1}\u{2028} ไทย";
        let argument = Argument {
            id: "nasty".into(),
            brand: "luna-bank".into(),
            title: nasty.into(),
            examples: vec![
                ArgumentExample { text: nasty.into(), ..Default::default() },
                ArgumentExample { text: nasty.into(), language: "th".into(), ..Default::default() },
            ],
            answers: vec![StandardAnswer { language: "pt-BR".into(), text: nasty.into() }],
            theses: vec![nasty.into()],
            responsible: Some(ResponsiblePerson { name: nasty.into(), contact: String::new() }),
            links: vec!["https://x.example/?a=\"b\"".into()],
            valid_from: Some(time::to_wire("2026-01-01T00:00:00.5Z".parse().unwrap())),
            valid_until: None,
            tags: vec!["t".into()],
            ..Default::default()
        };
        for encoding in [Encoding::Toml, Encoding::Ndjson] {
            let text = write(&argument, encoding) + &write(&argument, encoding);
            let read = read(&text);
            assert_eq!(read.len(), 2, "{text}");
            for read in read {
                assert_eq!(read.unwrap().argument, argument, "{text}");
            }
        }
    }
}
