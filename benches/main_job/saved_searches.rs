//! Listening queries as people keep them, made of the words of the load set itself: brands with their spellings, topics,
//! exclusions, phrases and filters. Made the same way every time.

use std::collections::{HashMap, HashSet};

use ascolto::{
    client::Client,
    proto::v1::{CreateSavedSearchRequest, Mention, SavedSearch},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

/// How many are kept.
pub(crate) const COUNT: usize = 1000;
/// Mentions whose words are counted; they are shuffled, so these stand for all.
const SAMPLE_MENTIONS: usize = 40_000;
/// The most frequent handles of the sample, which are those of brands.
const BRANDS: usize = 150;
/// The words of the sample that are topics: neither those of grammar nor those that hardly occur.
const TOPIC_RANKS: std::ops::Range<usize> = 150..5000;
/// Calls at once.
const CALLS: usize = 16;

/// Gives the server its saved searches.
pub(crate) async fn create(client: &Client, queries: &[String]) -> anyhow::Result<()> {
    let calls = queries.iter().enumerate().map(|(number, query)| {
        let mut service = client.saved_searches();
        let saved_search = SavedSearch { id: format!("s{number}"), query: query.clone(), ..SavedSearch::default() };
        async move {
            service
                .create_saved_search(CreateSavedSearchRequest {
                    saved_search: Some(saved_search),
                    ..Default::default()
                })
                .await
        }
    });
    stream::iter(calls).buffer_unordered(CALLS).try_for_each(async |_| Ok(())).await?;
    Ok(())
}

/// The queries.
pub(crate) fn queries(mentions: &[Mention]) -> Vec<String> {
    all(mentions).take(COUNT).collect()
}

/// As many, and no two alike.
pub(crate) fn distinct_queries(mentions: &[Mention]) -> Vec<String> {
    let mut seen = HashSet::new();
    all(mentions).filter(|query| seen.insert(query.clone())).take(COUNT).collect()
}

fn all(mentions: &[Mention]) -> impl Iterator<Item = String> {
    let words = Vocabulary::of(&mentions[..mentions.len().min(SAMPLE_MENTIONS)]);
    let mut pick = Pick(0x5EED);
    (0..).map(move |number| query(number, &words, &mut pick))
}

fn query(number: usize, words: &Vocabulary, pick: &mut Pick) -> String {
    let brand = pick.of(&words.brands).clone();
    // As it is tagged, and as it is written.
    let brand = format!("(@{brand} OR #{brand} OR {brand})");
    match number % 10 {
        0..=3 => format!("{brand} AND ({}) AND NOT ({})", words.topics(pick, 8), words.topics(pick, 3)),
        4 => format!("{brand} AND sentiment:negative"),
        5 => format!("({}) AND lang:{} AND NOT from:{}", words.topics(pick, 5), language(pick), pick.of(&words.brands)),
        6 => format!("\"{}\" OR \"{}\" OR \"{}\"", pick.of(&words.pairs), pick.of(&words.pairs), pick.of(&words.pairs)),
        7 => format!("{brand} AND needs:reply AND lang:({} OR {})", language(pick), language(pick)),
        8 => format!("({brand} OR ({})) AND NOT type:review", words.topics(pick, 2)),
        _ => format!("({}) AND ({}) AND published:>=2010-01-01", words.topics(pick, 12), words.topics(pick, 12)),
    }
}

const LANGUAGES: [&str; 15] =
    ["en", "ru", "ko", "zh", "es", "de", "fr", "id", "tr", "ar", "th", "pt", "it", "hi", "ja"];

fn language(pick: &mut Pick) -> &'static str {
    pick.of::<&str>(&LANGUAGES)
}

/// The words of the sample.
struct Vocabulary {
    /// Handles.
    brands: Vec<String>,
    topics: Vec<String>,
    /// Two words that stand side by side.
    pairs: Vec<String>,
}

impl Vocabulary {
    fn of(mentions: &[Mention]) -> Self {
        let (mut handles, mut words, mut pairs) = (HashMap::new(), HashMap::new(), HashMap::new());
        for mention in mentions {
            let mut before: Option<String> = None;
            for written in mention.text.split_whitespace() {
                if let Some(handle) = written.strip_prefix('@') {
                    let handle = handle.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                    if handle.len() > 2 && handle.chars().all(|c| c.is_ascii_alphanumeric()) {
                        *handles.entry(handle.to_owned()).or_insert(0_u32) += 1;
                    }
                    before = None;
                    continue;
                }
                let word = written.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
                // What the query language would read as something else than a word is left out.
                if word.chars().count() < 3 || !word.chars().all(char::is_alphabetic) || word.len() > 40 {
                    before = None;
                    continue;
                }
                if let Some(before) = before.replace(word.clone()) {
                    *pairs.entry(format!("{before} {word}")).or_insert(0) += 1;
                }
                *words.entry(word).or_insert(0) += 1;
            }
        }
        let topics = by_frequency(words);
        let topics = topics.get(TOPIC_RANKS.start.min(topics.len() / 2)..topics.len().min(TOPIC_RANKS.end));
        let topics = topics.unwrap_or_default().to_vec();
        let mut brands = by_frequency(handles);
        brands.truncate(BRANDS);
        let mut pairs = by_frequency(pairs);
        pairs.truncate(TOPIC_RANKS.end);
        Self { brands, topics, pairs }
    }

    fn topics(&self, pick: &mut Pick, count: usize) -> String {
        (0..count).map(|_| pick.of(&self.topics).as_str()).collect::<Vec<_>>().join(" OR ")
    }
}

/// The most frequent first, equals by letters.
fn by_frequency(counts: HashMap<String, u32>) -> Vec<String> {
    let mut words: Vec<(String, u32)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.into_iter().map(|(word, _)| word).collect()
}

/// Chance that falls the same way every time (xorshift).
struct Pick(u64);

impl Pick {
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        &all[(self.0 % all.len() as u64) as usize]
    }
}
