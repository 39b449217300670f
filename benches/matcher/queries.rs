//! Listening queries as agencies keep them: a brand under its names, a topic, exclusions, filters.
//!
//! Of each query: 3 to 30 names of a brand, of which 60 % are its own (handles, hashtags, products) and 40 % ordinary words of
//! the stream, rather frequent ones; 70 % ask for a topic beside it (2 to 25 words, six in ten from a library that others
//! use too), half exclude something (1 to 40 words, mostly from a library); 20 % hold a phrase, 10 % NEAR, 5 % a wildcard; 50 %
//! filter by language, 20 % by platform, 15 % by feeling, 10 % by followers, 2 % by author. There is a brand for every four
//! queries, and the first are the most popular (Zipf, 0.8).

use ascolto::query::{Query, parse};

use crate::vocabulary::Words;

/// Chance that falls the same way every time.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03);
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn is(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// Below `end`, low ones more often (Zipf).
    fn zipf(&mut self, end: usize, exponent: f64) -> usize {
        let rest = 1.0 - exponent;
        let place = (((end as f64).powf(rest) - 1.0) * self.share() + 1.0).powf(1.0 / rest);
        ((place - 1.0) as usize).min(end - 1)
    }
}

/// Makes the queries of a set.
pub(crate) struct Maker<'a> {
    languages: &'a [Words],
    brands: usize,
    /// Share of queries that ask for the hot word and a topic.
    pub(crate) hot: f64,
}

/// What the most popular word is; in about one of a hundred mentions of its language.
const HOT_RANK: usize = 60;

impl<'a> Maker<'a> {
    pub(crate) fn new(languages: &'a [Words], queries: usize) -> Self {
        Self { languages, brands: (queries / 4).max(500), hot: 0.0 }
    }

    /// The word that everybody watches.
    pub(crate) fn hot_word(&self) -> &str {
        self.languages[0].at_rank(HOT_RANK)
    }

    /// The query of that number.
    pub(crate) fn query(&self, number: usize) -> anyhow::Result<Query> {
        read(&self.text(number))
    }

    /// A query of filters alone.
    pub(crate) fn filter(&self, number: usize) -> anyhow::Result<Query> {
        let mut chance = Chance::new(0xF117 + number as u64);
        let words = self.language(&mut chance);
        let mut parts = vec![format!("lang:{}", words.language), format!("sentiment:{}", sentiment(&mut chance))];
        if chance.is(0.5) {
            parts.push(format!("platform:{}", PLATFORMS[chance.below(PLATFORMS.len())]));
        }
        if chance.is(0.5) {
            parts.push(format!("followers:>={}", 1 << chance.between(3, 14)));
        }
        read(&parts.join(" AND "))
    }

