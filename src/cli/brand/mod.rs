//! Brand profiles: those the server runs with, and those that are to be.

mod show;

use std::{fs, io::Read as _, path::PathBuf};

use clap::{Args, Subcommand};

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::escape::escape,
};
use crate::{
    base::limits::BRANDS_TEXT_BYTES_MAX,
    client::Client,
    proto::v1::{CheckBrandsRequest, GetBrandRequest},
};

/// Show the brands the server listens for, and check profiles before it does.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all brands, and whether each answers now
    List,
    /// Show a profile: query, accounts, coverage, reply targets, rules for answers, responsible people
    Show {
        /// Its id
        id: String,
    },
    /// Check a file of profiles (brands.toml) as a start of the server would
    Check {
        /// The file; - reads standard input
        file: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    match arguments.command {
        Command::List => show::list(&client, output).await?,
        Command::Show { id } => {
            let brand = client.brands().get_brand(GetBrandRequest { id }).await?.into_inner();
            show::one(&brand, output)?;
        }
        Command::Check { file } => return check(&client, file, output).await,
    }
    Ok(Exit::Done)
}

async fn check(client: &Client, file: PathBuf, output: &mut Output) -> Result<Exit, Failure> {
    let name = if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() };
    let text = read(&file).map_err(|error| Failure::Failed(format!("cannot read {name}: {error}")))?;
    let checked = client.brands().check_brands(CheckBrandsRequest { text }).await?.into_inner();
    if output.is_json() {
        output.json(&checked)?;
        return Ok(if checked.valid { Exit::Done } else { Exit::Failed });
    }
    for problem in &checked.problems {
        output.complaint(&format!("{}, line {}: {}", escape(&name), problem.line, escape(&problem.message)))?;
    }
    if !checked.valid {
        return Err(Failure::Told);
    }
    output.note(&match checked.brands.len() {
        1 => "one brand, in order".to_owned(),
        count => format!("{count} brands, all in order"),
    })?;
    Ok(Exit::Done)
}

fn read(file: &PathBuf) -> std::io::Result<String> {
    let mut text = String::new();
    // One byte more tells that there was more.
    let bytes_max = BRANDS_TEXT_BYTES_MAX as u64 + 1;
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(bytes_max).read_to_string(&mut text)?;
    } else {
        fs::File::open(file)?.take(bytes_max).read_to_string(&mut text)?;
    }
    Ok(text)
}
