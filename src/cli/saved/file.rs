//! A saved search as a text file, for teams that keep theirs in version control: a header of `key: value` lines, an empty line,
//! and the query as it is. The name of the file is the id, the directories it lies in are the folder.

use std::fmt::Write as _;

use crate::proto::v1::SavedSearch;

/// How the files are called.
pub(super) const EXTENSION: &str = "search";

/// Keys of the header, in the order they are written.
const KEYS: [&str; 5] = ["title", "owner", "time_zone", "tag", "note"];

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// A file that was read.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub(super) search: SavedSearch,
    /// The line on which the query begins, from 1.
    pub(super) query_line: usize,
}

/// The file of a saved search.
pub(super) fn write(search: &SavedSearch) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: &str| {
        if !value.is_empty() {
            let mut lines = value.split('\n');
            let _ = writeln!(text, "{key}: {}", lines.next().unwrap_or_default());
            // Those behind the first are indented. An empty one would end the header, so a dot stands in it, and what is only
            // dots gets one more.
            for line in lines {
                let dot = if is_dots(line) { "." } else { "" };
                let _ = writeln!(text, "  {line}{dot}");
            }
        }
    };
    line("title", &search.title);
    line("owner", &search.owner);
    line("time_zone", &search.time_zone);
    search.tags.iter().for_each(|tag| line("tag", tag));
    line("note", &search.note);
    text.push('\n');
    text.push_str(&search.query);
    text.push('\n');
    text
}

/// Reads the file of the saved search with this id, which lies in this folder.
pub(super) fn read(id: &str, folder: &str, text: &str) -> Result<Read, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut search = SavedSearch { id: id.to_owned(), folder: folder.to_owned(), ..Default::default() };
    let mut given: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut number = 0;
    let fault = |line, reason: String| Err(Fault { line, reason });
    loop {
        number += 1;
        let Some((line, after)) = rest.split_once('\n') else {
            let reason = "there is no empty line that ends the header; put one before the query";
            return fault(number, reason.to_owned());
        };
        rest = after;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let Some(place) = given.last().and_then(|key| value_of(&mut search, key)) else {
                return fault(
                    number,
                    "the line is indented, but there is none before it that it goes on with".to_owned(),
                );
            };
            place.push('\n');
            let content = line.strip_prefix("  ").unwrap_or(line.trim_start());
            place.push_str(content.strip_suffix('.').filter(|rest| is_dots(rest)).unwrap_or(content));
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            let reason = "is no `key: value`; an empty line has to stand between the header and the query";
            return fault(number, reason.to_owned());
        };
        let Some(known) = KEYS.into_iter().find(|known| *known == key.trim()) else {
            let known = KEYS.join(", ");
            return fault(number, format!("`{}` is no key; known are {known}", key.trim()));
        };
        if known != "tag" && given.contains(&known) {
            return fault(number, format!("`{known}` stands there twice"));
        }
        given.push(known);
        if known == "tag" {
            search.tags.push(String::new());
        }
        if let Some(place) = value_of(&mut search, known) {
            value.trim().clone_into(place);
        }
    }
    let query = rest.strip_suffix('\n').unwrap_or(rest);
    let query = query.strip_suffix('\r').unwrap_or(query);
    if query.trim().is_empty() {
        return fault(number + 1, "there is no query behind the header".to_owned());
    }
    query.clone_into(&mut search.query);
    Ok(Read { search, query_line: number + 1 })
}

/// Nothing, or nothing but dots.
fn is_dots(line: &str) -> bool {
    line.bytes().all(|byte| byte == b'.')
}

/// Where the value of a key goes; for `tag`, the last of them.
fn value_of<'s>(search: &'s mut SavedSearch, key: &str) -> Option<&'s mut String> {
    match key {
        "title" => Some(&mut search.title),
        "owner" => Some(&mut search.owner),
        "time_zone" => Some(&mut search.time_zone),
        "note" => Some(&mut search.note),
        "tag" => search.tags.last_mut(),
        _ => None,
    }
}

/// The line of the file on which a byte of the query stands.
pub(super) fn line_of(read: &Read, byte: u32) -> usize {
    let query = read.search.query.as_bytes();
    let before = query.get(..byte as usize).unwrap_or(query);
    read.query_line + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_a_header_an_empty_line_and_the_query() {
        let text = "title: Verspätungen\n# for the morning shift\nowner: anna\ntag: crisis\ntag: rail, road\n\
                    note: first line\n  second line\n\nzug AND\n(verspätung OR délai)\n";
        let read = read("late", "rail/now", text).unwrap();
        assert_eq!(
            read.search,
            SavedSearch {
                id: "late".into(),
                folder: "rail/now".into(),
                title: "Verspätungen".into(),
                owner: "anna".into(),
                tags: vec!["crisis".into(), "rail, road".into()],
                note: "first line\nsecond line".into(),
                query: "zug AND\n(verspätung OR délai)".into(),
                ..Default::default()
            }
        );
        assert_eq!((line_of(&read, 0), line_of(&read, 9)), (9, 10));
        // Without a header, the empty line stays: a query may look like one.
        assert_eq!(super::read("x", "", "\r\nlang:it\r\n").unwrap().search.query, "lang:it");
    }

    #[test]
    fn faults_name_the_line() {
        for (text, line, reason) in [
            ("lang:it\n", 1, "`lang` is no key; known are title, owner, time_zone, tag, note"),
            ("title: a", 1, "there is no empty line that ends the header; put one before the query"),
            ("title: a\nzug\n", 2, "is no `key: value`; an empty line has to stand between the header and the query"),
            ("title: a\ntitle: b\n\nzug\n", 2, "`title` stands there twice"),
            ("  a\n\nzug\n", 1, "the line is indented, but there is none before it that it goes on with"),
            ("title: a\n\n \n", 3, "there is no query behind the header"),
        ] {
            assert_eq!(read("x", "", text), Err(Fault { line, reason: reason.to_owned() }), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            title in "[^\\p{Cc}\\s]([^\\p{Cc}]*[^\\p{Cc}\\s])?|",
            tags in proptest::collection::vec("[^\\p{Cc}\\s]+", 0..3),
            note in "[^\\p{Cc}\\s]([^\\p{Cc}]*[^\\p{Cc}\\s])?(\n[^\\p{Cc}\\s]*)*|",
            query in "[^\\p{Cc}\\s][^\\r]{0,40}[^\\p{Cc}\\s]",
        ) {
            let search = SavedSearch { id: "x".into(), title, tags, note, query, ..Default::default() };
            let read = read("x", "", &write(&search));
            prop_assert_eq!(read.map(|read| read.search), Ok(search));
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,80}|(title|tag|note|x|#| )?:?[a\n :]{0,40}") {
            let _ = read("x", "", &text);
        }
    }
}
