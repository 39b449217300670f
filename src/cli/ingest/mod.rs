//! `ascolto ingest`: reads records from a file or standard input, sends them, keeps book of what was acknowledged.
//!
//! `source` reads (on a thread of its own), `sender` keeps the stream full and survives lost connections, `book` knows what is
//! open and what became of the rest, `resume` and
//! `rejected` write what is needed to go on or to mend.

mod book;
mod csv_rows;
mod record;
mod rejected;
mod resume;
mod sender;
mod source;
mod summary;
mod value;

#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io::{BufRead, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    time::Instant,
};

use book::Book;
use clap::{Args, ValueEnum};
pub(super) use record::{UnknownKeys, mention as mention_of_json};
use rejected::RejectedFile;
use resume::Progress;
use sender::{Ended, Sender};
use source::{Form, Position};

use super::{
    exit::{Exit, Failure},
    output::Output,
};
use crate::client::Client;

/// Send mentions from a file or from standard input.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The file, or '-' for standard input
    file: PathBuf,
    /// How it is written; where not given, .csv means CSV, everything else NDJSON
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Go on where the last run over this file was interrupted
    #[arg(long)]
    resume: bool,
    /// Where rejected mentions go, with line and reason [default: FILE.rejected.ndjson; none for standard input]
    #[arg(long, value_name = "PATH")]
    rejected: Option<PathBuf>,
    /// How often in a row to try again when the connection is lost
    #[arg(long, default_value_t = 5, value_name = "N")]
    retries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    Ndjson,
    Csv,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let file = (arguments.file.as_os_str() != "-").then_some(arguments.file.as_path());
    if arguments.resume && file.is_none() {
        return Err(Failure::WrongUsage("--resume needs a file: standard input cannot be read again".to_owned()));
    }
    // The file first: a wrong name should not wait for a connection.
    let progress = file.map(|file| progress(file, arguments.resume)).transpose()?.flatten();
    let from = progress.as_ref().map(Progress::acknowledged).unwrap_or_default();
    let size_bytes = progress.as_ref().map(Progress::size_bytes);
    let (input, form) = open(file, is_csv(&arguments), from).map_err(Failure::Failed)?;
    let client = Client::connect(server).await?;

    let rejected_path = arguments.rejected.or_else(|| file.map(|file| resume::beside(file, ".rejected.ndjson")));
    let rejected = RejectedFile::new(rejected_path, from != Position::default()).map_err(Failure::Failed)?;
    if from != Position::default() {
        output.note(&format!("going on behind line {}", from.line))?;
    }
    let begun = Instant::now();
    let records = source::read(input, form, from);
    let bar = book::progress_bar(output.shows_progress(), size_bytes, from.byte);
    let mut sender = Sender::new(client, arguments.retries, Book::new(rejected, progress, file, bar))?;
    let ended = sender.run(records, output).await;
    let mut book = sender.into_book();
    let mut summary = book.close(matches!(ended, Ok(Ended::Complete)), output)?;
    summary.end(begun.elapsed(), book.rejected_file().cloned());
    if output.is_json() {
        output.json_of(&summary)?;
    } else {
        for line in summary.lines() {
            output.line(&line)?;
        }
    }
    finish(ended, summary.rejected, file, output)
}

/// What the end of the run means for the caller.
fn finish(
    ended: Result<Ended, Failure>,
    rejected: u64,
    file: Option<&Path>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let how_to_resume = match file {
        Some(file) => format!("to go on: ascolto ingest --resume {}", file.display()),
        None => "send the same again to go on; what is there already stays as it is".to_owned(),
    };
    match ended {
        Ok(Ended::Interrupted) => {
            output.note(&super::render::escape::escape(&how_to_resume))?;
            Err(Failure::Interrupted)
        }
        Ok(Ended::Complete) if rejected > 0 => Ok(Exit::PartlyDone),
        Ok(Ended::Complete) => Ok(Exit::Done),
        Err(Failure::Unreachable(message)) => Err(Failure::Unreachable(format!("{message}; {how_to_resume}"))),
        Err(failure) => Err(failure),
    }
}

/// The book of a regular file; pipes and devices have none.
fn progress(file: &Path, is_resumed: bool) -> Result<Option<Progress>, Failure> {
    let metadata =
        file.metadata().map_err(|error| Failure::Failed(format!("cannot read {}: {error}", file.display())))?;
    if metadata.is_dir() {
        return Err(Failure::Failed(format!("{} is a folder; name a file", file.display())));
    }
    if !metadata.is_file() {
        return if is_resumed {
            Err(Failure::WrongUsage(format!("--resume needs a regular file, {} is none", file.display())))
        } else {
            Ok(None)
        };
    }
    let progress = if is_resumed { Progress::resume(file) } else { Progress::of_file(file) };
    progress.map(Some).map_err(Failure::Failed)
}

fn is_csv(arguments: &Arguments) -> bool {
    match arguments.format {
        Some(format) => format == FileFormat::Csv,
        None => arguments.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")),
    }
}

type Input = Box<dyn BufRead + Send>;

/// Opens the input at a place.
fn open(file: Option<&Path>, is_csv: bool, from: Position) -> Result<(Input, Form), String> {
    let form = |head| if is_csv { Form::Csv { head } } else { Form::Ndjson };
    let Some(path) = file else {
        return Ok((Box::new(BufReader::new(std::io::stdin())), form(None)));
    };
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut input = File::open(path).map_err(failed)?;
    let head = if is_csv && from != Position::default() { Some(csv_rows::head(&input)?) } else { None };
    // Only where there is a place to go to: pipes can be read but not sought in.
    if from != Position::default() {
        input.seek(SeekFrom::Start(from.byte)).map_err(failed)?;
    }
    Ok((Box::new(BufReader::new(input)), form(head)))
}
