use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// What tells a language from others of its script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageProfile {
    /// ISO 639-1, or 639-3 where there is none.
    pub code: String,
    /// Short words that stand in nearly every sentence, lower-case.
    pub frequent: Vec<String>,
    /// Letters, lower-case, that few other languages of the script use.
    pub letters: Vec<char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    frequent: Spanned<String>,
    #[serde(default)]
    letters: String,
}

/// Reads `languages.toml`: a table for each language, words and letters separated by blanks.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<LanguageProfile>, ConfigError> {
    let parsed: BTreeMap<String, Profile> =
        toml::from_str(text).map_err(|error| ConfigError::of_toml(file, text, &error))?;
    parsed
        .into_iter()
        .map(|(code, profile)| {
            let frequent: Vec<String> = profile.frequent.get_ref().split_whitespace().map(str::to_lowercase).collect();
            if frequent.is_empty() {
                let message = format!("the language `{code}` needs at least one frequent word");
                return Err(ConfigError::at(file, text, Some(&profile.frequent.span()), message));
            }
            let letters = profile.letters.chars().filter(|letter| !letter.is_whitespace()).collect();
            Ok(LanguageProfile { code, frequent, letters })
        })
        .collect()
}
