//! Short words that stand in nearly every sentence, and letters few others use: each speaks for the languages that have it.

use hashbrown::HashMap;

use crate::{config::LanguageProfile, enrich::script::Script};

/// What speaks for the languages of a script.
#[derive(Debug, Default)]
pub(super) struct Votes {
    codes: Vec<String>,
    /// Word to the languages that use it, as places in `codes`.
    words: HashMap<String, Vec<u16>>,
    letters: HashMap<char, Vec<u16>>,
}

/// The outcome of a vote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Poll<'a> {
    /// The language with most votes, and how many.
    pub(super) first: Option<(&'a str, usize)>,
    /// How many the next one has.
    pub(super) second: usize,
    /// Words asked.
    pub(super) words: usize,
}

impl Votes {
    pub(super) fn new(profiles: &[LanguageProfile]) -> Self {
        let mut votes = Self::default();
        for profile in profiles {
            let Ok(number) = u16::try_from(votes.codes.len()) else { break };
            votes.codes.push(profile.code.clone());
            for word in &profile.frequent {
                let voters = votes.words.entry(word.clone()).or_default();
                if !voters.contains(&number) {
                    voters.push(number);
                }
            }
            for letter in &profile.letters {
                votes.letters.entry(*letter).or_default().push(number);
            }
        }
        votes
    }

    /// Asks words in lower case, separated by blanks. Words with an apostrophe are asked whole and in parts.
    pub(super) fn poll(&self, words: &str) -> Poll<'_> {
        let mut counts = vec![0_usize; self.codes.len()];
        let mut add = |voters: Option<&Vec<u16>>| {
            for voter in voters.into_iter().flatten() {
                if let Some(count) = counts.get_mut(usize::from(*voter)) {
                    *count += 1;
                }
            }
        };
        let mut asked = 0;
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            asked += 1;
            match self.words.get(word) {
                Some(voters) => add(Some(voters)),
                None => word.split('\'').filter(|_| word.contains('\'')).for_each(|part| add(self.words.get(part))),
            }
        }
        let mut seen: Vec<char> = Vec::new();
        for letter in words.chars().filter(|c| !c.is_ascii()) {
            if let Some(voters) = self.letters.get(&letter)
                && !seen.contains(&letter)
            {
                seen.push(letter);
                add(Some(voters));
            }
        }
        let mut first: Option<(&str, usize)> = None;
        let mut second = 0;
        for (code, count) in self.codes.iter().zip(counts) {
            if first.is_none_or(|(_, most)| count > most) {
                second = first.map_or(0, |(_, most)| most);
                first = Some((code.as_str(), count));
            } else {
                second = second.max(count);
            }
        }
        Poll { first: first.filter(|(_, count)| *count > 0), second, words: asked }
    }
}

/// The script a language is written in, by its frequent words.
pub(super) fn script_of(profile: &LanguageProfile) -> Script {
    profile.frequent.iter().flat_map(|word| word.chars()).find(|c| c.is_alphabetic()).map_or(Script::Other, Script::of)
}
