use std::io::{BufRead, Read};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    csv_rows,
    record::{self, UnknownKeys},
    value::Fault,
};
use crate::{base::limits, proto::v1::Mention};

/// Longest line of a file. The largest mention allowed has 32 KiB of text, 130 KiB of addresses and little else; written
/// wastefully, six bytes for one, that fits.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;
const _: () = assert!(LINE_BYTES_MAX > 6 * (limits::TEXT_BYTES_MAX + limits::MEDIA_MAX * limits::URL_BYTES_MAX));

/// Records read ahead of the sender.
const READ_AHEAD_RECORDS: usize = 512;

/// One record of the input.
#[derive(Debug)]
pub(super) struct Record {
    /// Line it begins in, from 1.
    pub(super) line: u64,
    /// Where the input goes on behind it.
    pub(super) end: Position,
    /// As it stood there, for the file of rejected mentions.
    pub(super) original: Value,
    /// What it says.
    pub(super) mention: Result<Box<Mention>, Fault>,
}

/// What the reader tells.
#[derive(Debug)]
pub(super) enum Found {
    Record(Record),
    /// The input cannot be read on.
    Broken(String),
    /// The input ended; these keys meant nothing.
    End(UnknownKeys),
}

/// Where in an input something begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// From 0.
    pub(super) byte: u64,
    /// Lines before it.
    pub(super) line: u64,
}

/// Reads a form of records; ends early when the receiver has gone.
pub(super) fn read(mut input: impl BufRead + Send + 'static, form: Form, from: Position) -> mpsc::Receiver<Found> {
    let (found, receiver) = mpsc::channel(READ_AHEAD_RECORDS);
    // Files and standard input block; the async threads must not.
    tokio::task::spawn_blocking(move || {
        let mut unknown = UnknownKeys::new();
        let mut tell = |one: Found| found.blocking_send(one).is_ok();
        let result = match form {
            Form::Ndjson => lines(&mut input, from, &mut unknown, &mut tell),
            Form::Csv { head } => csv_rows::rows(input, head, from, &mut unknown, &mut tell),
        };
        match result {
            Ok(()) => tell(Found::End(unknown)),
            Err(message) => tell(Found::Broken(message)),
        };
    });
    receiver
}

/// How records are written.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Ndjson,
    /// With the first row, where reading begins after it.
    Csv {
        head: Option<csv::ByteRecord>,
    },
}

fn lines(
    input: &mut impl BufRead,
    from: Position,
    unknown: &mut UnknownKeys,
    tell: &mut impl FnMut(Found) -> bool,
) -> Result<(), String> {
    let mut position = from;
    let mut line = Vec::new();
    loop {
        line.clear();
        let bytes = next_line(input, &mut line)
            .map_err(|error| format!("reading failed after line {}: {error}", position.line))?;
        if bytes == 0 {
            return Ok(());
        }
        position.byte += bytes;
        position.line += 1;
        // A byte order mark at the beginning, and the ends of lines of some systems.
        let content = if position.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
        if content.trim_ascii().is_empty() && bytes <= LINE_BYTES_MAX as u64 {
            continue;
        }
        let (original, mention) = parse(content, bytes, unknown);
        let record = Record { line: position.line, end: position, original, mention: mention.map(Box::new) };
        if !tell(Found::Record(record)) {
            return Ok(());
        }
    }
}

/// Reads to the end of the line; keeps at most [`LINE_BYTES_MAX`] of it. Gives the bytes read, 0 at the end of the input.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<u64> {
    let mut bytes = input.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', line)? as u64;
    while bytes > LINE_BYTES_MAX as u64 && line.last() != Some(&b'\n') {
        line.clear();
        let more = input.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', line)? as u64;
        bytes += more;
        if more == 0 {
            break;
        }
    }
    Ok(bytes)
}

fn parse(line: &[u8], bytes: u64, unknown: &mut UnknownKeys) -> (Value, Result<Mention, Fault>) {
    if bytes > LINE_BYTES_MAX as u64 {
        let message = format!("the line has {bytes} bytes, more than the {LINE_BYTES_MAX} allowed");
        return (Value::Null, Err(Fault::new("", message)));
    }
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.trim_end(),
        Err(error) => {
            let message =
                format!("the line is not UTF-8 from its byte {} on; convert the file first", error.valid_up_to() + 1);
            return (Value::String(String::from_utf8_lossy(line).trim_end().to_owned()), Err(Fault::new("", message)));
        }
    };
    match serde_json::from_str(text) {
        Ok(value) => {
            let mention = record::mention(&value, unknown);
            (value, mention)
        }
        Err(error) => {
            let message = format!("the line is not JSON: {error}");
            (Value::String(text.to_owned()), Err(Fault::new("", message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read_all(input: &[u8]) -> Vec<(u64, u64, Result<String, String>)> {
        let mut found = Vec::new();
        let mut tell = |one| {
            if let Found::Record(record) = one {
                let mention = record.mention.map(|mention| mention.external_id).map_err(|fault| fault.message);
                found.push((record.line, record.end.byte, mention));
            }
            true
        };
        lines(&mut Cursor::new(input), Position::default(), &mut UnknownKeys::new(), &mut tell).unwrap();
        found
    }

    const GOOD: &str = r#"{"platform":"x","external_id":"1","created_at":"2026-11-21T08:00:00Z"}"#;

    #[test]
    fn counts_lines_and_bytes() {
        let input = format!("\u{feff}{GOOD}\r\n\n  \n{GOOD}");
        let length = GOOD.len() as u64;
        let found = read_all(input.as_bytes());
        assert_eq!(found, [(1, length + 5, Ok("1".into())), (4, 2 * length + 9, Ok("1".into()))]);
    }

    #[test]
    fn a_bad_line_stops_nothing() {
        let mut input = b"{oops\n\"\xff\xfe\"\n".to_vec();
        input.extend(vec![b'x'; LINE_BYTES_MAX * 2 + 10]);
        input.extend(b"\n[]\n");
        input.extend(GOOD.as_bytes());
        let found = read_all(&input);
        let expected =
            ["not JSON", "not UTF-8 from its byte 2", "more than the 1048576 allowed", "a mention is a JSON object"];
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.2.as_ref().unwrap_err().contains(expected), "{found:?}");
        }
        assert_eq!(found.len(), 5);
        assert_eq!(found[4], (5, input.len() as u64, Ok("1".into())));
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_not_too_long() {
        let mut input = vec![b' '; LINE_BYTES_MAX - GOOD.len() - 1];
        input.extend(GOOD.as_bytes());
        input.push(b'\n');
        assert_eq!(read_all(&input), [(1, LINE_BYTES_MAX as u64, Ok("1".into()))]);
    }
}
