use std::{io, ops::Range};

use crate::linear::ModelError;

/// Why `index-config` cannot be used. Every message says the file, and the line where there is one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or the folder itself cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Its path.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The folder has none of the files that are looked for: it is most likely the wrong one.
    #[error("{folder} holds neither brands.toml nor languages.toml nor a folder words or models")]
    NothingThere {
        /// Its path.
        folder: String,
    },
    /// A file of the folder has a name that nothing reads.
    #[error("{file} is read by nothing; the nearest name is {nearest}")]
    UnknownFile {
        /// Its path.
        file: String,
        /// What it may have been meant to be.
        nearest: String,
    },
    /// A trained model cannot be used.
    #[error("{file}: {source}")]
    Model {
        /// Its path.
        file: String,
        /// Why.
        source: ModelError,
    },
    /// The word lists tell more topics than are told apart.
    #[error("the word lists name {found} topics; at most {max} are told apart, join some")]
    TopicsTooMany {
        /// Topics in all files.
        found: usize,
        /// The bound.
        max: usize,
    },
    /// A file is not TOML, or says something under a key that has no meaning.
    #[error("{file}, line {line}: {message}")]
    Invalid {
        /// Its path.
        file: String,
        /// From 1.
        line: usize,
        /// What is wrong, and the mend where one is known.
        message: String,
    },
}

impl ConfigError {
    /// An error at a place of a file, given by its bytes.
    pub(super) fn at(file: &str, text: &str, place: Option<&Range<usize>>, message: String) -> Self {
        let line = line_of(text, place.map_or(0, |range| range.start));
        Self::Invalid { file: file.to_owned(), line, message }
    }

    /// What the TOML reader says, with the nearest known key added where a key or word is not known.
    pub(super) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let said = error.message();
        let mut quoted = said.split('`').skip(1).step_by(2);
        let message = match quoted.next() {
            Some(unknown) if said.starts_with("unknown ") => match nearest(unknown, quoted) {
                Some(known) => format!("{said}; the nearest is `{known}`"),
                None => said.to_owned(),
            },
            _ => said.to_owned(),
        };
        Self::at(file, text, error.span().as_ref(), message)
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count()
}

/// The key that a line of TOML gives a value; of the head of a table its name, of other lines nothing.
#[must_use]
pub fn key_of_line(text: &str, line: usize) -> &str {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
    if let Some(head) = line.strip_prefix('[') {
        return head.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
    }
    let key = line.split_once('=').map_or("", |(key, _)| key.trim());
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if key.chars().all(is_key) { key } else { "" }
}

/// The word that needs the fewest changes to become the written one.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by_key(|candidate| changes(written, candidate))
}

/// Letters to add, drop or replace between two words (Levenshtein).
fn changes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, from_letter) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to_letter) in row.iter_mut().skip(1).zip(&to) {
            let replaced = diagonal + usize::from(from_letter != *to_letter);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changes() {
        for (from, to, expected) in
            [("", "", 0), ("role", "rolle", 1), ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3)]
        {
            assert_eq!(changes(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn finds_the_nearest_word() {
        assert_eq!(nearest("handel", ["platform", "handle", "role"].into_iter()), Some("handle"));
    }
}
