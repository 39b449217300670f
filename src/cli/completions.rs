use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{
    arguments::Cli,
    exit::{Exit, Failure},
    output::Output,
};

/// Print a completion script for a shell.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell, e.g. bash; how to install the script stands in docs/cli.md
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "ascolto", &mut script);
    output.raw(&script)?;
    Ok(Exit::Done)
}
