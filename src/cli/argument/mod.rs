//! The argument base: single entries (`put`, `show`), whole files of them (`file`, `import`), and what it says (`show`).

mod file;
mod import;
mod put;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{escape::escape, time},
    time_argument,
};
use crate::{
    client::Client,
    proto::v1::{
        AddArgumentExampleRequest, Argument, DeleteArgumentRequest, GetArgumentCoverageRequest, ListArgumentsRequest,
        SuggestRepliesRequest,
    },
};

/// Entries on one page of a walk through all.
const PAGE_SIZE: i32 = 1000;

/// Keep what is answered to what customers ask, and find what fits.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the entries
    List {
        /// Only those of this brand and those for every brand
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
        brand: String,
    },
    /// Show one entry
    Show {
        /// Its id
        id: String,
    },
    /// Keep an entry: a new one, or what is given of one that is there
    Put {
        /// Its id: lower-case letters, digits, '-', '_' and '.'
        id: String,
        #[command(flatten)]
        details: Box<put::Details>,
        /// Only if it is still as it was shown with this etag
        #[arg(long, default_value = "", hide_default_value = true)]
        etag: String,
        #[command(flatten)]
        editor: Editor,
    },
    /// Forget an entry
    Delete {
        /// Its id
        id: String,
        /// Only if it is still as it was shown with this etag
        #[arg(long, default_value = "", hide_default_value = true)]
        etag: String,
    },
    /// Bring entries in from a file; the same again changes nothing
    Import {
        /// TOML with a table `argument` for each entry, or NDJSON; - reads standard input
        file: PathBuf,
        #[command(flatten)]
        editor: Editor,
    },
    /// Write the entries into a file, or to standard output
    Export {
        /// The file; one that ends with .ndjson is NDJSON, any other TOML
        file: Option<PathBuf>,
        /// How it is written, whatever its name
        #[arg(long, value_enum)]
        format: Option<file::Encoding>,
        /// Only those of this brand and those for every brand
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
        brand: String,
    },
    /// Show which entries fit a mention or a text, with the standard answer in its language
    Suggest {
        /// The mention: platform/external_id
        #[arg(required_unless_present = "text", conflicts_with = "text", value_name = "MENTION")]
        name: Option<String>,
        /// A text instead of a mention
        #[arg(long)]
        text: Option<String>,
        /// The language of the text; told from its words where not given
        #[arg(long, default_value = "", hide_default_value = true, requires = "text", value_name = "CODE")]
        lang: String,
        /// Entries of this brand and those for every brand; those of the mention's brands where not given
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
        brand: String,
        /// How many entries; 3 where not given
        #[arg(long, default_value_t = 0, hide_default_value = true)]
        count: i32,
    },
    /// Make an answered mention an example of an entry, without names, numbers and links
    AddExample {
        /// The mention: platform/external_id
        #[arg(value_name = "MENTION")]
        name: String,
        /// Id of the entry that answered it
        id: String,
        #[command(flatten)]
        editor: Editor,
    },
    /// Show pairs of entries that answer the same
    Duplicates,
    /// Show the share of requests that an entry fits, and what frequent requests have none
    Coverage {
        /// Mentions that match it; all where not given
        #[arg(default_value = "", hide_default_value = true)]
        query: String,
        /// Only mentions about this brand
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
        brand: String,
        /// Mentions published then or later; 30 days before the end where not given
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Mentions published before; now where not given
        #[arg(long, value_name = "TIME")]
        before: Option<String>,
        /// Zone of dates without a time, e.g. Europe/Rome; UTC where not given
        #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
        time_zone: String,
    },
}

/// Who edits.
#[derive(Clone, Debug, Args)]
struct Editor {
    /// Who does it
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
        Command::List { brand } => show::list(&client, &brand, output).await?,
        Command::Show { id } => show::one(&client, id, output).await?,
        Command::Put { id, details, etag, editor } => {
            put::run(&client, id, *details, etag, editor.editor, output).await?;
        }
        Command::Delete { id, etag } => {
            client.arguments().delete_argument(DeleteArgumentRequest { id: id.clone(), etag }).await?;
            output.note(&format!("`{}` is forgotten", escape(&id)))?;
        }
        Command::Import { file, editor } => return import::run(&client, &file, &editor.editor, output).await,
        Command::Export { file, format, brand } => {
            show::export(&client, file.as_deref(), format, &brand, output).await?;
        }
        Command::Suggest { name, text, lang, brand, count } => {
            let (name, text) = (name.unwrap_or_default(), text.unwrap_or_default());
            let request = SuggestRepliesRequest { name, text, language: lang, brand, count };
            show::suggest(&client, request, output).await?;
        }
        Command::AddExample { name, id, editor } => {
            let request = AddArgumentExampleRequest { name, argument: id, editor: editor.editor };
            show::add_example(&client, request, output).await?;
        }
        Command::Duplicates => show::duplicates(&client, output).await?,
        Command::Coverage { query, brand, from, before, time_zone } => {
            let zone = time_argument::zone(&time_zone).map_err(Failure::WrongUsage)?;
            let now = Timestamp::now();
            let moment = |option: &str, text: Option<String>| {
                text.map(|text| time_argument::moment(&text, &zone, now).map(time::to_wire))
                    .transpose()
                    .map_err(|why| Failure::WrongUsage(format!("{option}: {why}")))
            };
            let request = GetArgumentCoverageRequest {
                created_from: moment("--from", from)?,
                created_before: moment("--before", before)?,
                query,
                time_zone,
                brand,
            };
            show::coverage(&client, request, output).await?;
        }
    }
    Ok(Exit::Done)
}

/// Walks through all entries, page by page.
async fn for_each(
    client: &Client,
    brand: &str,
    mut each: impl FnMut(Argument) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut request = ListArgumentsRequest { page_size: PAGE_SIZE, brand: brand.to_owned(), ..Default::default() };
    loop {
        let page = client.arguments().list_arguments(request.clone()).await?.into_inner();
        page.arguments.into_iter().try_for_each(&mut each)?;
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}
