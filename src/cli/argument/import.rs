use std::{fs, io::Read as _, path::Path};

use prost::Message as _;

use super::{
    super::{
        exit::{Exit, Failure},
        output::Output,
        render::{
            escape::escape,
            style::{CHANGED, GOOD, styled},
        },
    },
    file::{self, Read},
};
use crate::{
    base::limits::{ARGUMENTS_BATCH_MAX, MESSAGE_BYTES_MAX},
    client::Client,
    proto::v1::{ImportArgumentsRequest, argument_import::Outcome},
};

/// Bytes of entries in one call; leaves room for what is around them.
const BATCH_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2;

/// Brings the entries of a file in. Those at fault are told with line and reason; all others go in.
pub(super) async fn run(client: &Client, path: &Path, editor: &str, output: &mut Output) -> Result<Exit, Failure> {
    let text = text_of(path)?;
    let name = path.display().to_string();
    let (mut refused, mut created, mut updated, mut unchanged) = (0, 0, 0, 0);
    let mut entries = Vec::new();
    for read in file::read(&text) {
        match read {
            Ok(read) => entries.push(read),
            Err(fault) => {
                refused += 1;
                complain(&name, fault.line, &fault.reason, output)?;
            }
        }
    }
    if entries.is_empty() && refused == 0 {
        return Err(Failure::Failed(format!("{name} holds no entries; begin each with a line `[[argument]]`")));
    }
    for batch in batches(entries) {
        let arguments = batch.iter().map(|read| read.argument.clone()).collect();
        let request = ImportArgumentsRequest { arguments, editor: editor.to_owned() };
        let answer = client.arguments().import_arguments(request).await?.into_inner();
        for (read, import) in batch.iter().zip(&answer.imports) {
            let id = escape(&import.id);
            match import.outcome() {
                Outcome::Created => {
                    created += 1;
                    output.line(&format!("{} {id}", styled(GOOD, "+")))?;
                }
                Outcome::Updated => {
                    updated += 1;
                    output.line(&format!("{} {id}", styled(CHANGED, "~")))?;
                }
                Outcome::Unchanged => unchanged += 1,
                Outcome::Refused | Outcome::Unspecified => {
                    refused += 1;
                    complain(&name, read.line, &import.message, output)?;
                }
            }
        }
    }
    output.note(&format!("{created} new, {updated} changed, {unchanged} unchanged, {refused} refused"))?;
    Ok(match (refused, created + updated + unchanged) {
        (0, _) => Exit::Done,
        (_, 0) => Exit::Failed,
        _ => Exit::PartlyDone,
    })
}

/// What a file holds; `-` is standard input.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("cannot read {}: {error}", path.display()));
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    fs::read_to_string(path).map_err(failed)
}

fn batches(entries: Vec<Read>) -> Vec<Vec<Read>> {
    let mut batches: Vec<Vec<Read>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let own = entry.argument.encoded_len();
        match batches.last_mut() {
            Some(batch) if batch.len() < ARGUMENTS_BATCH_MAX && bytes + own <= BATCH_BYTES_MAX => batch.push(entry),
            _ => {
                bytes = 0;
                batches.push(vec![entry]);
            }
        }
        bytes += own;
    }
    batches
}

fn complain(path: &str, line: usize, reason: &str, output: &mut Output) -> Result<(), Failure> {
    output.complaint(&format!("{}:{line}: {}", escape(path), escape(reason)))
}
