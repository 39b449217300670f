use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{
        escape::escape,
        table::{pairs, table},
        time,
    },
};
use crate::{
    client::Client,
    proto::v1::{
        CreateWebhookRequest, DeleteWebhookRequest, FiringsSource, GetWebhookRequest, ListDeadLettersRequest,
        ListWebhooksRequest, QuerySource, RedeliverDeadLettersRequest, SavedSearchesSource, TestWebhookRequest,
        UpdateWebhookRequest, Webhook, webhook::Source,
    },
};

/// Have addresses called with what alerts fire, or with what enters, changes in and leaves a query.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a webhook; its secret is shown once
    Add {
        /// Its id: lower-case letters, digits, '-', '_' and '.'
        id: String,
        /// Where to: https://… or http://…
        url: String,
        /// Send what these alerts fire; of all alerts where none is named
        #[arg(long, value_name = "ID", num_args = 0.., group = "source")]
        alerts: Option<Vec<String>>,
        /// Send events of a query
        #[arg(long, group = "source")]
        query: Option<String>,
        /// Send events of these saved searches
        #[arg(long, value_name = "ID", num_args = 1.., group = "source")]
        saved: Vec<String>,
        /// Zone of dates without a time in the query, e.g. Europe/Rome; UTC where not given
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
        time_zone: String,
        /// For people
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// List webhooks: how far each is, and what is wrong
    List,
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Change what is named; the rest stays
    Edit {
        /// Its id
        id: String,
        /// Another address
        #[arg(long)]
        url: Option<String>,
        /// For people
        #[arg(long)]
        note: Option<String>,
        /// Send nothing; what happens meanwhile is sent later
        #[arg(long, conflicts_with = "enable")]
        disable: bool,
        /// Send again
        #[arg(long)]
        enable: bool,
        /// Make a new secret and show it, once
        #[arg(long)]
        rotate_secret: bool,
    },
    /// Forget one with its dead letters
    Rm {
        /// Its id
        id: String,
    },
    /// Send a delivery without content, and say what came of it
    Test {
        /// Its id
        id: String,
    },
    /// List batches that were given up
    Dead {
        /// Its id
        id: String,
    },
    /// Have given-up batches sent again
    Redeliver {
        /// Its id
        id: String,
        /// Which ones; all where none is named
        numbers: Vec<u64>,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::Add { id, url, alerts, query, saved, time_zone, note } => {
            let source = match (alerts, query) {
                (Some(alerts), _) => Source::Firings(FiringsSource { alerts }),
                (None, Some(query)) => Source::Query(QuerySource { query, time_zone }),
                (None, None) if !saved.is_empty() => Source::SavedSearches(SavedSearchesSource { ids: saved }),
                (None, None) => {
                    let message = "say what to send: --alerts, --query or --saved".to_owned();
                    return Err(Failure::WrongUsage(message));
                }
            };
            let webhook = Webhook { id, url, source: Some(source), note, ..Webhook::default() };
            let answer = client.webhooks().create_webhook(CreateWebhookRequest { webhook: Some(webhook) }).await?;
            if output.is_json() {
                return output.json(answer.get_ref()).map(|()| Exit::Done);
            }
            secret(&answer.get_ref().secret, output)?;
        }
        Command::List => list(&client, output).await?,
        Command::Show { id } => {
            show(client.webhooks().get_webhook(GetWebhookRequest { id }).await?.get_ref(), output)?;
        }
        Command::Edit { id, url, note, disable, enable, rotate_secret } => {
            let mut webhook = client.webhooks().get_webhook(GetWebhookRequest { id }).await?.into_inner();
            webhook.url = url.unwrap_or(webhook.url);
            webhook.note = note.unwrap_or(webhook.note);
            webhook.disabled = (webhook.disabled || disable) && !enable;
            let etag = webhook.etag.clone();
            let request = UpdateWebhookRequest { webhook: Some(webhook), etag, rotate_secret };
            let answer = client.webhooks().update_webhook(request).await?;
            if output.is_json() {
                return output.json(answer.get_ref()).map(|()| Exit::Done);
            }
            if rotate_secret {
                secret(&answer.get_ref().secret, output)?;
            }
        }
        Command::Rm { id } => {
            client.webhooks().delete_webhook(DeleteWebhookRequest { id: id.clone(), etag: String::new() }).await?;
            output.note(&format!("`{}` is forgotten", escape(&id)))?;
        }
        Command::Test { id } => return test(&client, id, output).await,
        Command::Dead { id } => dead(&client, id, output).await?,
        Command::Redeliver { id, numbers } => {
            let request = RedeliverDeadLettersRequest { id, numbers };
            let requested = client.webhooks().redeliver_dead_letters(request).await?.get_ref().requested;
            output.note(&format!("{requested} will be sent again"))?;
        }
    }
    Ok(Exit::Done)
}

