use clap::Args;
use jiff::tz::TimeZone;

use crate::{
    cli::{
        exit::{Exit, Failure},
        output::Output,
        render::{escape::escape, table::table, time, words},
    },
    client::Client,
    proto::v1::GetHistoryRequest,
};

/// Show who did what with a mention, and when.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: platform/id
    name: String,
}

pub(crate) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let history = client.care().get_history(GetHistoryRequest { name: arguments.name }).await?.into_inner();
    if output.is_json() {
        return output.json(&history).map(|()| Exit::Done);
    }
    let rows: Vec<Vec<String>> = history
        .entries
        .iter()
        .map(|entry| {
            vec![
                time::full(entry.at.as_ref(), &TimeZone::system()),
                words::cause(entry.cause()),
                escape(&entry.by).into_owned(),
                words::status(entry.status()),
                escape(&entry.detail).into_owned(),
                entry.seq.to_string(),
            ]
        })
        .collect();
    for line in table(&["when", "what", "who", "status after", "particulars", "seq"], &rows, &[], output.width()) {
        output.line(&line)?;
    }
    Ok(Exit::Done)
}
