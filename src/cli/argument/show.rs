use std::path::Path;

use jiff::tz::TimeZone;

use super::{
    super::{
        exit::Failure,
        output::Output,
        render::{
            escape::escape,
            style::{BAD, DIM, GOOD, STRONG, styled},
            table::{pairs, table},
            time,
        },
    },
    file::{self, Encoding},
    for_each,
};
use crate::{
    client::Client,
    proto::v1::{
        AddArgumentExampleRequest, Argument, ArgumentExample, FindDuplicateArgumentsRequest,
        GetArgumentCoverageRequest, GetArgumentRequest, ResponsiblePerson, StandardAnswer, SuggestRepliesRequest,
        SuggestedReply,
    },
};

/// Examples shown of an entry; `export` writes all.
const EXAMPLES_SHOWN: usize = 20;

/// A table, or a JSON document for each entry.
pub(super) async fn list(client: &Client, brand: &str, output: &mut Output) -> Result<(), Failure> {
    let now = jiff::Timestamp::now();
    let mut rows = Vec::new();
    for_each(client, brand, |argument| {
        if output.is_json() {
            return output.json_line(&argument);
        }
        let languages: Vec<&str> = argument.answers.iter().map(|answer| answer.language.as_str()).collect();
        let state = validity(&argument, now);
        rows.push(vec![
            argument.id.clone(),
            argument.brand.clone(),
            argument.title.clone(),
            argument.examples.len().to_string(),
            languages.join(" "),
            state.to_owned(),
        ]);
        Ok(())
    })
    .await?;
    if output.is_json() {
        return Ok(());
    }
    if rows.is_empty() {
        return output.note("the argument base is empty; `ascolto argument put` and `ascolto argument import` fill it");
    }
    for line in table(&["id", "brand", "title", "examples", "answers", ""], &rows, &[3], output.width()) {
        output.line(&line)?;
    }
    Ok(())
}

/// What keeps an entry from being suggested.
fn validity(argument: &Argument, now: jiff::Timestamp) -> &'static str {
    let at = |time: &Option<prost_types::Timestamp>| time::moment(time.as_ref());
    if at(&argument.valid_until).is_some_and(|until| until <= now) {
        "expired"
    } else if at(&argument.valid_from).is_some_and(|from| now < from) {
        "not yet"
    } else {
        ""
    }
}

pub(super) async fn one(client: &Client, id: String, output: &mut Output) -> Result<(), Failure> {
    let argument = client.arguments().get_argument(GetArgumentRequest { id }).await?.into_inner();
    if output.is_json() {
        return output.json(&argument);
    }
    facts(&argument, output)
}

fn facts(argument: &Argument, output: &mut Output) -> Result<(), Failure> {
    let ResponsiblePerson { name, contact } = argument.responsible.clone().unwrap_or_default();
    let zone = TimeZone::system();
    let state = validity(argument, jiff::Timestamp::now());
    let from = argument.valid_from.as_ref().map(|at| format!("from {} ", time::full(Some(at), &zone)));
    let until = argument.valid_until.as_ref().map(|at| format!("until {} ", time::full(Some(at), &zone)));
    let valid = from.unwrap_or_default() + &until.unwrap_or_default() + state;
    let mut rows: Vec<(&str, String)> = Vec::new();
    for (label, value) in [
        ("id", argument.id.as_str()),
        ("title", &argument.title),
        ("brand", if argument.brand.is_empty() { "every brand" } else { &argument.brand }),
        ("valid", valid.trim()),
        ("responsible", &[name, contact].join(" ")),
        ("tags", &argument.tags.join(", ")),
        ("etag", &argument.etag),
    ] {
        if !value.trim().is_empty() {
            rows.push((label, escape(value.trim()).into_owned()));
        }
    }
    let by = if argument.editor.is_empty() { String::new() } else { format!(" by {}", escape(&argument.editor)) };
    rows.push(("edited", time::full(argument.updated_at.as_ref(), &zone) + &by));
    for line in pairs(&rows) {
        output.line(&line)?;
    }
    block("examples", argument.examples.iter().take(EXAMPLES_SHOWN).map(told_example), output)?;
    if argument.examples.len() > EXAMPLES_SHOWN {
        output.line(&styled(DIM, &format!("  … and {} more", argument.examples.len() - EXAMPLES_SHOWN)))?;
    }
    block("answers", argument.answers.iter().map(|answer| in_language(&answer.text, &answer.language)), output)?;
    block("theses", argument.theses.iter().map(|thesis| escape(thesis).into_owned()), output)?;
    block("links", argument.links.iter().map(|link| escape(link).into_owned()), output)
}

fn block(head: &str, lines: impl Iterator<Item = String>, output: &mut Output) -> Result<(), Failure> {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    output.line("")?;
    output.line(&styled(DIM, head))?;
    lines.try_for_each(|line| output.line(&format!("  {line}")))
}

fn told_example(example: &ArgumentExample) -> String {
    let from = if example.mention.is_empty() { String::new() } else { format!(" (from {})", escape(&example.mention)) };
    in_language(&example.text, &example.language) + &styled(DIM, &from)
}

fn in_language(text: &str, language: &str) -> String {
    let language = if language.is_empty() { String::new() } else { format!("{} ", escape(language)) };
    styled(DIM, &language) + &escape(text)
}

/// What the argument base answers to a mention or a text.
pub(super) async fn suggest(
    client: &Client,
    request: SuggestRepliesRequest,
    output: &mut Output,
) -> Result<(), Failure> {
    let told = client.arguments().suggest_replies(request).await?.into_inner();
    if output.is_json() {
        return output.json(&told);
    }
    if told.none_fits {
        let nearest = match told.best_argument.as_str() {
            "" => "nothing in the argument base has anything in common with it".to_owned(),
            best => format!("the nearest, `{}`, has {:.2} of {:.2}", escape(best), told.best_score, told.threshold),
        };
        return output.line(&format!("{} ({nearest})", styled(BAD, "none fits")));
    }
    told.suggestions.iter().try_for_each(|reply| suggested(reply, &told.language, output))
}

