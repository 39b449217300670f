//! The command line: one file per command with its arguments and what it does, `render` for what people and programs see.
//!
//! Client commands speak to a server through `client`; only `serve`, `demo`, `train`, `eval` and `check-config` touch engine and settings.
//! Nothing here decides anything about mentions.

mod alerts;
mod argument;
mod arguments;
mod author_list;
mod brand;
mod check;
mod check_config;
mod check_reply;
mod completions;
mod conversation;
mod correct;
mod corrections;
mod count;
mod delete;
mod demo;
mod desk;
mod eval;
mod exit;
mod explain;
mod get;
mod ingest;
mod output;
mod query_problems;
mod render;
mod saved;
mod search;
mod serve;
mod status;
mod subscriptions;
mod time_argument;
mod train;
mod verify;
mod watch;
mod webhooks;

use std::process::ExitCode;

use clap::Parser as _;

pub use arguments::{Cli, Command};
pub use exit::Exit;
use exit::Failure;
use output::Output;

/// The whole program: reads the arguments, runs the command, says what went wrong.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut output = Output::of_process(&cli.shared);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return report(&mut output, &Failure::Failed(format!("cannot start the runtime: {error}"))).into();
        }
    };
    let result = runtime.block_on(run(cli, &mut output));
    // A thread that waits for standard input must not hold the program back.
    runtime.shutdown_background();
    match result.and_then(|exit| output.flush().map(|()| exit)) {
        Ok(exit) => exit.into(),
        Err(failure) => report(&mut output, &failure).into(),
    }
}

async fn run(cli: Cli, output: &mut Output) -> Result<Exit, Failure> {
    let server = cli.shared.server;
    match cli.command {
        Command::Serve(arguments) => Box::pin(serve::run(arguments, output)).await,
        Command::Demo(arguments) => Box::pin(demo::run(arguments, output)).await,
        Command::Ingest(arguments) => Box::pin(ingest::run(arguments, &server, output)).await,
        Command::Search(arguments) => Box::pin(search::run(arguments, &server, output)).await,
        Command::Count(arguments) => Box::pin(count::run(arguments, &server, output)).await,
        Command::Get(arguments) => Box::pin(get::run(arguments, &server, output)).await,
        Command::Conversation(arguments) => Box::pin(conversation::run(arguments, &server, output)).await,
        Command::Watch(arguments) => Box::pin(watch::run(arguments, &server, output)).await,
        Command::Check(arguments) => Box::pin(check::run(arguments, &server, output)).await,
        Command::Verify(arguments) => Box::pin(verify::run(arguments, &server, output)).await,
        Command::Saved(arguments) => Box::pin(saved::run(arguments, &server, output)).await,
        Command::Explain(arguments) => Box::pin(explain::run(arguments, &server, output)).await,
        Command::AuthorList(arguments) => Box::pin(author_list::run(arguments, &server, output)).await,
        Command::Brand(arguments) => Box::pin(brand::run(arguments, &server, output)).await,
        Command::CheckReply(arguments) => Box::pin(check_reply::run(arguments, &server, output)).await,
        Command::Alerts(arguments) => Box::pin(alerts::run(arguments, &server, output)).await,
        Command::Argument(arguments) => Box::pin(argument::run(arguments, &server, output)).await,
        Command::Correct(arguments) => Box::pin(correct::run(arguments, &server, output)).await,
        Command::Queue(arguments) => Box::pin(desk::queue::run(arguments, &server, output)).await,
        Command::Claim(arguments) => Box::pin(desk::claim::run(arguments, &server, output)).await,
        Command::Reply(arguments) => Box::pin(desk::reply::run(arguments, &server, output)).await,
        Command::Handoff(arguments) => Box::pin(desk::steps::hand_off(arguments, &server, output)).await,
        Command::Escalate(arguments) => Box::pin(desk::steps::escalate(arguments, &server, output)).await,
        Command::Snooze(arguments) => Box::pin(desk::steps::snooze(arguments, &server, output)).await,
        Command::Close(target) => Box::pin(desk::steps::close(target, &server, output)).await,
        Command::Ignore(target) => Box::pin(desk::steps::ignore(target, &server, output)).await,
        Command::Reopen(target) => Box::pin(desk::steps::reopen(target, &server, output)).await,
        Command::Assign(arguments) => Box::pin(desk::steps::assign(arguments, &server, output)).await,
        Command::Note(arguments) => Box::pin(desk::steps::note(arguments, &server, output)).await,
        Command::History(arguments) => Box::pin(desk::history::run(arguments, &server, output)).await,
        Command::Corrections(arguments) => Box::pin(corrections::run(arguments, &server, output)).await,
        Command::Webhooks(arguments) => Box::pin(webhooks::run(arguments, &server, output)).await,
        Command::Subscriptions(arguments) => Box::pin(subscriptions::run(arguments, &server, output)).await,
        Command::Delete(arguments) => Box::pin(delete::run(arguments, &server, output)).await,
        Command::Status => Box::pin(status::run(&server, output)).await,
        Command::CheckConfig(arguments) => check_config::run(&arguments, output),
        Command::Eval(arguments) => eval::run(&arguments, output),
        Command::Train(arguments) => train::run(&arguments, output),
        Command::Completions(arguments) => completions::run(&arguments, output),
    }
}

fn report(output: &mut Output, failure: &Failure) -> Exit {
    // Standard error may be closed as well; the exit code still tells.
    let _ = output.failure(failure);
    failure.exit()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_exit_code_is_documented() {
        let page = include_str!("../../docs/cli.md");
        for command in Cli::command().get_subcommands() {
            let heading = format!("\n## {}\n", command.get_name());
            assert!(page.contains(&heading), "docs/cli.md has no chapter `{}`", command.get_name());
            assert!(page.contains(&format!("ascolto {}", command.get_name())), "no example for {}", command.get_name());
            for argument in command.get_arguments() {
                if let Some(long) = argument.get_long() {
                    assert!(page.contains(&format!("--{long}")), "docs/cli.md does not name --{long}");
                }
            }
        }
        for exit in Exit::ALL {
            assert!(
                page.contains(&format!("\n| {} | ", exit.code())),
                "docs/cli.md does not name exit code {}",
                exit.code()
            );
        }
    }
}
