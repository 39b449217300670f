use clap::{Args, Subcommand};

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::{
        escape::escape,
        table::{pairs, table},
        time,
    },
};
use crate::{
    client::Client,
    proto::v1::{
        CreateSavedSearchRequest, DeleteSavedSearchRequest, GetSavedSearchRequest, ListSavedSearchesRequest,
        SavedSearch,
    },
};

/// Keep queries on the server under a name.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Save a query
    Add {
        /// Its id: lower-case letters, digits, '-', '_' and '.'
        id: String,
        /// The query
        query: String,
        /// What people call it
        #[arg(long, default_value = "", hide_default_value = true)]
        title: String,
        /// Zone of dates without a time in the query, e.g. Europe/Rome; UTC where not given
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
        time_zone: String,
    },
    /// List saved searches
    List,
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Forget one; mentions stay
    Rm {
        /// Its id
        id: String,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::Add { id, query, title, time_zone } => {
            let search = SavedSearch { id, title, query, time_zone, created_at: None };
            add(&client, search, output).await?;
        }
        Command::List => list(&client, output).await?,
        Command::Show { id } => {
            let answer = client.saved_searches().get_saved_search(GetSavedSearchRequest { id }).await?;
            show(answer.get_ref(), output)?;
        }
        Command::Rm { id } => {
            client.saved_searches().delete_saved_search(DeleteSavedSearchRequest { id: id.clone() }).await?;
            output.note(&format!("`{}` is forgotten", escape(&id)))?;
        }
    }
    Ok(Exit::Done)
}

async fn add(client: &Client, search: SavedSearch, output: &mut Output) -> Result<(), Failure> {
    let request = CreateSavedSearchRequest { saved_search: Some(search.clone()) };
    match client.saved_searches().create_saved_search(request).await {
        Ok(answer) if output.is_json() => output.json(answer.get_ref()),
        Ok(answer) => output.note(&format!("saved as `{}`", escape(&answer.get_ref().id))),
        Err(status) => Err(query_problems::explain(status, client, &search.query, &search.time_zone, output).await?),
    }
}

/// All pages: a table, or a JSON document for each saved search.
async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListSavedSearchesRequest::default();
    loop {
        let page = client.saved_searches().list_saved_searches(request.clone()).await?.into_inner();
        for search in &page.saved_searches {
            if output.is_json() {
                output.json_line(search)?;
            } else {
                rows.push(vec![search.id.clone(), search.title.clone(), search.query.clone()]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        output.note("there are no saved searches; `ascolto saved add` makes one")?;
    } else if !output.is_json() {
        for line in table(&["id", "title", "query"], &rows, &[], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}

fn show(search: &SavedSearch, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(search);
    }
    let zone = if search.time_zone.is_empty() { "UTC" } else { &search.time_zone };
    let rows = [
        ("id", escape(&search.id).into_owned()),
        ("title", escape(&search.title).into_owned()),
        ("query", escape(&search.query).into_owned()),
        ("time zone", escape(zone).into_owned()),
        ("created", time::full(search.created_at.as_ref(), &jiff::tz::TimeZone::system())),
    ];
    for line in pairs(&rows) {
        output.line(&line)?;
    }
    Ok(())
}
