use clap::Args;

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    search::Range,
};
use crate::{client::Client, proto::v1::CountRequest};

/// Count mentions.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to count, e.g. 'needs:reply'; '*' counts everything
    query: String,
    #[command(flatten)]
    range: Range,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let (created_from, created_before) = arguments.range.to_wire()?;
    let request = CountRequest {
        query: arguments.query,
        created_from,
        created_before,
        min_seq: arguments.range.min_seq,
        time_zone: arguments.range.time_zone,
    };
    let client = Client::connect(server).await?;
    match client.search().count(request.clone()).await {
        Ok(answer) if output.is_json() => output.json(answer.get_ref())?,
        Ok(answer) => output.line(&answer.get_ref().count.to_string())?,
        Err(status) => {
            return Err(query_problems::explain(status, &client, &request.query, &request.time_zone, output).await?);
        }
    }
    Ok(Exit::Done)
}
