//! A set of queries against the evaluator, while queries come, change and go, and bases are made and put in place in between.
//! Few words, so that everything collides: what is filed wrongly shows within a second.

use std::{collections::BTreeMap, sync::Arc};

use super::super::{
    bits::Bits,
    find::Scratch,
    heard::Moment,
    layer::{Layer, Tuning},
    *,
};
use crate::{
    base::Timestamp,
    model::{
        Author, Cause, Engagement, Intent, IntentJudgement, Kind, Language, LanguageEvidence, Mention, MentionName,
        MentionNumber, Parent, Sentiment, SentimentLabel, Status, ThreadId, Understanding, Version,
    },
    query::{Document, Node, Query, document::Needed, parse},
};

/// Rounds in the gate; `ASCOLTO_LONG_TESTS=1` runs fifty times as many.
const ROUNDS: u64 = 24;
const STEPS: usize = 500;

/// Chance that falls the same way every time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const WORDS: [&str; 20] = [
    "good", "player", "Good", "apple", "Apple", "caffè", "caffe", "CAFFÈ", "running", "runs", "#good", "@anna", "東京",
    "京都", "ёлка", "елка", "👍🏽", "music", "musica", "a",
];

fn text(chance: &mut Chance) -> String {
    let count = chance.below(9);
    (0..count).map(|_| chance.of(&WORDS)).collect::<Vec<_>>().join(" ")
}

fn leaf(chance: &mut Chance) -> String {
    let word = |chance: &mut Chance| chance.of(&WORDS);
    let near_side = |chance: &mut Chance| match chance.below(6) {
        0 => format!("({} OR {})", word(chance), word(chance)),
        1 => format!("\"{} {}\"", word(chance), word(chance)),
        2 => format!("({} OR \"{} {}\" OR mus*)", word(chance), word(chance), word(chance)),
        _ => word(chance).to_owned(),
    };
    match chance.below(34) {
        0..=9 => word(chance).to_owned(),
        10 | 11 => format!("\"{} {}\"", word(chance), word(chance)),
        12 => format!("\"{} {} {}\"~{}", word(chance), word(chance), word(chance), chance.below(4)),
        13 | 14 => {
            let order = if chance.once_in(2) { "f" } else { "" };
            format!("{} NEAR/{}{order} {}", near_side(chance), chance.below(4), near_side(chance))
        }
        15 => format!("{} NEAR/1 {} NEAR/2f {}", near_side(chance), near_side(chance), near_side(chance)),
        16 => chance.of(&["mus*", "app*", "ca*e", "caf?è", "run*", "pl*er", "go?d"]).to_owned(),
        17 => format!("~{}", chance.of(&["running", "apple", "player", "music"])),
        18 => chance.of(&["{Apple}", "{apple}", "{\"Good player\"}", "{caffe}", "{CAFFÈ}"]).to_owned(),
        19 => format!("{}:{}", chance.of(&["title", "text", "parent", "bio", "author"]), word(chance)),
        20 => chance.of(&["title:*", "parent:*", "bio:*"]).to_owned(),
        21 => chance
            .of(&[
                "lang:it",
                "lang:hi",
                "lang:hi-latn",
                "lang:en",
                "lang:de",
                "lang:(it OR en)",
                "platform:vk",
                "platform:web",
            ])
            .to_owned(),
        22 => chance
            .of(&["sentiment:negative", "sentiment:positive", "NOT lang:it", "NOT platform:(vk OR web)"])
            .to_owned(),
        23 => chance
            .of(&["followers:>99", "followers:0..99", "followers:150..2000", "followers:*", "likes:>1"])
            .to_owned(),
        24 => {
            chance.of(&["from:anna", "from:(anna OR ben OR eva)", "to:ben", "mentions:anna", "mentions:*"]).to_owned()
        }
        25 => chance.of(&["url:shop.it/a", "url:shop.it", "site:it", "link:a.it", "tag:vip", "tag:*"]).to_owned(),
        26 => chance
            .of(&["published:>now-2h", "published:<now-2h", "published:2023-11-14", "ingested:>now-1h"])
            .to_owned(),
        27 => chance.of(&["weekday:tue", "minute_of_day:0..720", "sample:50", "sample:10"]).to_owned(),
        28 => chance
            .of(&["intent:question", "status:none", "type:reply", "has:question", "is:own", "brand:aurora"])
            .to_owned(),
        29 => "*".to_owned(),
        // What many queries share, and what everybody watches.
        30 | 31 => chance.of(&["(good OR player OR music)", "(apple OR caffe OR 東京 OR musica)"]).to_owned(),
        _ => "good".to_owned(),
    }
}

