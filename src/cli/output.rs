use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice, adapter::strip_str};
use serde::Serialize;

use super::{
    arguments::{Color, Format, Shared},
    exit::Failure,
    render::{
        escape::{escape, escape_json},
        json::WireMessage,
        style,
    },
};

/// Width where the output is no terminal: fits a mail and a side-by-side view.
const WIDTH_DEFAULT: usize = 100;
/// Longer lines are hard to read on any screen.
const WIDTH_MAX: usize = 140;
/// Below this, wrapping makes confetti.
const WIDTH_MIN: usize = 40;

/// Where a command writes to: answers to standard output, everything about them to standard error.
///
/// Callers pass text with styles; it is their duty that what came from outside went through `render::escape`. Styles are
/// taken out where the stream does not show them.
pub(super) struct Output {
    format: Format,
    quiet: bool,
    width: usize,
    answers_to_terminal: bool,
    notes_to_terminal: bool,
    answers: Stream,
    notes: Stream,
}

/// A stream and whether it shows styles.
struct Stream {
    to: Box<dyn Write + Send>,
    is_styled: bool,
}

impl Stream {
    fn line(&mut self, line: &str) -> io::Result<()> {
        if self.is_styled { writeln!(self.to, "{line}") } else { writeln!(self.to, "{}", strip_str(line)) }
    }
}

impl Output {
    /// Standard output and error of this process.
    pub(super) fn of_process(shared: &Shared) -> Self {
        let answers_styled = is_styled(shared.color, AutoStream::choice(&io::stdout()));
        let notes_styled = is_styled(shared.color, AutoStream::choice(&io::stderr()));
        let width = comfy_table::Table::new().width().map_or(WIDTH_DEFAULT, usize::from);
        Self {
            format: shared.output,
            quiet: shared.quiet,
            width: width.clamp(WIDTH_MIN, WIDTH_MAX),
            answers_to_terminal: io::stdout().is_terminal(),
            notes_to_terminal: io::stderr().is_terminal(),
            answers: Stream { to: Box::new(BufWriter::new(io::stdout())), is_styled: answers_styled },
            notes: Stream { to: Box::new(io::stderr()), is_styled: notes_styled },
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether a progress bar would be seen.
    pub(super) fn shows_progress(&self) -> bool {
        self.notes_to_terminal && !self.quiet && !self.is_json()
    }

    /// Cells in a line.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// A line of the answer.
    pub(super) fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.answers.line(line)?;
        Ok(())
    }

    /// Text of the answer as it is, e.g. a script.
    pub(super) fn raw(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.answers.to.write_all(text)?;
        Ok(())
    }

    /// A wire message as JSON: one readable document on a terminal, one line otherwise.
    pub(super) fn json<M: WireMessage>(&mut self, message: &M) -> Result<(), Failure> {
        let value = message.to_json().map_err(Failure::Failed)?;
        self.json_value(&value, self.answers_to_terminal)
    }

    /// A wire message as one line of JSON, sent off at once.
    pub(super) fn json_line<M: WireMessage>(&mut self, message: &M) -> Result<(), Failure> {
        let value = message.to_json().map_err(Failure::Failed)?;
        self.json_value(&value, false)?;
        self.flush()
    }

    /// Anything else as JSON.
    pub(super) fn json_of(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.json_value(value, self.answers_to_terminal)
    }

    fn json_value(&mut self, value: &impl Serialize, is_pretty: bool) -> Result<(), Failure> {
        let text = if is_pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        let text = text.map_err(|error| Failure::Failed(format!("cannot write JSON: {error}")))?;
        self.line(&escape_json(&text))
    }

    /// Something worth knowing beside the answer; silent with `--quiet`.
    pub(super) fn note(&mut self, line: &str) -> Result<(), Failure> {
        if !self.quiet {
            // The answer so far belongs before the note.
            self.flush()?;
            self.notes.line(line)?;
        }
        Ok(())
    }

    /// Something that may be wrong; silent with `--quiet`.
    pub(super) fn warning(&mut self, message: &str) -> Result<(), Failure> {
        let (warning, message) = (style::WARNING, escape(message));
        self.note(&format!("{warning}warning{warning:#}: {message}"))
    }

    /// A text for standard error that is never silent, e.g. the problems of a query.
    pub(super) fn complaint(&mut self, text: &str) -> Result<(), Failure> {
        self.flush()?;
        self.notes.line(text)?;
        Ok(())
    }

    /// The last words of a command that failed.
    pub(super) fn failure(&mut self, failure: &Failure) -> Result<(), Failure> {
        let Some(message) = failure.message() else { return Ok(()) };
        let (error, message) = (style::ERROR, escape(message));
        self.complaint(&format!("{error}error{error:#}: {message}"))
    }

    /// Sends off what has been written.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.answers.to.flush()?;
        Ok(())
    }
}

fn is_styled(wanted: Color, automatic: ColorChoice) -> bool {
    match wanted {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => automatic != ColorChoice::Never,
    }
}
