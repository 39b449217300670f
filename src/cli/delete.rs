use clap::Args;

use super::{
    exit::{Exit, Failure},
    output::Output,
};
use crate::{client::Client, proto::v1::DeleteRequest};

/// Record that the source deleted a mention.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: platform/id; its text and author leave every answer at once
    name: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let answer = client.ingest().delete(DeleteRequest { name: arguments.name }).await?.into_inner();
    if output.is_json() {
        output.json(&answer)?;
    } else {
        output.note(&format!("deleted, seq {}", answer.seq))?;
    }
    Ok(Exit::Done)
}
