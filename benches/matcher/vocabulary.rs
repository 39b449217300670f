//! The words of the load set, by language and frequency, for making queries of.

use std::collections::HashMap;

use ascolto::model::Version;

use crate::queries::Chance;

/// The words of one language.
pub(crate) struct Words {
    pub(crate) language: String,
    /// Share of the mentions.
    pub(crate) share: f64,
    /// Most frequent first, with the number of times it occurs.
    words: Vec<(String, u32)>,
    /// Two that stand side by side.
    pub(crate) pairs: Vec<(String, String)>,
    /// Sums of the weights of words as parts of brands' names, and as topics.
    brand_sums: Vec<f64>,
    topic_sums: Vec<f64>,
}

/// Ranks of words that are too common to be part of a brand's name.
const BRAND_RANK_MIN: usize = 300;
/// Ranks of words that are too common to be a topic.
const TOPIC_RANK_MIN: usize = 60;
/// Mentions without which a language is left out.
const MENTIONS_MIN: usize = 300;

impl Words {
    /// A word of the stream as a brand's name: the more frequent, the likelier, by the root of it.
    pub(crate) fn brand(&self, chance: &mut Chance) -> &str {
        self.pick(&self.brand_sums, BRAND_RANK_MIN, chance)
    }

    /// A word of the stream as a topic: nearly as likely as it is frequent.
    pub(crate) fn topic(&self, chance: &mut Chance) -> &str {
        self.pick(&self.topic_sums, TOPIC_RANK_MIN, chance)
    }

    fn pick(&self, sums: &[f64], rank_min: usize, chance: &mut Chance) -> &str {
        let wanted = chance.share() * sums.last().copied().unwrap_or(0.0);
        let at = sums.partition_point(|sum| *sum < wanted).min(sums.len().saturating_sub(1));
        &self.words[(rank_min + at).min(self.words.len() - 1)].0
    }

    /// The word that stands at this rank.
    pub(crate) fn at_rank(&self, rank: usize) -> &str {
        &self.words[rank.min(self.words.len() - 1)].0
    }
}

/// The languages of the mentions, the most frequent first.
pub(crate) fn of(versions: &[Version]) -> Vec<Words> {
    let mut by_language: HashMap<&str, Vec<&Version>> = HashMap::new();
    for version in versions {
        by_language.entry(&version.understanding.language.code).or_default().push(version);
    }
    let mut all: Vec<Words> = by_language
        .into_iter()
        .filter(|(language, mentions)| *language != "und" && mentions.len() >= MENTIONS_MIN)
        .map(|(language, mentions)| of_language(language, &mentions, versions.len()))
        .collect();
    all.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.language.cmp(&b.language)));
    all
}

fn of_language(language: &str, mentions: &[&Version], of: usize) -> Words {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut pairs = Vec::new();
    for version in mentions {
        let mut before: Option<String> = None;
        for written in version.mention.text.split(|c: char| !c.is_alphanumeric() && c != '@' && c != '#') {
            let word = searchable(written);
            if let (Some(before), Some(word)) = (before.take(), &word) {
                pairs.push((before, word.clone()));
            }
            if let Some(word) = &word {
                *counts.entry(word.clone()).or_default() += 1;
            }
            before = word;
        }
    }
    let mut words: Vec<(String, u32)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let sums = |rank_min: usize, power: f64| {
        let mut sum = 0.0;
        words
            .iter()
            .skip(rank_min)
            .map(|(_, count)| {
                sum += f64::from(*count).powf(power);
                sum
            })
            .collect()
    };
    let (brand_sums, topic_sums) = (sums(BRAND_RANK_MIN, 0.5), sums(TOPIC_RANK_MIN, 0.75));
    let share = mentions.len() as f64 / of as f64;
    Words { language: language.to_owned(), share, words, pairs, brand_sums, topic_sums }
}

/// A word that a query can hold as it is. Of a run without spaces its beginning, as somebody would look for it.
fn searchable(written: &str) -> Option<String> {
    let word = written.to_lowercase();
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let is_unspaced =
        |c: char| matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
    if word.chars().any(is_unspaced) {
        let beginning: String = word.chars().take(3).collect();
        return (beginning.chars().count() > 1).then_some(beginning);
    }
    (3..=20).contains(&word.chars().count()).then_some(word)
}
