use clap::Args;
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::{card::card, clause},
};
use crate::{client::Client, proto::v1::ExplainMatchRequest};

/// Show why a mention matches a query, or why not.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of the mention: platform/id
    name: String,
    /// The query
    #[arg(required_unless_present = "saved")]
    query: Option<String>,
    /// A saved search instead of a query
    #[arg(long, value_name = "ID", conflicts_with = "query")]
    saved: Option<String>,
    /// Zone of dates without a time, e.g. Europe/Rome; UTC where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    time_zone: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let request = ExplainMatchRequest {
        name: arguments.name,
        query: arguments.query.unwrap_or_default(),
        saved_search: arguments.saved.unwrap_or_default(),
        time_zone: arguments.time_zone,
    };
    let answer = match client.search().explain_match(request.clone()).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            return Err(query_problems::explain(status, &client, &request.query, &request.time_zone, output).await?);
        }
    };
    if output.is_json() {
        output.json(&answer)?;
        return Ok(Exit::Done);
    }
    let version = answer.version.clone().unwrap_or_default();
    let root = answer.clause.clone().unwrap_or_default();
    for line in card(&version, &clause::places(&root), &TimeZone::system(), output.width()) {
        output.line(&line)?;
    }
    output.line("")?;
    for line in clause::tree(&root, &version, output.width()) {
        output.line(&line)?;
    }
    if !answer.matched {
        output.line("")?;
        output.line("it does not match, for:")?;
        for failed in &answer.failed {
            output.line(&clause::why_failed(failed, &version))?;
        }
    }
    Ok(Exit::Done)
}