fn node(chance: &mut Chance, depth: usize) -> Node {
    let inner = |chance: &mut Chance| node(chance, depth - 1);
    match if depth == 0 { 9 } else { chance.below(10) } {
        0..=2 => {
            let parts = (0..2 + chance.below(3)).map(|_| inner(chance)).collect::<Vec<_>>();
            Node::And(
                parts
                    .into_iter()
                    .flat_map(|part| if let Node::And(parts) = part { parts } else { vec![part] })
                    .collect(),
            )
        }
        3 | 4 => {
            let parts = (0..2 + chance.below(4)).map(|_| inner(chance)).collect::<Vec<_>>();
            Node::Or(
                parts
                    .into_iter()
                    .flat_map(|part| if let Node::Or(parts) = part { parts } else { vec![part] })
                    .collect(),
            )
        }
        5 => Node::Not(Box::new(inner(chance))),
        _ => {
            let text = leaf(chance);
            let positive = text.strip_prefix("NOT ").unwrap_or(&text);
            let parsed = parse(positive, &jiff::tz::TimeZone::UTC);
            let problems = parsed.problems;
            let query = parsed.query.and_then(Query::closed).unwrap_or_else(|| panic!("{text}: {problems:?}"));
            if positive == text { query.root } else { Node::Not(Box::new(query.root)) }
        }
    }
}

