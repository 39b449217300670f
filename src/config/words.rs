use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::base::limits::TOPIC_BYTES_MAX;

/// What a word of a list says. A word may stand in several lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordRole {
    /// Feels good.
    Positive,
    /// Feels very good.
    VeryPositive,
    /// Feels bad.
    Negative,
    /// Feels very bad.
    VeryNegative,
    /// Turns the words after it round.
    Negator,
    /// Strengthens the word after it.
    Intensifier,
    /// Makes a question where it opens a clause.
    QuestionOpener,
    /// Makes a question wherever it stands.
    QuestionWord,
    /// Asks for something to be done.
    Request,
    /// Tells of something that went wrong.
    Problem,
    /// Would like something to exist.
    Wish,
    /// Speaks well of something.
    Praise,
    /// Wants to buy.
    Purchase,
    /// Thinks of buying, compares, asks for the price.
    Considering,
    /// Has bought.
    Owning,
    /// Wants to be rid of what was bought, or goes to somebody else.
    Leaving,
    /// Tells others to buy it, too.
    Recommending,
    /// Thanks.
    Thanks,
    /// Says that nothing is open, or no more.
    Closing,
    /// Advertises, recruits, lures.
    Advertising,
    /// The author speaks of themselves.
    FirstPerson,
    /// The author speaks to somebody.
    SecondPerson,
    /// Says nothing, though shorter entries inside it would.
    Ignored,
}

/// Words by what they say. An entry is a word or several with blanks between; a `*` at its end stands for any ending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordLists {
    /// Entry, lower-case, to its roles, each once.
    pub entries: BTreeMap<String, Vec<WordRole>>,
    /// Entry, lower-case, to the ids of the topics it tells, each once.
    pub topics: BTreeMap<String, Vec<String>>,
}

impl WordLists {
    /// These lists, and those entries of the common ones that they say nothing of.
    pub(super) fn over(mut self, common: &Self) -> Self {
        for (entry, roles) in &common.entries {
            self.entries.entry(entry.clone()).or_insert_with(|| roles.clone());
        }
        for (entry, topics) in &common.topics {
            self.topics.entry(entry.clone()).or_insert_with(|| topics.clone());
        }
        self
    }
}

/// Pictograms and emoticons by how they feel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignLists {
    /// Single pictograms, without variation selector and skin tone.
    pub emoji: BTreeMap<String, WordRole>,
    /// Runs of punctuation and letters that begin with punctuation.
    pub emoticons: BTreeMap<String, WordRole>,
}

type List = Vec<Spanned<String>>;

/// One list for each role: the keys of a words file, so that an unknown one is refused with its nearest.
macro_rules! list_file {
    ($name:ident { $($more:ident: $type:ty)? }: $($key:ident => $role:ident),+ $(,)?) => {
        #[derive(Deserialize, Default)]
        #[serde(deny_unknown_fields, default)]
        struct $name { $($key: List,)+ $($more: $type)? }

        impl $name {
            fn take_lists(&mut self) -> Vec<(WordRole, List)> {
                vec![$((WordRole::$role, std::mem::take(&mut self.$key))),+]
            }
        }
    };
}

list_file! { WordFile { topics: BTreeMap<Spanned<String>, List> }:
    positive => Positive, very_positive => VeryPositive, negative => Negative, very_negative => VeryNegative,
    negators => Negator, intensifiers => Intensifier, question_openers => QuestionOpener,
    question_words => QuestionWord, requests => Request, problems => Problem, wishes => Wish, praise => Praise,
    purchase => Purchase, thanks => Thanks, closing => Closing, advertising => Advertising, first_person => FirstPerson,
    second_person => SecondPerson, ignored => Ignored, considering => Considering, owning => Owning, leaving => Leaving,
    recommending => Recommending,
}

list_file! { SignFile {}:
    positive => Positive, very_positive => VeryPositive, negative => Negative, very_negative => VeryNegative,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CommonFile {
    words: WordFile,
    emoji: SignFile,
    emoticons: SignFile,
}

/// Reads the word lists of one language.
pub(super) fn read_language(language: &str, file: &str, text: &str) -> Result<WordLists, ConfigError> {
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let message = format!("`{language}` is no code of a language; name the file like en.toml, or common.toml");
        return Err(ConfigError::at(file, text, None, message));
    }
    let parsed: WordFile = toml::from_str(text).map_err(|error| ConfigError::of_toml(file, text, &error))?;
    word_lists(file, text, parsed)
}

