use clap::Args;
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::card::card,
};
use crate::{client::Client, proto::v1::GetConversationRequest};

/// Show the whole conversation around a mention.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of any mention in it: platform/id
    name: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let mut request = GetConversationRequest { name: arguments.name, ..Default::default() };
    loop {
        let page = client.search().get_conversation(request.clone()).await?.into_inner();
        if output.is_json() {
            output.json_line(&page)?;
        } else {
            for version in &page.versions {
                for line in card(version, &[], &TimeZone::system(), output.width()) {
                    output.line(&line)?;
                }
                output.line("")?;
            }
        }
        if page.next_page_token.is_empty() {
            return Ok(Exit::Done);
        }
        request.page_token = page.next_page_token;
    }
}