fn secret(secret: &str, output: &mut Output) -> Result<(), Failure> {
    output.note("deliveries are signed with this secret; keep it, it is not shown again:")?;
    output.line(secret)
}

/// All pages: a table, or a JSON document for each.
async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListWebhooksRequest::default();
    loop {
        let page = client.webhooks().list_webhooks(request.clone()).await?.into_inner();
        for webhook in &page.webhooks {
            if output.is_json() {
                output.json_line(webhook)?;
            } else {
                let dead = webhook.dead_letters.to_string();
                rows.push(vec![webhook.id.clone(), webhook.url.clone(), sends(webhook), state(webhook), dead]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        output.note("there are no webhooks; `ascolto webhooks add` makes one")?;
    } else if !output.is_json() {
        for line in table(&["id", "address", "sends", "state", "dead letters"], &rows, &[4], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}

fn sends(webhook: &Webhook) -> String {
    match &webhook.source {
        Some(Source::Firings(FiringsSource { alerts })) if alerts.is_empty() => "all alerts".to_owned(),
        Some(Source::Firings(FiringsSource { alerts })) => format!("alerts {}", alerts.join(", ")),
        Some(Source::Query(QuerySource { query, .. })) => query.clone(),
        Some(Source::SavedSearches(SavedSearchesSource { ids })) => format!("saved {}", ids.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn state(webhook: &Webhook) -> String {
    let zone = TimeZone::system();
    match (&webhook.failing_since, &webhook.delivered_at) {
        _ if webhook.disabled => "disabled".to_owned(),
        (Some(since), _) => {
            let since = time::minute(Some(since), &zone);
            format!("failing since {since}, {} attempts: {}", webhook.attempts, webhook.failure)
        }
        (None, Some(at)) => format!("delivered {}, last {}", webhook.delivered, time::minute(Some(at), &zone)),
        (None, None) => "nothing sent yet".to_owned(),
    }
}

fn show(webhook: &Webhook, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(webhook);
    }
    let zone = TimeZone::system();
    let rows = [
        ("id", escape(&webhook.id).into_owned()),
        ("address", escape(&webhook.url).into_owned()),
        ("sends", escape(&sends(webhook)).into_owned()),
        ("state", escape(&state(webhook)).into_owned()),
        ("position", webhook.position.to_string()),
        ("dead letters", webhook.dead_letters.to_string()),
        ("note", escape(&webhook.note).into_owned()),
        ("created", time::full(webhook.created_at.as_ref(), &zone)),
        ("changed", time::full(webhook.updated_at.as_ref(), &zone)),
    ];
    for line in pairs(&rows) {
        output.line(&line)?;
    }
    Ok(())
}

async fn test(client: &Client, id: String, output: &mut Output) -> Result<Exit, Failure> {
    let answer = client.webhooks().test_webhook(TestWebhookRequest { id }).await?.into_inner();
    if output.is_json() {
        output.json(&answer)?;
    } else if answer.delivered {
        output.note(&format!("taken with {} in {} ms", answer.status, answer.milliseconds))?;
    } else {
        output.warning(&format!("not taken, after {} ms: {}", answer.milliseconds, answer.failure))?;
    }
    Ok(if answer.delivered { Exit::Done } else { Exit::Failed })
}

async fn dead(client: &Client, id: String, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListDeadLettersRequest { id, ..ListDeadLettersRequest::default() };
    loop {
        let page = client.webhooks().list_dead_letters(request.clone()).await?.into_inner();
        for letter in &page.dead_letters {
            if output.is_json() {
                output.json_line(letter)?;
                continue;
            }
            let at = time::minute(letter.given_up_at.as_ref(), &TimeZone::system());
            let range = format!("{}–{}", letter.after + 1, letter.to);
            let state = if letter.requested { "will be sent again" } else { "" };
            rows.push(vec![
                letter.number.to_string(),
                range,
                letter.items.to_string(),
                at,
                letter.failure.clone(),
                state.to_owned(),
            ]);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        output.note("there are no dead letters")?;
    } else if !output.is_json() {
        let head = ["number", "holds", "items", "given up", "why", ""];
        for line in table(&head, &rows, &[0, 2], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}
