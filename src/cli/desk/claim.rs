use clap::Args;
use jiff::tz::TimeZone;

use super::{Agent, UnderClaim, WantedArguments, show};
use crate::{
    cli::{
        exit::{Exit, Failure},
        output::Output,
        render::{escape::escape, time},
    },
    client::Client,
    proto::v1::{ClaimNextRequest, ClaimRequest, ReleaseClaimRequest, RenewClaimRequest, Version, Wanted},
};

/// Claim the mention that should be answered next, or this very one: nobody else gets it meanwhile.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its name: platform/id; the next of the queue where not given
    name: Option<String>,
    #[command(flatten)]
    agent: Agent,
    /// How long the claim holds
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    minutes: u32,
    /// Hold your claim of it for so long from now
    #[arg(long, requires = "name")]
    renew: bool,
    /// Give it back to the queue
    #[arg(long, requires = "name", conflicts_with = "renew")]
    release: bool,
    #[command(flatten)]
    under: UnderClaim,
    #[command(flatten)]
    wanted: WantedArguments,
}

pub(crate) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let agent = arguments.agent.by;
    let lease = Some(prost_types::Duration { seconds: i64::from(arguments.minutes) * 60, nanos: 0 });
    let Some(name) = arguments.name else {
        let request = ClaimNextRequest { agent, lease, wanted: Some(Wanted::from(arguments.wanted)) };
        let answer = client.care().claim_next(request).await?.into_inner();
        let Some(version) = answer.version else {
            output.note("nothing waits that you may take")?;
            return Ok(Exit::Done);
        };
        show(&version, &answer.hand_off_proposal, output)?;
        return told(&version, output);
    };
    let version = if arguments.renew {
        let token = own_token(&arguments.under, &client, &name, &agent).await?;
        client.care().renew_claim(RenewClaimRequest { name, token, lease, by: agent }).await?.into_inner()
    } else if arguments.release {
        let token = own_token(&arguments.under, &client, &name, &agent).await?;
        client.care().release_claim(ReleaseClaimRequest { name, token, by: agent }).await?.into_inner()
    } else {
        client.care().claim(ClaimRequest { name, agent, lease }).await?.into_inner()
    };
    show(&version, "", output)?;
    told(&version, output)
}

/// The token of a claim there must be: without one nothing can be held longer or given back.
async fn own_token(under: &UnderClaim, client: &Client, name: &str, agent: &str) -> Result<u64, Failure> {
    match under.token(client, name, agent).await? {
        0 => Err(Failure::Failed(format!("{agent} holds no claim of `{name}`"))),
        token => Ok(token),
    }
}

fn told(version: &Version, output: &mut Output) -> Result<Exit, Failure> {
    let claim = version.desk.as_ref().and_then(|desk| desk.claim.as_ref());
    match claim {
        Some(claim) => {
            let until = time::full(claim.expires_at.as_ref(), &TimeZone::system());
            output.note(&format!("claimed by {} until {until}, token {}", escape(&claim.agent), claim.token))?;
        }
        None => output.note("back in the queue")?,
    }
    Ok(Exit::Done)
}