/// Reads the words and signs that hold for every language.
pub(super) fn read_common(file: &str, text: &str) -> Result<(WordLists, SignLists), ConfigError> {
    let parsed: CommonFile = toml::from_str(text).map_err(|error| ConfigError::of_toml(file, text, &error))?;
    let words = word_lists(file, text, parsed.words)?;
    let signs = SignLists { emoji: signs(file, text, parsed.emoji)?, emoticons: signs(file, text, parsed.emoticons)? };
    Ok((words, signs))
}

fn word_lists(file: &str, text: &str, mut parsed: WordFile) -> Result<WordLists, ConfigError> {
    let mut lists = WordLists::default();
    for (role, list) in parsed.take_lists() {
        for entry in list {
            let refuse = |message: String| ConfigError::at(file, text, Some(&entry.span()), message);
            let word = checked_entry(file, text, &entry)?;
            let roles = lists.entries.entry(word.clone()).or_default();
            if feels(role) != 0 && roles.iter().any(|other| feels(*other) != 0) {
                return Err(refuse(format!("`{word}` stands in both of two lists of feeling, or twice in one")));
            }
            if roles.contains(&role) {
                return Err(refuse(format!("`{word}` stands twice in one list")));
            }
            roles.push(role);
        }
    }
    for (topic, list) in parsed.topics {
        let id = topic.get_ref();
        let is_id_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if id.is_empty() || id.len() > TOPIC_BYTES_MAX || !id.bytes().all(is_id_letter) {
            let message = format!(
                "`{id}` is no id of a topic: it needs 1 to {TOPIC_BYTES_MAX} of the letters a-z, 0-9, `-` and `_`"
            );
            return Err(ConfigError::at(file, text, Some(&topic.span()), message));
        }
        for entry in list {
            let word = checked_entry(file, text, &entry)?;
            let topics = lists.topics.entry(word.clone()).or_default();
            if topics.contains(id) {
                let message = format!("`{word}` stands twice in topic `{id}`");
                return Err(ConfigError::at(file, text, Some(&entry.span()), message));
            }
            topics.push(id.clone());
        }
    }
    Ok(lists)
}

/// The entry as it is kept: lower-case, with a letter, and with no `*` but at its end.
fn checked_entry(file: &str, text: &str, entry: &Spanned<String>) -> Result<String, ConfigError> {
    let refuse = |message: String| ConfigError::at(file, text, Some(&entry.span()), message);
    let word = entry.get_ref().trim().to_lowercase();
    let stem = word.strip_suffix('*').unwrap_or(&word);
    if !stem.contains(char::is_alphanumeric) {
        return Err(refuse(format!("`{word}` has no letter")));
    }
    if stem.contains('*') {
        return Err(refuse(format!("a * stands only at the end of an entry, not inside `{word}`")));
    }
    Ok(word)
}

fn signs(file: &str, text: &str, mut parsed: SignFile) -> Result<BTreeMap<String, WordRole>, ConfigError> {
    let mut signs = BTreeMap::new();
    for (role, list) in parsed.take_lists() {
        for entry in list {
            let sign = entry.get_ref();
            let refuse = |message: String| ConfigError::at(file, text, Some(&entry.span()), message);
            if sign.chars().next().is_none_or(|first| first.is_alphanumeric() || first.is_whitespace()) {
                return Err(refuse(format!("the sign `{sign}` must not begin with a letter, digit or blank")));
            }
            if signs.insert(sign.clone(), role).is_some() {
                return Err(refuse(format!("the sign `{sign}` stands twice")));
            }
        }
    }
    Ok(signs)
}

/// Which way a role feels: -1, 0 or 1.
fn feels(role: WordRole) -> i8 {
    match role {
        WordRole::Positive | WordRole::VeryPositive => 1,
        WordRole::Negative | WordRole::VeryNegative => -1,
        _ => 0,
    }
}
