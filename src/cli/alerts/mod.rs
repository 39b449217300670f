use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{
        escape::escape,
        style::{CHANGED, DIM, styled},
        table::{pairs, table},
        time,
    },
};
use crate::{
    client::{AlertWatch, AlertWatchItem, Client},
    proto::v1::{
        Alert, CreateAlertRequest, DeleteAlertRequest, Firing, GetAlertRequest, ListAlertsRequest, ListFiringsRequest,
        UpdateAlertRequest, WatchAlertsRequest, watch_alerts_request::Start,
    },
};
use settings::{Settings, kind_in_words, length_in_words};

mod settings;

/// Be told of what enters a saved search: of each mention, of many, of far more than usual, or of none.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an alert on a saved search
    Add {
        /// Its id: lower-case letters, digits, '-', '_' and '.'
        id: String,
        /// Id of the saved search
        saved_search: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// List alerts
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
        /// Another saved search; it begins anew then
        #[arg(long, value_name = "ID")]
        saved_search: Option<String>,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Forget one; what it fired stays
    Rm {
        /// Its id
        id: String,
    },
    /// What fired, the newest first
    History {
        /// Of this alert; of all where not given
        id: Option<String>,
        /// At most so many
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
    /// Tell of firings as they happen
    Watch {
        /// Only of these alerts
        ids: Vec<String>,
        /// Begin after this firing, 0 for all that are kept; with the next one where not given
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::Add { id, saved_search, settings } => {
            let mut alert = Alert { id, saved_search, ..Alert::default() };
            settings.put_into(&mut alert).map_err(Failure::WrongUsage)?;
            let answer = client.alerts().create_alert(CreateAlertRequest { alert: Some(alert) }).await?;
            kept(answer.get_ref(), "made", output)?;
        }
        Command::Edit { id, saved_search, settings } => {
            let mut alert = client.alerts().get_alert(GetAlertRequest { id }).await?.into_inner();
            if let Some(saved_search) = saved_search {
                alert.saved_search = saved_search;
            }
            settings.put_into(&mut alert).map_err(Failure::WrongUsage)?;
            let etag = alert.etag.clone();
            let answer = client.alerts().update_alert(UpdateAlertRequest { alert: Some(alert), etag }).await?;
            kept(answer.get_ref(), "changed", output)?;
        }
        Command::List => list(&client, output).await?,
        Command::Show { id } => {
            show(client.alerts().get_alert(GetAlertRequest { id }).await?.get_ref(), output)?;
        }
        Command::Rm { id } => {
            client.alerts().delete_alert(DeleteAlertRequest { id: id.clone(), etag: String::new() }).await?;
            output.note(&format!("`{}` is forgotten", escape(&id)))?;
        }
        Command::History { id, limit } => history(&client, id.unwrap_or_default(), limit as usize, output).await?,
        Command::Watch { ids, after } => return watch(&client, ids, after, output).await,
    }
    Ok(Exit::Done)
}

fn kept(alert: &Alert, done: &str, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(alert);
    }
    let words = kind_in_words(alert);
    output.note(&format!("`{}` is {done}: {words} in `{}`", escape(&alert.id), escape(&alert.saved_search)))?;
    if let Some(until) = &alert.learning_until {
        let until = time::minute(Some(until), &TimeZone::system());
        output.note(&format!("it learns what is usual until {until}, and fires nothing before"))?;
    }
    Ok(())
}

