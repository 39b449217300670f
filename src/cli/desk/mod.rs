//! The day of a care agent: what waits, claiming it, answering it, and everything else that can be done with it.

pub(super) mod claim;
pub(super) mod history;
pub(super) mod queue;
pub(super) mod reply;
pub(super) mod steps;

use clap::Args;
use jiff::tz::TimeZone;

use super::{
    exit::Failure,
    output::Output,
    render::{card::card, escape::escape},
};
use crate::{
    client::Client,
    proto::v1::{GetRequest, Version, Wanted},
};

/// Who does it.
#[derive(Debug, Args)]
pub(crate) struct Agent {
    /// Who does it: a name that stands in the history
    #[arg(long, value_name = "NAME", env = "ASCOLTO_AGENT")]
    by: String,
}

/// Under which claim.
#[derive(Debug, Args)]
pub(crate) struct UnderClaim {
    /// The claim's token; that of your own claim where not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    token: u64,
}

/// Which mentions an agent takes.
#[derive(Debug, Default, Args)]
pub(crate) struct WantedArguments {
    /// Only about these brands
    #[arg(long, value_name = "BRAND", num_args = 1.., value_delimiter = ',')]
    brand: Vec<String>,
    /// Only in these languages, e.g. it
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    language: Vec<String>,
    /// Only on these platforms
    #[arg(long, value_name = "PLATFORM", num_args = 1.., value_delimiter = ',')]
    platform: Vec<String>,
    /// Only with one of these topics or tags
    #[arg(long, value_name = "SKILL", num_args = 1.., value_delimiter = ',')]
    skill: Vec<String>,
}

impl From<WantedArguments> for Wanted {
    fn from(arguments: WantedArguments) -> Self {
        let WantedArguments { brand, language, platform, skill } = arguments;
        Self { brands: brand, languages: language, platforms: platform, skills: skill }
    }
}

impl UnderClaim {
    /// The token given, else that of the agent's own claim, else none.
    async fn token(&self, client: &Client, name: &str, agent: &str) -> Result<u64, Failure> {
        if self.token != 0 {
            return Ok(self.token);
        }
        let version = client.search().get(GetRequest { name: name.to_owned() }).await?.into_inner();
        let claim = version.desk.and_then(|desk| desk.claim).filter(|claim| claim.agent == agent);
        Ok(claim.map_or(0, |claim| claim.token))
    }
}

/// A mention and what agents have to know of it.
fn show(version: &Version, proposal: &str, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(version);
    }
    for line in card(version, &[], &TimeZone::system(), output.width()) {
        output.line(&line)?;
    }
    if let Some(parent) = version.conversation.as_ref().and_then(|conversation| conversation.parent.as_ref()) {
        output.line(&format!("  answers @{}: {}", escape(&parent.handle), escape(&parent.text)))?;
    }
    for note in version.desk.iter().flat_map(|desk| &desk.notes) {
        output.line(&format!("  note by {}: {}", escape(&note.by), escape(&note.text)))?;
    }
    if !proposal.is_empty() {
        output.line(&format!("  proposed: {proposal}"))?;
    }
    Ok(())
}
