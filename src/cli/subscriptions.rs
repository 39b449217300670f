use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{escape::escape, table::table, time},
};
use crate::{
    client::Client,
    proto::v1::{DeleteSubscriptionRequest, DurableSubscription, GetServerStatusRequest, ListSubscriptionsRequest},
};

/// Look after durable subscriptions: names under which the server keeps how far subscribers are.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List them: who is connected, and how far behind each is
    List,
    /// Forget one; a stream that is open under the name ends
    Rm {
        /// Its name
        name: String,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::List => list(&client, output).await?,
        Command::Rm { name } => {
            client.subscriptions().delete_subscription(DeleteSubscriptionRequest { name: name.clone() }).await?;
            output.note(&format!("`{}` is forgotten", escape(&name)))?;
        }
    }
    Ok(Exit::Done)
}

/// All pages: a table, or a JSON document for each.
async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let newest = client.system().get_server_status(GetServerStatusRequest {}).await?.into_inner().recorded_seq;
    let mut rows = Vec::new();
    let mut request = ListSubscriptionsRequest::default();
    loop {
        let page = client.subscriptions().list_subscriptions(request.clone()).await?.into_inner();
        for subscription in &page.subscriptions {
            if output.is_json() {
                output.json_line(subscription)?;
            } else {
                rows.push(row(subscription, newest));
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        output.note("there are no durable subscriptions; `ascolto watch QUERY --name NAME` makes one")?;
    } else if !output.is_json() {
        for line in table(&["name", "connected", "acknowledged", "behind", "last heard"], &rows, &[], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}

fn row(subscription: &DurableSubscription, newest: u64) -> Vec<String> {
    let (acknowledged, behind) = match subscription.acknowledged_seq {
        Some(seq) => (seq.to_string(), newest.saturating_sub(seq).to_string()),
        None => ("nothing".to_owned(), "everything".to_owned()),
    };
    vec![
        subscription.name.clone(),
        if subscription.connected { "yes" } else { "no" }.to_owned(),
        acknowledged,
        behind,
        time::full(subscription.acknowledged_at.as_ref(), &TimeZone::system()),
    ]
}