/// All pages: a table, or a JSON document for each.
async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListAlertsRequest::default();
    loop {
        let page = client.alerts().list_alerts(request.clone()).await?.into_inner();
        for alert in &page.alerts {
            if output.is_json() {
                output.json_line(alert)?;
            } else {
                rows.push(vec![alert.id.clone(), alert.saved_search.clone(), kind_in_words(alert), state(alert)]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        output.note("there are no alerts; `ascolto alerts add` makes one")?;
    } else if !output.is_json() {
        for line in table(&["id", "saved search", "fires on", "state"], &rows, &[], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}

fn state(alert: &Alert) -> String {
    let zone = TimeZone::system();
    match (&alert.learning_until, &alert.last_fired_at) {
        _ if !alert.problem.is_empty() => format!("rests: {}", alert.problem),
        _ if alert.disabled => "disabled".to_owned(),
        (Some(until), _) => format!("learning until {}", time::minute(Some(until), &zone)),
        (None, Some(fired)) => format!("last fired {}", time::minute(Some(fired), &zone)),
        (None, None) => "has not fired".to_owned(),
    }
}

fn show(alert: &Alert, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(alert);
    }
    let zone = TimeZone::system();
    let moment = |wire: &Option<prost_types::Timestamp>| match wire {
        Some(wire) => time::full(Some(wire), &zone),
        None => "not yet".to_owned(),
    };
    let or = |text: &str, otherwise: &str| escape(if text.is_empty() { otherwise } else { text }).into_owned();
    let cooldown = match alert.cooldown_minutes {
        Some(minutes) => length_in_words(minutes),
        None => "as usual for its kind".to_owned(),
    };
    let age = match alert.age_hours_max {
        0 => "any".to_owned(),
        hours => format!("at most {hours} h"),
    };
    let rows = [
        ("id", escape(&alert.id).into_owned()),
        ("saved search", escape(&alert.saved_search).into_owned()),
        ("fires on", kind_in_words(alert)),
        ("state", escape(&state(alert)).into_owned()),
        ("cooldown", cooldown),
        ("age of mentions", age),
        ("time zone", or(&alert.time_zone, "UTC")),
        ("note", or(&alert.note, "none")),
        ("last entered", moment(&alert.last_entered_at)),
        ("last fired", moment(&alert.last_fired_at)),
        ("created", moment(&alert.created_at)),
        ("changed", moment(&alert.updated_at)),
    ];
    for line in pairs(&rows) {
        output.line(&line)?;
    }
    Ok(())
}

async fn history(client: &Client, alert: String, limit: usize, output: &mut Output) -> Result<(), Failure> {
    let page_size = i32::try_from(limit.min(1000)).unwrap_or(1000);
    let mut request = ListFiringsRequest { alert, page_size, page_token: String::new() };
    let mut left = limit;
    loop {
        let page = client.alerts().list_firings(request.clone()).await?.into_inner();
        for firing in page.firings.iter().take(left) {
            tell(firing, output)?;
        }
        let told = page.firings.len().min(left);
        left -= told;
        if page.next_page_token.is_empty() || left == 0 {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if left == limit && !output.is_json() {
        output.note("nothing has fired")?;
    }
    Ok(())
}

fn tell(firing: &Firing, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json_line(firing);
    }
    let at = time::minute(firing.at.as_ref(), &TimeZone::system());
    let (number, alert, reason) = (firing.number, escape(&firing.alert), escape(&firing.reason));
    output.line(&format!("{}  {at}  {}  {reason}", styled(DIM, &format!("#{number}")), styled(CHANGED, &alert)))?;
    for name in &firing.sample {
        output.line(&styled(DIM, &format!("    {}", escape(name))))?;
    }
    output.flush()
}

async fn watch(client: &Client, alerts: Vec<String>, after: Option<u64>, output: &mut Output) -> Result<Exit, Failure> {
    let request = WatchAlertsRequest { start: after.map(Start::AfterFiring), alerts, ..WatchAlertsRequest::default() };
    let mut watch = AlertWatch::begin(client, request).await?;
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let item = tokio::select! {
            item = watch.next() => item?,
            _ = &mut interrupt => {
                if let Some(number) = watch.told_firing() {
                    output.note(&format!("to go on from here: --after {number}"))?;
                }
                return Err(Failure::Interrupted);
            }
        };
        match item {
            AlertWatchItem::Firing(firing) => tell(&firing, output)?,
            AlertWatchItem::Lost { reason, retry_in } => output.note(&styled(
                CHANGED,
                &format!("connection lost ({}); trying again in {} ms", escape(&reason), retry_in.as_millis()),
            ))?,
            AlertWatchItem::Resumed => output.note(&styled(DIM, "connected again"))?,
        }
    }
}
