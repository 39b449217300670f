use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use super::{
    record::{self, UnknownKeys},
    source::{Found, LINE_BYTES_MAX, Position, Record},
    value::Fault,
};

/// Between the values of a cell that holds several.
const LIST_SEPARATOR: char = '|';
/// Columns whose cells hold several values.
const LISTS: [&str; 2] = ["tags", "media"];

/// Reads rows of CSV: the first row names the fields, with dots (`author.handle`); an empty cell is absent.
///
/// With `head`, the input begins behind that row, at `from`.
pub(super) fn rows(
    input: impl Read,
    head: Option<ByteRecord>,
    from: Position,
    unknown: &mut UnknownKeys,
    tell: &mut impl FnMut(Found) -> bool,
) -> Result<(), String> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut row = ByteRecord::new();
    let head = match head {
        Some(head) => head,
        None => {
            if !reader.read_byte_record(&mut row).map_err(|error| format!("cannot read the first row: {error}"))? {
                return Ok(());
            }
            row.clone()
        }
    };
    let head = names(&head)?;
    let mut end = from;
    while reader
        .read_byte_record(&mut row)
        .map_err(|error| format!("reading failed after line {}: {error}", end.line))?
    {
        let place = reader.position();
        end = Position { byte: place.byte() + from.byte, line: place.line().saturating_sub(1) + from.line };
        let (original, mention) = parse(&head, &row, unknown);
        let found = Record {
            line: row.position().map_or(0, csv::Position::line) + from.line,
            end,
            original,
            mention: mention.map(Box::new),
        };
        if !tell(Found::Record(found)) {
            break;
        }
    }
    Ok(())
}

/// The first row of an input, to go on reading behind it another time.
pub(super) fn head(input: impl Read) -> Result<ByteRecord, String> {
    let mut row = ByteRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    reader.read_byte_record(&mut row).map_err(|error| format!("cannot read the first row: {error}"))?;
    Ok(row)
}

fn names(head: &ByteRecord) -> Result<Vec<String>, String> {
    let names: Result<Vec<String>, _> = head
        .iter()
        .map(|cell| std::str::from_utf8(cell).map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()))
        .collect();
    let names = names.map_err(|_| "the first row is not UTF-8; convert the file first".to_owned())?;
    for required in ["platform", "external_id", "created_at"] {
        if !names.iter().any(|name| name == required) {
            // What spreadsheets write where the comma stands for the decimal point.
            let separator = names.iter().any(|name| name.contains([';', '\t']));
            let separated = if separator { ", with commas between them" } else { "" };
            return Err(format!(
                "the first row has no column `{required}`; it names the fields{separated}, e.g. \
                 platform,external_id,created_at,text"
            ));
        }
    }
    Ok(names)
}

fn parse(
    head: &[String],
    row: &ByteRecord,
    unknown: &mut UnknownKeys,
) -> (Value, Result<crate::proto::v1::Mention, Fault>) {
    if row.as_slice().len() > LINE_BYTES_MAX {
        let message = format!("the row has {} bytes, more than the {LINE_BYTES_MAX} allowed", row.as_slice().len());
        return (Value::Null, Err(Fault::new("", message)));
    }
    let value = Value::Object(object(head, row));
    if row.len() > head.len() {
        let message = format!(
            "the row has {} cells, the first row names {}; quote cells that hold commas",
            row.len(),
            head.len()
        );
        return (value, Err(Fault::new("", message)));
    }
    if let Some((name, _)) = head.iter().zip(row).find(|(_, cell)| std::str::from_utf8(cell).is_err()) {
        return (value, Err(Fault::new(name.as_str(), "is not UTF-8; convert the file first")));
    }
    let mention = record::mention(&value, unknown);
    (value, mention)
}

/// The row as the JSON object it stands for.
fn object(head: &[String], row: &ByteRecord) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, cell) in head.iter().zip(row) {
        if cell.is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(cell);
        let value = if LISTS.contains(&name.as_str()) {
            text.split(LIST_SEPARATOR).map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
        } else {
            Value::from(text.as_ref())
        };
        match name.split_once('.') {
            Some((outer, inner)) => {
                let entry = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(entry) = entry {
                    entry.insert(inner.to_owned(), value);
                }
            }
            None => {
                object.insert(name.clone(), value);
            }
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::Mention;

    fn read(input: &[u8], from: Position, first: Option<ByteRecord>) -> Result<(Vec<Record>, UnknownKeys), String> {
        let (mut found, mut unknown) = (Vec::new(), UnknownKeys::new());
        let mut tell = |one| {
            if let Found::Record(record) = one {
                found.push(record);
            }
            true
        };
        rows(input, first, from, &mut unknown, &mut tell).map(|()| (found, unknown))
    }

    const FILE: &str = "platform,external_id,created_at,text,author.handle,engagement.likes,tags,mood\n\
        vk,1,2026-11-21T08:00:00Z,\"two\nlines, one cell\",@anna,7,a | b,good\n\
        vk,2,2026-11-21T08:00:00Z,short\n\
        vk,3,never,,,,,\n\
        vk,4,2026-11-21T08:00:00Z,a,b,1,c,d,too,many\n\
        vk,5,2026-11-21T08:00:00Z,ok,,,,\n";

    #[test]
    fn reads_rows() {
        let (found, unknown) = read(FILE.as_bytes(), Position::default(), None).unwrap();
        let first: &Mention = found[0].mention.as_ref().unwrap();
        assert_eq!(first.text, "two\nlines, one cell");
        assert_eq!(first.author.as_ref().unwrap().handle, "anna");
        assert_eq!(first.engagement.as_ref().unwrap().likes, Some(7));
        assert_eq!(first.tags, ["a", "b"]);
        assert_eq!(found.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 4, 5, 6, 7]);
        assert_eq!(found[4].end.byte, FILE.len() as u64);
        assert_eq!(found[2].mention.as_ref().unwrap_err().field, "created_at");
        assert!(found[3].mention.as_ref().unwrap_err().message.contains("10 cells"));
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["mood"]);
    }

    #[test]
    fn goes_on_behind_a_row() {
        let (all, _) = read(FILE.as_bytes(), Position::default(), None).unwrap();
        let first = head(FILE.as_bytes()).unwrap();
        let from = all[1].end;
        let (rest, _) = read(&FILE.as_bytes()[usize::try_from(from.byte).unwrap()..], from, Some(first)).unwrap();
        let places = |records: &[Record]| records.iter().map(|record| (record.line, record.end)).collect::<Vec<_>>();
        assert_eq!(places(&rest), places(&all[2..]));
    }

    #[test]
    fn needs_the_names_of_the_fields() {
        let error = read(b"vk,1,2026-11-21T08:00:00Z\n", Position::default(), None).unwrap_err();
        assert!(error.contains("no column `platform`"), "{error}");
        let (found, _) =
            read(b"platform,external_id,created_at,text\nvk,1,2026-11-21T08:00:00Z,\xff\n", Position::default(), None)
                .unwrap();
        assert_eq!(found[0].mention.as_ref().unwrap_err().field, "text");
    }
}
