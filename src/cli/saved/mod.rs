//! Saved searches: single ones (`write`, `show`), what they would do (`test`), and whole folders of files (`file`, `folder`,
//! `import`, `export`).

mod export;
mod file;
mod folder;
mod import;
mod show;
mod test;
mod write;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    exit::{Exit, Failure},
    output::Output,
};
use crate::{
    client::Client,
    proto::v1::{ListSavedSearchesRequest, SavedSearch},
};

/// Saved searches on one page of a walk through all.
const PAGE_SIZE: i32 = 1000;

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
        #[command(flatten)]
        details: write::Details,
        #[command(flatten)]
        editor: Editor,
    },
    /// List saved searches
    List {
        /// Only those in this folder and below it
        #[arg(long, default_value = "", hide_default_value = true, value_name = "FOLDER")]
        folder: String,
        /// Only those that rest because something is wrong with them
        #[arg(long)]
        broken: bool,
    },
    /// List the folders, with how many saved searches lie in each
    Folders,
    /// Show one, with what is wrong with it
    Show {
        /// Its id
        id: String,
    },
    /// Change one; what is not given stays
    Edit {
        /// Its id
        id: String,
        /// The new query
        #[arg(long)]
        query: Option<String>,
        #[command(flatten)]
        details: write::Details,
        /// Only if it is still as it was shown with this etag
        #[arg(long, default_value = "", hide_default_value = true)]
        etag: String,
        #[command(flatten)]
        editor: Editor,
    },
    /// Forget one; mentions and its history stay
    Rm {
        /// Its id
        id: String,
        /// Also where other saved searches refer to it; they rest until they are mended
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        editor: Editor,
    },
    /// Show what a query finds and costs, or what a change of a saved search would gain and lose
    Test(test::Arguments),
    /// Show who changed a saved search, when, and what
    History {
        /// Its id
        id: String,
    },
    /// Bring saved searches in from a folder of files; the same again changes nothing
    Import(import::Arguments),
    /// Write saved searches into a folder of files, one for each
    Export {
        /// The folder
        dir: PathBuf,
        /// Only those in this folder on the server and below it
        #[arg(long, default_value = "", hide_default_value = true, value_name = "FOLDER")]
        folder: String,
        /// Remove files of saved searches that are no longer on the server
        #[arg(long)]
        prune: bool,
    },
}

/// Who edits, for the history.
#[derive(Clone, Debug, Args)]
struct Editor {
    /// Who does it, for the history
    #[arg(
        long,
        env = "USER",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    editor: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::Add { id, query, details, editor } => {
            write::add(&client, id, query, details, editor.editor, output).await?;
        }
        Command::List { folder, broken } => show::list(&client, &folder, broken, output).await?,
        Command::Folders => show::folders(&client, output).await?,
        Command::Show { id } => show::one(&client, id, output).await?,
        Command::Edit { id, query, details, etag, editor } => {
            write::edit(&client, write::Edit { id, query, details, etag, editor: editor.editor }, output).await?;
        }
        Command::Rm { id, force, editor } => write::remove(&client, id, force, editor.editor, output).await?,
        Command::Test(arguments) => test::run(arguments, &client, output).await?,
        Command::History { id } => show::history(&client, id, output).await?,
        Command::Import(arguments) => return import::run(arguments, &client, output).await,
        Command::Export { dir, folder, prune } => export::run(&client, &dir, &folder, prune, output).await?,
    }
    Ok(Exit::Done)
}

/// Walks through all saved searches of a folder, page by page.
async fn for_each(
    client: &Client,
    folder: &str,
    mut each: impl FnMut(SavedSearch) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut request =
        ListSavedSearchesRequest { page_size: PAGE_SIZE, folder: folder.to_owned(), ..Default::default() };
    loop {
        let page = client.saved_searches().list_saved_searches(request.clone()).await?.into_inner();
        page.saved_searches.into_iter().try_for_each(&mut each)?;
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}
