use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use serde::Deserialize;

use super::Split;
use crate::base::limits::TRAINING_LINE_BYTES_MAX;

/// One line of labelled text. Keys that are not listed are passed over.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Labelled {
    /// What somebody wrote.
    pub text: String,
    /// Its language: ISO 639-1, or 639-3 where there is none.
    pub lang: Option<String>,
    /// The data set it comes from.
    pub set: String,
    /// `negative`, `neutral` or `positive`.
    pub sentiment: Option<String>,
    /// What its author wants, in the words of the set.
    pub intent: Option<String>,
    /// Why somebody complains, in the words of the set.
    pub reason: Option<String>,
    /// The brand it is about.
    pub brand: Option<String>,
}

/// Lines read from one or more files, and those that were not taken.
#[derive(Clone, Debug, Default)]
pub struct LabelledSet {
    /// In the order of the files.
    pub lines: Vec<Labelled>,
    /// What was left out, by reason, and how often.
    pub left_out: std::collections::BTreeMap<&'static str, u32>,
}

/// Why a file of labelled text cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LabelledError {
    /// The file cannot be read, or is no gzip inside.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Its path.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A line is too long to be one text with its labels.
    #[error("{file}, line {line}: longer than {TRAINING_LINE_BYTES_MAX} bytes; one JSON object stands on each line")]
    LineTooLong {
        /// Its path.
        file: String,
        /// From 1.
        line: usize,
    },
    /// A line is no JSON object with the known keys.
    #[error(
        "{file}, line {line}: {message}; a line looks like {{\"text\":\"…\",\"lang\":\"it\",\"sentiment\":\"negative\"}}"
    )]
    Line {
        /// Its path.
        file: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl LabelledSet {
    /// Reads NDJSON, also when it is compressed with gzip (told by its first bytes). Lines of the data sets in `without` are left out.
    ///
    /// # Errors
    /// [`LabelledError`], at the first line that is none.
    pub fn read(&mut self, path: &Path, without: &[String]) -> Result<(), LabelledError> {
        let file = path.display().to_string();
        let unreadable = |source| LabelledError::Unreadable { file: file.clone(), source };
        let mut plain = BufReader::new(File::open(path).map_err(unreadable)?);
        let is_gzip = plain.fill_buf().map_err(unreadable)?.starts_with(&[0x1F, 0x8B]);
        let source: Box<dyn Read> =
            if is_gzip { Box::new(flate2::bufread::MultiGzDecoder::new(plain)) } else { Box::new(plain) };
        let mut source = BufReader::new(source);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let bytes = source
                .by_ref()
                .take(TRAINING_LINE_BYTES_MAX as u64 + 1)
                .read_until(b'\n', &mut line)
                .map_err(unreadable)?;
            if bytes == 0 {
                break;
            }
            if bytes > TRAINING_LINE_BYTES_MAX {
                return Err(LabelledError::LineTooLong { file, line: number });
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let labelled: Labelled = serde_json::from_slice(&line).map_err(|error| LabelledError::Line {
                file: file.clone(),
                line: number,
                message: error.to_string(),
            })?;
            if without.contains(&labelled.set) {
                self.leave_out("of a set that was not wanted");
            } else if labelled.text.trim().is_empty() {
                self.leave_out("without text");
            } else {
                self.lines.push(labelled);
            }
        }
        Ok(())
    }

    /// Counts a line that is not used.
    pub fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// Keeps of texts that stand several times one, and of those whose copies have other labels none: whoever cannot say what a text is
    /// cannot teach it.
    pub fn keep_once(&mut self, label: impl Fn(&Labelled) -> Option<String>) {
        let mut seen: HashMap<u64, (Option<String>, bool)> = HashMap::new();
        let key = |line: &Labelled| Split::hash(&line.text) ^ crate::linear::of_str(line.lang.as_deref().unwrap_or(""));
        for line in &self.lines {
            let own = label(line);
            seen.entry(key(line)).and_modify(|(known, differs)| *differs |= *known != own).or_insert((own, false));
        }
        let mut taken: std::collections::HashSet<u64> = std::collections::HashSet::new();
        let lines = std::mem::take(&mut self.lines);
        for line in lines {
            let key = key(&line);
            if seen.get(&key).is_some_and(|(_, differs)| *differs) {
                self.leave_out("whose copies have other labels");
            } else if !taken.insert(key) {
                self.leave_out("that are copies");
            } else {
                self.lines.push(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> Result<LabelledSet, LabelledError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut set = LabelledSet::default();
        set.read(file.path(), &["not_ours".to_owned()])?;
        Ok(set)
    }

    #[test]
    fn reads_lines_plain_and_compressed() {
        let text = "{\"text\":\"Bello\",\"lang\":\"it\",\"sentiment\":\"positive\",\"stars\":5}\n\n\
                    {\"text\":\"x\",\"set\":\"not_ours\"}\n{\"text\":\" \"}\n{\"text\":\"ไม่ดี\"}";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        for bytes in [text.as_bytes().to_vec(), gzip.finish().unwrap()] {
            let set = read(&bytes).unwrap();
            let texts: Vec<&str> = set.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(texts, ["Bello", "ไม่ดี"]);
            assert_eq!(set.left_out.values().sum::<u32>(), 2);
        }
    }

    #[test]
    fn errors_say_file_and_line() {
        for (bytes, parts) in [
            (b"{\"text\":\"a\"}\n{\"text\":1}".to_vec(), [", line 2: ", "looks like"]),
            (b"text,lang\n".to_vec(), [", line 1: ", "looks like"]),
            (b"\xff\xfe".to_vec(), [", line 1: ", "looks like"]),
            (vec![b' '; TRAINING_LINE_BYTES_MAX + 2], [", line 1: ", "longer than"]),
            (vec![0x1F, 0x8B, 1, 2, 3], ["cannot read", ""]),
        ] {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
    }

    #[test]
    fn copies_teach_once_and_contradictions_never() {
        let line = |text: &str, sentiment: &str| Labelled {
            text: text.to_owned(),
            sentiment: Some(sentiment.to_owned()),
            ..Labelled::default()
        };
        let mut set = LabelledSet {
            lines: vec![
                line("good", "positive"),
                line("Good!", "positive"),
                line("so so", "neutral"),
                line("so so", "negative"),
                line("bad", "negative"),
            ],
            ..LabelledSet::default()
        };
        set.keep_once(|line| line.sentiment.clone());
        let texts: Vec<&str> = set.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["good", "bad"]);
        assert_eq!(set.left_out.values().copied().collect::<Vec<_>>(), [1, 2]);
    }
}
