//! Holds what the server says about needing a reply against mentions that people labelled.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::Path,
};

use serde::Deserialize;

use super::{Scores, Split};
use crate::{
    base::limits::TRAINING_LINE_BYTES_MAX,
    care::{self, ParentFacts},
    config::IndexConfig,
    enrich::{self, Attributed, Enricher},
    linear::finish,
    model::{AccountRole, Brand, BrandAccount, Kind, Mention, MentionName, ReplyRules, Understanding},
};

/// One labelled mention, as `tests/data/README.md` tells it. Keys that are not listed are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct LabelledReply {
    /// Its language: ISO 639-1.
    pub lang: String,
    /// Where it was written.
    pub platform: String,
    /// As [`Kind`] names it.
    pub kind: String,
    /// `customer`, `brand` or `other`.
    pub author: String,
    /// The brand it is about, as people write it.
    pub brand: String,
    /// It names or answers an account of the brand.
    #[serde(default)]
    pub addressed: bool,
    /// What it answers.
    pub parent: Option<LabelledParent>,
    /// What somebody wrote.
    pub text: String,
    /// Somebody would be left waiting without an answer.
    pub needs_reply: bool,
    /// Why, or why not, in one word.
    #[serde(default)]
    pub reason: String,
}

/// What a labelled mention answers.
#[derive(Clone, Debug, Deserialize)]
pub struct LabelledParent {
    /// `customer` or `brand`.
    pub author: String,
    /// As [`Kind`] names it.
    pub kind: String,
    /// What it says.
    pub text: String,
}

/// Why labelled mentions cannot be read or judged.
#[derive(Debug, thiserror::Error)]
pub enum LabelledReplyError {
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Its path.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A line is no labelled mention.
    #[error("{file}, line {line}: {message}; tests/data/README.md shows what a line holds")]
    Line {
        /// Its path.
        file: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Enricher(#[from] enrich::Error),
}

/// Which half of the mentions is looked at. The text alone decides in which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The one that rules and word lists were made with.
    Development,
    /// The one that nobody looked at meanwhile.
    HeldOut,
}

impl Half {
    /// The half of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if finish(Split::hash(text)).is_multiple_of(2) { Self::Development } else { Self::HeldOut }
    }
}

/// What a mention needs, as [`super::Score`] counts it.
pub const NEEDED: &str = "needed";
/// The opposite of [`NEEDED`].
pub const NOT_NEEDED: &str = "not needed";

/// Figures over labelled mentions.
#[derive(Clone, Debug, Default)]
pub struct ReplyEvaluation {
    /// [`NEEDED`] or [`NOT_NEEDED`], by language.
    pub by_language: Scores,
    /// The same by the reason people gave.
    pub by_reason: Scores,
    /// What was judged otherwise than people did, in the order of the file.
    pub mistakes: Vec<ReplyMistake>,
}

/// A mention that was judged otherwise than by people.
#[derive(Clone, Debug)]
pub struct ReplyMistake {
    /// Its place in the lines.
    pub line: usize,
    /// What the server judged.
    pub understanding: Understanding,
}

/// Reads NDJSON of labelled mentions.
///
/// # Errors
/// [`LabelledReplyError`], at the first line that is none.
pub fn read_replies(path: &Path) -> Result<Vec<LabelledReply>, LabelledReplyError> {
    let file = path.display().to_string();
    let unreadable = |source| LabelledReplyError::Unreadable { file: file.clone(), source };
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(File::open(path).map_err(unreadable)?).lines()) {
        let line = line.map_err(unreadable)?;
        let wrong = |message: String| LabelledReplyError::Line { file: file.clone(), line: number, message };
        if line.len() > TRAINING_LINE_BYTES_MAX {
            return Err(wrong(format!("longer than {TRAINING_LINE_BYTES_MAX} bytes")));
        }
        if line.trim().is_empty() {
            continue;
        }
        let labelled: LabelledReply = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        for kind in [&labelled.kind].into_iter().chain(labelled.parent.as_ref().map(|parent| &parent.kind)) {
            if Kind::from_word(kind).is_none() {
                return Err(wrong(format!("`{kind}` is no kind of mention")));
            }
        }
        lines.push(labelled);
    }
    Ok(lines)
}

