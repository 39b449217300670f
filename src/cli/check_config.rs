use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    output::Output,
};
use crate::config::IndexConfig;

/// Check a folder with brands and word lists before a server uses it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder; without it the built-in one is checked
    #[arg(value_name = "DIR")]
    index_config: Option<PathBuf>,
}

#[derive(Serialize)]
struct Verdict {
    valid: bool,
    problem: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = match &arguments.index_config {
        Some(folder) => IndexConfig::load(folder),
        None => IndexConfig::built_in(),
    };
    let problem = loaded.err().map(|error| error.to_string());
    if output.is_json() {
        output.json_of(&Verdict { valid: problem.is_none(), problem: problem.clone() })?;
        return Ok(if problem.is_none() { Exit::Done } else { Exit::Failed });
    }
    match problem {
        None => {
            output.note("brands and word lists are in order")?;
            Ok(Exit::Done)
        }
        Some(problem) => Err(Failure::Failed(problem)),
    }
}
