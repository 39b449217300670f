//! The query language by examples: `tests/data/query_language.toml` through the evaluator, the matcher's set and the index.

use std::{collections::BTreeSet, sync::Arc};

use ascolto::{
    base::{Seq, Timestamp},
    index,
    matcher::{QueryId, QuerySet, evaluate},
    model::*,
    query::{self, Document, Library, Node, Query, Referent, SavedText},
};
use jiff::tz::TimeZone;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    query: String,
    matches: Vec<Told>,
    misses: Vec<Told>,
}

/// A mention in as few words as possible.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Told {
    text: String,
    title: String,
    lang: Option<String>,
    from: String,
    name: String,
    bio: String,
    verified: bool,
    followers: Option<u64>,
    to: Option<String>,
    parent: Option<String>,
    platform: Option<String>,
    r#type: Option<String>,
    country: Option<String>,
    url: Option<String>,
    tags: Vec<String>,
    likes: Option<u64>,
    rating: Option<f64>,
    at: Option<String>,
    sentiment: Option<String>,
    status: Option<String>,
}

fn now() -> Timestamp {
    "2026-11-21T18:00:00Z".parse().unwrap()
}

fn word<T: Copy>(word: Option<String>, all: &[T], of: impl Fn(T) -> &'static str, otherwise: T) -> T {
    let find = |word: String| all.iter().copied().find(|&one| of(one) == word).unwrap_or_else(|| panic!("{word}"));
    word.map_or(otherwise, find)
}

impl Told {
    fn version(self, number: u64) -> Version {
        let at = self.at.map_or_else(now, |at| at.parse().unwrap());
        let kind = word(self.r#type, Kind::ALL, Kind::word, Kind::Post);
        let name = MentionName {
            platform: self.platform.unwrap_or_else(|| "forum".to_owned()),
            external_id: number.to_string(),
        };
        let mut understanding = Understanding::nothing();
        understanding.language.code = self.lang.unwrap_or_else(|| "en".to_owned());
        let of_label = |label: SentimentLabel| label.word();
        understanding.sentiment.label = word(self.sentiment, SentimentLabel::ALL, of_label, SentimentLabel::Unscored);
        Version {
            seq: Seq(number),
            previous_seq: Seq::ZERO,
            number: MentionNumber(number),
            cause: Cause::Ingested,
            recorded_at: at,
            ingested_at: at,
            mention: Mention {
                author: Author {
                    handle: self.from,
                    name: self.name,
                    bio: self.bio,
                    verified: self.verified,
                    followers: self.followers,
                },
                title: self.title,
                text: self.text,
                to_handle: self.to,
                url: self.url,
                country: self.country,
                tags: self.tags,
                rating: self.rating,
                engagement: Engagement { likes: self.likes, ..Engagement::default() },
                ..Mention::new(name, kind, at)
            },
            understanding,
            thread: ThreadId(number),
            status: word(self.status, Status::ALL, Status::word, Status::None),
            parent: self.parent.map(|text| Parent { handle: String::new(), text }),
            answered_by: None,
            repeats: None,
            correction: None,
            desk: None,
            due: None,
            priority: None,
            course: Course::beginning(at),
            deleted: false,
        }
    }
}

/// What the table's queries refer to.
struct Shelf;

impl Library for Shelf {
    fn saved_search(&self, id: &str) -> Option<SavedText> {
        let text = match id {
            "crisis" => "outage OR blackout OR \"нет связи\"",
            "ours" => "from:shop",
            _ => return None,
        };
        Some(SavedText { text: text.to_owned(), zone: TimeZone::UTC })
    }

    fn list(&self, name: &str) -> Option<Arc<[String]>> {
        (name == "vip").then(|| Arc::from(["anna", "bob"].map(str::to_owned)))
    }

    fn names(&self, _: Referent) -> Vec<String> {
        Vec::new()
    }
}

fn parsed(text: &str) -> Query {
    let parsed = query::parse(text, &TimeZone::UTC);
    let query = parsed.query.unwrap_or_else(|| panic!("{text}: {:?}", parsed.problems));
    query::resolve(query, &Shelf).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

#[test]
fn every_form_of_the_language_finds_what_the_table_says() {
    let table: Table = toml::from_str(include_str!("../data/query_language.toml")).unwrap();
    let mut versions = Vec::new();
    let mut cases: Vec<(String, Node, BTreeSet<u64>, BTreeSet<u64>)> = Vec::new();
    let mut languages = BTreeSet::new();
    for case in table.case {
        let mut add = |told: Vec<Told>| -> BTreeSet<u64> {
            let numbers = told.into_iter().map(|told| {
                let number = versions.len() as u64 + 1;
                versions.push(told.version(number));
                number
            });
            numbers.collect()
        };
        let (matches, misses) = (add(case.matches), add(case.misses));
        let root = parsed(&case.query).root;
        cases.push((case.query, root, matches, misses));
    }
    languages.extend(versions.iter().map(|version| version.understanding.language.code.clone()));
    assert!(languages.len() >= 10, "only {languages:?}");

    let documents: Vec<Document> = versions.iter().map(Document::of).collect();
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, index) = index::open(dir.path(), "table", Seq(100_000)).unwrap();
    let mut set = QuerySet::default();
    for (id, (_, node, ..)) in (0..).zip(&cases) {
        set.insert(QueryId(id), &Query { root: node.clone() });
    }
    for version in &versions {
        writer.apply(version).unwrap();
        // Several segments, as in life.
        if version.seq.0.is_multiple_of(50) {
            writer.commit(version.seq).unwrap();
        }
    }
    writer.commit(Seq(versions.len() as u64)).unwrap();

    let live: Vec<BTreeSet<QueryId>> =
        documents.iter().map(|document| set.matching(document, now()).into_iter().collect()).collect();
    for (id, (text, node, matches, misses)) in (0..).zip(&cases) {
        // Mentions of other cases are held against the query too: what they are to it, the evaluator says.
        let evaluated: BTreeSet<u64> = (1..)
            .zip(&documents)
            .filter(|(_, document)| evaluate(node, document, now()))
            .map(|(number, _)| number)
            .collect();
        let told = |numbers: &BTreeSet<u64>| -> Vec<&Mention> {
            numbers.iter().map(|&number| &versions[number as usize - 1].mention).collect()
        };
        let missing: BTreeSet<u64> = matches - &evaluated;
        assert!(missing.is_empty(), "{text} does not match {:?}", told(&missing));
        let wrong: BTreeSet<u64> = misses & &evaluated;
        assert!(wrong.is_empty(), "{text} matches {:?}", told(&wrong));

        let matched: BTreeSet<u64> =
            (1..).zip(&live).filter(|(_, ids)| ids.contains(&QueryId(id))).map(|(number, _)| number).collect();
        assert_eq!(matched, evaluated, "{text}: the matcher's set and the evaluator differ");
        let found = index.snapshot().matches_after(node, now(), Seq::ZERO, versions.len() + 1).unwrap();
        let found: BTreeSet<u64> = found.into_iter().map(|found| found.number.0).collect();
        assert_eq!(found, evaluated, "{text}: the index and the evaluator differ");
    }
}
