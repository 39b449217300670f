use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::Path,
};

use serde::Deserialize;

use super::Labelled;

/// Why mentions and what is known of them cannot be read together.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// A file cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Its path.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A line of either file cannot be used.
    #[error("{file}, line {line}: {message}")]
    Line {
        /// Its path.
        file: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    platform: String,
    external_id: String,
    text: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Truth {
    platform: String,
    external_id: String,
    set: String,
    lang: Option<String>,
    lang_kind: Option<String>,
    sentiment: Option<String>,
    intent: Option<String>,
    brand: Option<String>,
    quality: Option<String>,
}

/// Reads mentions and, in the same order, what is known of each: `lang`, `sentiment`, `intent`, `brand`, `set`. Those marked with `quality` are left out, and
/// with `only_labelled` those whose language is that of their collection and not told of each by itself.
///
/// # Errors
/// [`KnownError`]: a file is missing, a line is no JSON object, or the files do not go together.
pub fn read_known(mentions: &Path, truths: &Path, only_labelled: bool) -> Result<Vec<Labelled>, KnownError> {
    let open = |path: &Path| {
        let unreadable = |source| KnownError::Unreadable { file: path.display().to_string(), source };
        File::open(path).map(BufReader::new).map_err(unreadable)
    };
    let (mut of_mentions, mut of_truths) = (open(mentions)?.lines(), open(truths)?.lines());
    let mut lines = Vec::new();
    for line in 1.. {
        let (told, truth) = match (of_mentions.next(), of_truths.next()) {
            (None, None) => break,
            (Some(told), Some(truth)) => (told, truth),
            _ => {
                let message = format!("the file has not as many lines as {}", mentions.display());
                return Err(KnownError::Line { file: truths.display().to_string(), line, message });
            }
        };
        let told: Told = parse(mentions, line, told)?;
        let truth: Truth = parse(truths, line, truth)?;
        if (&told.platform, &told.external_id) != (&truth.platform, &truth.external_id) {
            let message = format!("{}/{} stands beside another mention", truth.platform, truth.external_id);
            return Err(KnownError::Line { file: truths.display().to_string(), line, message });
        }
        let is_labelled = truth.lang_kind.as_deref() == Some("label");
        if truth.quality.is_none() && (is_labelled || !only_labelled) {
            lines.push(Labelled {
                text: told.text,
                lang: truth.lang,
                set: truth.set,
                sentiment: truth.sentiment,
                intent: truth.intent,
                brand: truth.brand,
                ..Labelled::default()
            });
        }
    }
    Ok(lines)
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path, line: usize, text: io::Result<String>) -> Result<T, KnownError> {
    let file = path.display().to_string();
    let text = text.map_err(|source| KnownError::Unreadable { file: file.clone(), source })?;
    serde_json::from_str(&text).map_err(|error| KnownError::Line { file, line, message: error.to_string() })
}
