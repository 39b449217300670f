use clap::Args;

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::escape::escape,
    time_argument,
};
use crate::{client::Client, proto::v1::CheckQueryRequest};

/// Check a query without running it, and point at what is wrong.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The query
    query: String,
    /// Zone of dates without a time, e.g. Europe/Rome; UTC where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    time_zone: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    time_argument::zone(&arguments.time_zone)
        .map_err(|message| Failure::WrongUsage(format!("--time-zone: {message}")))?;
    let client = Client::connect(server).await?;
    let request = CheckQueryRequest { query: arguments.query.clone(), time_zone: arguments.time_zone };
    let answer = client.search().check_query(request).await?.into_inner();
    if output.is_json() {
        output.json(&answer)?;
    } else {
        query_problems::tell(&arguments.query, &answer.problems, output)?;
        if answer.valid {
            output.line(&escape(&answer.canonical))?;
        }
    }
    if answer.valid { Ok(Exit::Done) } else { Err(Failure::Told) }
}
