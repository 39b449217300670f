use std::io::Read as _;

use clap::Args;

use super::{Agent, UnderClaim, show};
use crate::{
    base::limits::TEXT_BYTES_MAX,
    cli::{
        exit::{Exit, Failure},
        output::Output,
        render::escape::escape,
    },
    client::Client,
    proto::v1::RecordReplyRequest,
};

/// Record your answer to a mention: the claim ends, and the mention is answered.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What is answered: platform/id
    name: String,
    /// The words of the answer; - reads them from standard input
    text: String,
    #[command(flatten)]
    agent: Agent,
    #[command(flatten)]
    under: UnderClaim,
    /// The account of the brand it went out from; the one that should answer where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "HANDLE")]
    account: String,
    /// The platform's id of the answer
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
    external_id: String,
    /// Where it can be read
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    url: String,
    /// Record it although the rules of the brand forbid it
    #[arg(long)]
    despite_findings: bool,
}

pub(crate) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let by = arguments.agent.by;
    let text = if arguments.text == "-" { read_text()? } else { arguments.text };
    let token = arguments.under.token(&client, &arguments.name, &by).await?;
    let request = RecordReplyRequest {
        name: arguments.name,
        token,
        by,
        account: arguments.account,
        text,
        external_id: arguments.external_id,
        url: arguments.url,
        created_at: None,
        despite_findings: arguments.despite_findings,
    };
    let recorded = client.care().record_reply(request).await?.into_inner();
    if output.is_json() {
        return output.json(&recorded).map(|()| Exit::Done);
    }
    for finding in &recorded.findings {
        output.note(&format!("note: {}", escape(&finding.message)))?;
    }
    for version in [recorded.mention, recorded.reply].into_iter().flatten() {
        show(&version, "", output)?;
    }
    Ok(Exit::Done)
}

fn read_text() -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more tells that there was more.
    let mut input = std::io::stdin().lock().take(TEXT_BYTES_MAX as u64 + 1);
    input.read_to_string(&mut text).map_err(|error| Failure::Failed(format!("cannot read the answer: {error}")))?;
    Ok(text.trim_end().to_owned())
}