fn suggested(reply: &SuggestedReply, language: &str, output: &mut Output) -> Result<(), Failure> {
    let argument = reply.argument.clone().unwrap_or_default();
    let id = styled(DIM, &escape(&argument.id));
    let score = styled(GOOD, &format!("{:.2}", reply.score));
    output.line(&format!("{score} {} {id}", styled(STRONG, &escape(&argument.title))))?;
    let example = reply.example.clone().unwrap_or_default();
    let words: Vec<String> = reply.words.iter().map(|word| escape(word).into_owned()).collect();
    let near = if words.is_empty() { String::new() } else { format!("{} ← ", words.join(", ")) };
    output.line(&format!("     {near}“{}”", escape(&example.text)))?;
    if let Some(StandardAnswer { language: answered, text }) = &reply.answer {
        if reply.other_language {
            let note = format!("     no answer in {}; in {}:", escape(language), escape(answered));
            output.line(&styled(BAD, &note))?;
        }
        for line in text.lines() {
            output.line(&format!("     {}", escape(line)))?;
        }
    }
    let ResponsiblePerson { name, contact } = argument.responsible.unwrap_or_default();
    let who = [name, contact].join(" ");
    if !who.trim().is_empty() {
        output.line(&styled(DIM, &format!("     ask {}", escape(who.trim()))))?;
    }
    Ok(())
}

pub(super) async fn add_example(
    client: &Client,
    request: AddArgumentExampleRequest,
    output: &mut Output,
) -> Result<(), Failure> {
    let answer = client.arguments().add_argument_example(request).await?.into_inner();
    if output.is_json() {
        return output.json(&answer);
    }
    let argument = answer.argument.unwrap_or_default();
    output.line(&told_example(&answer.example.unwrap_or_default()))?;
    output.note(&format!("`{}` has {} examples", escape(&argument.id), argument.examples.len()))
}

pub(super) async fn duplicates(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let answer = client.arguments().find_duplicate_arguments(FindDuplicateArgumentsRequest {}).await?.into_inner();
    if output.is_json() {
        return output.json(&answer);
    }
    if answer.pairs.is_empty() {
        return output.note("no two entries answer the same");
    }
    let rows: Vec<Vec<String>> = answer
        .pairs
        .into_iter()
        .map(|pair| vec![format!("{:.2}", pair.score), pair.one, pair.other, pair.words.join(", ")])
        .collect();
    for line in table(&["", "one", "other", "both say"], &rows, &[0], output.width()) {
        output.line(&line)?;
    }
    Ok(())
}

pub(super) async fn coverage(
    client: &Client,
    request: GetArgumentCoverageRequest,
    output: &mut Output,
) -> Result<(), Failure> {
    let told = client.arguments().get_argument_coverage(request).await?.into_inner();
    if output.is_json() {
        return output.json(&told);
    }
    if told.looked_at < told.mentions {
        output.note(&format!("the newest {} of {} mentions were looked at", told.looked_at, told.mentions))?;
    }
    if told.requests == 0 {
        return output.note("nobody asked for anything");
    }
    #[expect(clippy::cast_precision_loss, reason = "at most some thousand requests")]
    let share = 100.0 * told.covered as f64 / told.requests as f64;
    output.line(&format!(
        "an entry fits {} of {} requests ({share:.1} %)",
        styled(STRONG, &told.covered.to_string()),
        told.requests
    ))?;
    if !told.used.is_empty() {
        output.line("")?;
        let rows: Vec<Vec<String>> =
            told.used.into_iter().map(|used| vec![used.requests.to_string(), used.argument, used.title]).collect();
        for line in table(&["requests", "entry", "title"], &rows, &[0], output.width()) {
            output.line(&line)?;
        }
    }
    for proposal in &told.proposals {
        let words: Vec<String> = proposal.words.iter().map(|word| escape(word).into_owned()).collect();
        let languages: Vec<String> =
            proposal.languages.iter().map(|count| format!("{} {}", escape(&count.language), count.requests)).collect();
        output.line("")?;
        output.line(&format!(
            "no entry for {} requests: {} {}",
            styled(BAD, &proposal.requests.to_string()),
            styled(STRONG, &words.join(", ")),
            styled(DIM, &format!("({})", languages.join(", ")))
        ))?;
        for request in &proposal.sample {
            output.line(&format!("  {} {}", styled(DIM, &escape(&request.name)), escape(&request.text)))?;
        }
    }
    Ok(())
}

/// Writes all entries into a file, or to standard output.
pub(super) async fn export(
    client: &Client,
    file: Option<&Path>,
    encoding: Option<Encoding>,
    brand: &str,
    output: &mut Output,
) -> Result<(), Failure> {
    let by_name = file.and_then(Path::extension).filter(|ending| *ending == "ndjson" || *ending == "jsonl");
    let encoding = encoding.unwrap_or(if by_name.is_some() { Encoding::Ndjson } else { Encoding::Toml });
    let (mut text, mut count) = (String::new(), 0);
    for_each(client, brand, |argument| {
        text.push_str(&file::write(&argument, encoding));
        count += 1;
        Ok(())
    })
    .await?;
    match file {
        None => output.raw(text.as_bytes())?,
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::Failed(format!("cannot write {}: {error}", path.display())))?,
    }
    output.note(&format!("{count} entries"))
}
