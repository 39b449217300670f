use std::{fs, io::Read as _, path::PathBuf};

use clap::{Args, Subcommand};

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{escape::escape, table::table},
};
use crate::{
    base::limits::AUTHOR_LIST_MEMBERS_BATCH_MAX,
    client::Client,
    proto::v1::{
        AddAuthorListMembersRequest, AuthorList, CreateAuthorListRequest, DeleteAuthorListRequest,
        ListAuthorListMembersRequest, ListAuthorListsRequest, RemoveAuthorListMembersRequest,
    },
};

/// Keep named lists of authors, for from:list:ID in queries.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a list
    Create {
        /// Its id: lower-case letters, digits, '-', '_' and '.'
        id: String,
        /// What people call it
        #[arg(long, default_value = "", hide_default_value = true)]
        title: String,
        /// For people
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        #[command(flatten)]
        members: Members,
    },
    /// List all lists
    List,
    /// Write the handles of a list, one a line
    Show {
        /// Its id
        id: String,
    },
    /// Put authors on a list
    Add {
        /// Its id
        id: String,
        #[command(flatten)]
        members: Members,
    },
    /// Take authors from a list
    Remove {
        /// Its id
        id: String,
        #[command(flatten)]
        members: Members,
    },
    /// Forget a list
    Rm {
        /// Its id
        id: String,
        /// Also where saved searches refer to it; they rest until they are mended
        #[arg(long)]
        force: bool,
    },
}

/// Authors, and who edits.
#[derive(Debug, Args)]
struct Members {
    /// Handles, with or without @
    handles: Vec<String>,
    /// A file with handles, one a line; - reads standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
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

impl Members {
    fn read(self) -> Result<(Vec<String>, String), Failure> {
        let mut handles = self.handles;
        if let Some(path) = self.file {
            let text = if path.as_os_str() == "-" {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map(|_| text)
            } else {
                fs::read_to_string(&path)
            };
            let text =
                text.map_err(|error| Failure::Failed(format!("cannot read handles from {}: {error}", path.display())))?;
            handles.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        }
        Ok((handles, self.editor))
    }
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let mut lists = client.author_lists();
    match arguments.command {
        Command::Create { id, title, note, members } => {
            let (members, editor) = members.read()?;
            let author_list = Some(AuthorList { id: id.clone(), title, note, ..Default::default() });
            let request = CreateAuthorListRequest { author_list, members: Vec::new(), editor: editor.clone() };
            let list = lists.create_author_list(request).await?.into_inner();
            told(&add(&client, &id, members, editor, list).await?, output)?;
        }
        Command::List => list(&client, output).await?,
        Command::Show { id } => show(&client, id, output).await?,
        Command::Add { id, members } => {
            let (members, editor) = members.read()?;
            if members.is_empty() {
                return Err(Failure::WrongUsage("name handles, or a --file of them".to_owned()));
            }
            told(&add(&client, &id, members, editor, AuthorList::default()).await?, output)?;
        }
        Command::Remove { id, members } => {
            let (members, editor) = members.read()?;
            if members.is_empty() {
                return Err(Failure::WrongUsage("name handles, or a --file of them".to_owned()));
            }
            let mut list = AuthorList::default();
            for members in members.chunks(AUTHOR_LIST_MEMBERS_BATCH_MAX) {
                let request = RemoveAuthorListMembersRequest {
                    id: id.clone(),
                    members: members.to_vec(),
                    editor: editor.clone(),
                };
                list = lists.remove_author_list_members(request).await?.into_inner();
            }
            told(&list, output)?;
        }
        Command::Rm { id, force } => {
            lists.delete_author_list(DeleteAuthorListRequest { id: id.clone(), force }).await?;
            output.note(&format!("`{}` is forgotten", escape(&id)))?;
        }
    }
    Ok(Exit::Done)
}

/// Adds members in pieces that fit into a call; gives the list as it is then.
async fn add(
    client: &Client,
    id: &str,
    members: Vec<String>,
    editor: String,
    mut list: AuthorList,
) -> Result<AuthorList, Failure> {
    for members in members.chunks(AUTHOR_LIST_MEMBERS_BATCH_MAX) {
        let request =
            AddAuthorListMembersRequest { id: id.to_owned(), members: members.to_vec(), editor: editor.clone() };
        list = client.author_lists().add_author_list_members(request).await?.into_inner();
    }
    Ok(list)
}

fn told(list: &AuthorList, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(list);
    }
    output.note(&format!("`{}` has {} members", escape(&list.id), list.member_count))
}

async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListAuthorListsRequest::default();
    loop {
        let page = client.author_lists().list_author_lists(request.clone()).await?.into_inner();
        for list in page.author_lists {
            if output.is_json() {
                output.json_line(&list)?;
            } else {
                rows.push(vec![list.id, list.member_count.to_string(), list.title]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if !output.is_json() && rows.is_empty() {
        return output.note("there are no author lists; `ascolto author-list create` makes one");
    }
    if !output.is_json() {
        for line in table(&["id", "members", "title"], &rows, &[1], output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}

async fn show(client: &Client, id: String, output: &mut Output) -> Result<(), Failure> {
    let mut request = ListAuthorListMembersRequest { id, ..Default::default() };
    loop {
        let page = client.author_lists().list_author_list_members(request.clone()).await?.into_inner();
        if output.is_json() {
            output.json_line(&page)?;
        } else {
            page.members.iter().try_for_each(|handle| output.line(&escape(handle)))?;
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}