    fn language(&self, chance: &mut Chance) -> &'a Words {
        let all: f64 = self.languages.iter().map(|words| words.share).sum();
        let mut wanted = chance.share() * all;
        for words in self.languages {
            wanted -= words.share;
            if wanted < 0.0 {
                return words;
            }
        }
        &self.languages[0]
    }

    fn text(&self, number: usize) -> String {
        let mut chance = Chance::new(number as u64 + 1);
        let words = self.language(&mut chance);
        if chance.is(self.hot) {
            let topic = topic(words, 1_000_000 + number as u64, 2, 6);
            return format!("{} AND ({})", self.hot_word(), topic.join(" OR "));
        }
        let mut names = brand(words, chance.zipf(self.brands, 0.8) as u64);
        let wanted = chance.between(3, 30).min(names.len());
        for at in 0..wanted {
            let other = at + chance.below(names.len() - at);
            names.swap(at, other);
        }
        names.truncate(wanted);
        if chance.is(0.05) {
            let letters = chance.between(4, 7);
            let beginning: String = words.brand(&mut chance).chars().take(letters).collect();
            if beginning.chars().count() >= 4 {
                names.push(format!("{beginning}*"));
            }
        }
        let mut phrase = None;
        if chance.is(0.2) && !words.pairs.is_empty() {
            let (first, second) = &words.pairs[chance.below(words.pairs.len())];
            let written = format!("\"{first} {second}\"");
            if chance.is(0.5) { names.push(written) } else { phrase = Some(written) }
        }
        let topic_words = if chance.is(0.6) {
            topic(words, chance.zipf(3_000, 0.8) as u64, 5, 25)
        } else {
            topic(words, 1_000_000 + number as u64, 2, 15)
        };
        let mut parts = Vec::new();
        let either = |words: &[String]| format!("({})", words.join(" OR "));
        if chance.is(0.1) {
            let distance = [3, 5, 10][chance.below(3)];
            parts.push(format!("({} NEAR/{distance} {})", either(&names), either(&topic_words)));
        } else {
            parts.push(either(&names));
            if chance.is(0.7) {
                parts.push(either(&topic_words));
            }
        }
        if let Some(phrase) = phrase {
            let mut any = topic(words, 9_000_000 + number as u64, 1, 4);
            any.push(phrase);
            parts.push(either(&any));
        }
        if chance.is(0.5) {
            let excluded = if chance.is(0.7) {
                topic(words, 2_000_000_000 + chance.zipf(300, 0.8) as u64, 10, 40)
            } else {
                topic(words, 3_000_000_000 + number as u64, 1, 10)
            };
            parts.push(format!("NOT {}", either(&excluded)));
        }
        self.add_filters(&mut parts, words, &mut chance);
        parts.join(" AND ")
    }

    fn add_filters(&self, parts: &mut Vec<String>, words: &Words, chance: &mut Chance) {
        if chance.is(0.5) {
            let other = self.language(chance);
            parts.push(if chance.is(0.3) && other.language != words.language {
                format!("lang:({} OR {})", words.language, other.language)
            } else {
                format!("lang:{}", words.language)
            });
        }
        if chance.is(0.15) {
            parts.push(format!("sentiment:{}", sentiment(chance)));
        }
        if chance.is(0.2) {
            parts.push(format!("platform:{}", PLATFORMS[chance.zipf(PLATFORMS.len(), 0.8)]));
        }
        if chance.is(0.1) {
            parts.push(format!("followers:>={}", 1 << chance.between(3, 14)));
        }
        if chance.is(0.02) {
            let authors: Vec<String> =
                (0..chance.between(1, 20)).map(|_| format!("@author{}", chance.zipf(50_000, 0.9))).collect();
            parts.push(format!("from:({})", authors.join(" OR ")));
        }
    }
}

const PLATFORMS: [&str; 5] = ["twitter", "review", "facebook", "vk", "web"];

fn sentiment(chance: &mut Chance) -> &'static str {
    ["negative", "neutral", "positive"][chance.below(3)]
}

/// The names of a brand, always the same.
fn brand(words: &Words, brand: u64) -> Vec<String> {
    let mut chance = Chance::new(0xB0_0000 + brand);
    let count = chance.between(3, 40);
    (0..count)
        .map(|at| {
            if !chance.is(0.6) {
                return words.brand(&mut chance).to_owned();
            }
            match at % 3 {
                0 => format!("@brand{brand}x{at}"),
                1 => format!("#brand{brand}x{at}"),
                _ => format!("product{brand}y{at}"),
            }
        })
        .collect()
}

/// Words of a topic, always the same for a number.
fn topic(words: &Words, number: u64, count_min: usize, count_max: usize) -> Vec<String> {
    let mut chance = Chance::new(0x7000_0000 + number.wrapping_mul(131));
    (0..chance.between(count_min, count_max)).map(|_| words.topic(&mut chance).to_owned()).collect()
}

fn read(text: &str) -> anyhow::Result<Query> {
    let parsed = parse(text, &jiff::tz::TimeZone::UTC);
    let problems = parsed.problems;
    parsed.query.and_then(Query::closed).ok_or_else(|| anyhow::anyhow!("{text}: {problems:?}"))
}