/// Judges every mention at its place: about its brand, by its author, below what it answers. The brands of the configuration give way
/// to those of the mentions.
///
/// # Errors
/// The configuration cannot be used.
pub fn evaluate_replies(
    lines: &[LabelledReply],
    config: &IndexConfig,
    half: Option<Half>,
) -> Result<ReplyEvaluation, LabelledReplyError> {
    let config = IndexConfig { brands: brands(lines), ..config.clone() };
    let enricher = Enricher::new(&config)?;
    let mut evaluation = ReplyEvaluation::default();
    for (number, line) in lines.iter().enumerate() {
        if half.is_some_and(|half| Half::of(&line.text) != half) {
            continue;
        }
        let understanding = judge(line, &config.brands, &enricher);
        let word = |needed| if needed { NEEDED } else { NOT_NEEDED };
        let said = care::standing(&understanding, false) == care::Standing::Waits;
        evaluation.by_language.add(&line.lang, word(line.needs_reply), word(said), None);
        evaluation.by_reason.add(&line.reason, word(line.needs_reply), word(said), None);
        if said != line.needs_reply {
            evaluation.mistakes.push(ReplyMistake { line: number, understanding });
        }
    }
    Ok(evaluation)
}

fn judge(line: &LabelledReply, brands: &[Brand], enricher: &Enricher) -> Understanding {
    let id = id_of(&line.brand);
    let account = brands.iter().find(|brand| brand.id == id).and_then(|brand| brand.accounts.first());
    let own = account.map(|account| account.handle.clone()).unwrap_or_default();
    let kind = Kind::from_word(&line.kind).unwrap_or(Kind::Post);
    let of = |author: &str| if author == "brand" { own.clone() } else { author.to_owned() };
    let mention = |kind, author: &str, text: &str| {
        let name = MentionName { platform: line.platform.clone(), external_id: "1".to_owned() };
        let mut mention = Mention::new(name, kind, jiff::Timestamp::UNIX_EPOCH);
        mention.author.handle = of(author);
        text.clone_into(&mut mention.text);
        mention
    };
    // What it is about is known to whoever collected it; where in the text, is not.
    let attributed = [Attributed { brand: &id, named: Vec::new() }];
    let mut child = mention(kind, &line.author, &line.text);
    let answers_brand = line.parent.as_ref().is_some_and(|parent| parent.author == "brand");
    // A brand that is addressed but not by its handle is so by the place of the words: under its post, in its inbox.
    if answers_brand || line.addressed && !names_account(&line.text, &id, brands) {
        child.to_handle = Some(own.clone());
    }
    let parent = line.parent.as_ref().map(|told| {
        let mut parent = mention(Kind::from_word(&told.kind).unwrap_or(Kind::Post), &told.author, &told.text);
        // Who asks and who goes on below are different people in these mentions.
        if told.author != "brand" {
            "another".clone_into(&mut parent.author.handle);
        }
        ParentFacts::of_words(&parent, &enricher.understand_named(&parent, &attributed))
    });
    let understanding = enricher.understand_named(&child, &attributed);
    care::place(understanding, &child.author.handle, parent.as_ref())
}

fn names_account(text: &str, id: &str, brands: &[Brand]) -> bool {
    let accounts = brands.iter().filter(|brand| brand.id == id).flat_map(|brand| &brand.accounts);
    let text = text.to_lowercase();
    accounts.into_iter().any(|account| text.contains(&format!("@{}", account.handle)))
}

/// A profile for each brand of the mentions. Its accounts bear its name, or are those that mentions which address it begin with.
fn brands(lines: &[LabelledReply]) -> Vec<Brand> {
    let mut handles: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut platforms: BTreeSet<&str> = BTreeSet::new();
    for line in lines {
        platforms.insert(&line.platform);
        let of_brand = handles.entry(&line.brand).or_default();
        of_brand.insert(id_of(&line.brand));
        if line.addressed
            && let Some(handle) = line.text.strip_prefix('@')
        {
            let end = handle.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(handle.len());
            of_brand.extend(handle.get(..end).map(str::to_lowercase));
        }
    }
    handles
        .into_iter()
        .map(|(title, handles)| Brand {
            id: id_of(title),
            title: title.to_owned(),
            query: String::new(),
            accounts: platforms
                .iter()
                .flat_map(|platform| {
                    handles.iter().map(|handle| BrandAccount {
                        platform: (*platform).to_owned(),
                        handle: handle.clone(),
                        role: AccountRole::Care,
                    })
                })
                .collect(),
            coverage: None,
            targets: Vec::new(),
            responsible: Vec::new(),
            reply_threshold: 1.2,
            reply: ReplyRules::default(),
            priority_tags: Vec::new(),
        })
        .collect()
}

fn id_of(brand: &str) -> String {
    brand.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
