use clap::Args;
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::detail::detail,
};
use crate::{client::Client, proto::v1::GetRequest};

/// Show everything about one mention, with the evidence for each judgement.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: platform/id, e.g. twitter/1860012345
    name: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let version = client.search().get(GetRequest { name: arguments.name }).await?.into_inner();
    if output.is_json() {
        output.json(&version)?;
    } else {
        for line in detail(&version, &TimeZone::system(), output.width()) {
            output.line(&line)?;
        }
    }
    Ok(Exit::Done)
}