fn version(chance: &mut Chance) -> Version {
    let hour = i64::try_from(chance.below(4)).unwrap();
    let at = Timestamp::from_second(1_700_000_000 + hour * 3_600).unwrap();
    let name = MentionName {
        platform: chance.of(&["twitter", "vk", "web"]).into(),
        external_id: chance.below(40).to_string(),
    };
    let parent = text(chance);
    let handle = chance.of(&["anna", "Ben", "eva", "dan"]).to_owned();
    Version {
        seq: crate::base::Seq(1),
        previous_seq: crate::base::Seq::ZERO,
        number: MentionNumber(1),
        cause: Cause::Ingested,
        recorded_at: at,
        ingested_at: at,
        mention: Mention {
            author: Author {
                handle,
                bio: text(chance),
                followers: [None, Some(7), Some(120), Some(5_000)][chance.below(4)],
                ..Author::default()
            },
            title: text(chance),
            text: if chance.once_in(5) { format!("{} https://a.it/x ?", text(chance)) } else { text(chance) },
            to_handle: chance.once_in(3).then(|| "ben".into()),
            url: chance.once_in(2).then(|| "https://www.shop.it/a/b".into()),
            engagement: Engagement { likes: [None, Some(1), Some(2)][chance.below(3)], ..Engagement::default() },
            tags: if chance.once_in(3) { vec!["vip".into()] } else { vec![] },
            ..Mention::new(name, Kind::ALL[chance.below(3)], at)
        },
        understanding: Understanding {
            language: Language {
                code: chance.of(&["it", "en", "de", "und", "hi", "hi-Latn"]).into(),
                confidence: 0.5,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            sentiment: Sentiment { label: SentimentLabel::ALL[chance.below(4)], score: 0.0, evidence: vec![] },
            intents: vec![IntentJudgement { intent: Intent::ALL[chance.below(3)], evidence: vec![] }],
            ..Understanding::nothing()
        },
        thread: ThreadId(1),
        status: Status::ALL[chance.below(2)],
        parent: (!parent.is_empty()).then(|| Parent { handle: "Apple".into(), text: parent }),
        answered_by: None,
        deleted: false,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: crate::model::Course::beginning(at),
    }
}

fn tuning(round: u64) -> Tuning {
    Tuning {
        shared_set_queries: [1, 2, 8][round as usize % 3],
        inline_set_members_max: [2, 64][round as usize % 2],
        hot_entries: [1, 3, 10, 1024][round as usize % 4],
    }
}

fn rounds() -> u64 {
    if std::env::var_os("ASCOLTO_LONG_TESTS").is_some() { ROUNDS * 50 } else { ROUNDS }
}

#[test]
fn a_set_finds_what_the_evaluator_does_whatever_happens_in_between() {
    let (mut evaluations, mut matches, mut merges) = (0, 0, 0);
    for round in 1..=rounds() {
        let mut chance = Chance(round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let statistics = Arc::new(StreamStatistics::default());
        let mut set = QuerySet::tuned(tuning(round), Arc::clone(&statistics));
        let mut model: BTreeMap<QueryId, Query> = BTreeMap::new();
        let mut work: Option<Merge> = None;
        let mut done: Option<Merged> = None;
        for step in 0..STEPS {
            match chance.below(10) {
                0..=5 => {
                    let id = QueryId(chance.below(150) as u64);
                    let query = Query { root: node(&mut chance, 3) };
                    set.insert(id, &query);
                    model.insert(id, query);
                }
                6 => {
                    let id = QueryId(chance.below(150) as u64);
                    assert_eq!(set.remove(id), model.remove(&id).is_some());
                }
                7 => match (work.take(), done.take()) {
                    (None, None) => work = set.begin_merge(),
                    // The work may be done long before it is put in place, or come to nothing.
                    (Some(mut begun), _) => done = Some(begun.run()),
                    (None, Some(_)) if chance.once_in(6) => set.abandon_merge(),
                    (None, Some(merged)) => {
                        set.finish_merge(merged);
                        merges += 1;
                    }
                },
                _ => {
                    let version = version(&mut chance);
                    let whole = Document::of(&version);
                    if chance.once_in(2) {
                        statistics.count(&whole);
                    }
                    let now = Timestamp::from_second(1_700_000_000 + 3 * 3_600).unwrap();
                    let expected: Vec<QueryId> = model
                        .iter()
                        .filter(|(_, query)| evaluate(&query.root, &whole, now))
                        .map(|(id, _)| *id)
                        .collect();
                    let read = Document::of_needed(&version, &set.needed());
                    let found = set.matching(&read, now);
                    if found != expected {
                        let wrong = found.iter().find(|id| !expected.contains(id));
                        let wrong = wrong.or_else(|| expected.iter().find(|id| !found.contains(id))).unwrap();
                        panic!(
                            "round {round}, step {step}: {:?} (found {})\n{version:?}",
                            model.get(wrong),
                            found.contains(wrong)
                        );
                    }
                    evaluations += model.len();
                    matches += found.len();
                }
            }
            assert_eq!(set.len(), model.len());
        }
    }
    println!("{evaluations} evaluations, {matches} matches, {merges} merges");
    // A test in which nothing matches, or everything, or nothing is merged, would prove nothing.
    assert!(matches > evaluations / 50 && matches < evaluations * 4 / 5, "{matches} of {evaluations}");
    assert!(merges > rounds());
}

#[test]
fn code_means_what_the_evaluator_does() {
    let mut chance = Chance(7);
    for round in 0..rounds() / 2 {
        let mut layer = Layer::growing(tuning(round), Arc::default());
        let queries: Vec<Query> = (0..80).map(|_| Query { root: node(&mut chance, 3) }).collect();
        for (id, query) in (0..).zip(&queries) {
            layer.insert(QueryId(id), &query.root);
        }
        for _ in 0..20 {
            let document = Document::of(&version(&mut chance));
            let now = Timestamp::from_second(1_700_000_000 + 3 * 3_600).unwrap();
            let mut scratch = Scratch::default();
            scratch.words.read(&document);
            let mut found = Vec::new();
            layer.try_all(Moment { document: &document, now }, &Bits::default(), &mut scratch, &mut found);
            for (id, query) in (0..).map(QueryId).zip(&queries) {
                assert_eq!(found.contains(&id), evaluate(&query.root, &document, now), "{query:?}");
            }
        }
    }
}

#[test]
fn what_a_query_needs_is_what_its_layer_reads() {
    let mut chance = Chance(3);
    for _ in 0..500 {
        let query = Query { root: node(&mut chance, 2) };
        let mut set = QuerySet::default();
        set.insert(QueryId(1), &query);
        assert_eq!(set.needed(), Needed::to_match([&query.root]), "{query:?}");
    }
}
