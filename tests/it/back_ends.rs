//! A mention matches live if and only if a search finds it: random queries against random mentions, held against each other in
//! the index, the matcher's set and the plain evaluator. The vocabulary is small, so that matches and near misses are common.

use std::cell::Cell;

use ascolto::{
    base::{Seq, Timestamp},
    index,
    matcher::{QueryId, QuerySet, evaluate},
    model::*,
    query::{Document, Node, parse},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

/// Cases in the gate; `ASCOLTO_LONG_TESTS=1` runs fifty times as many.
const CASES: u32 = 60;

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second * 3_600).unwrap()
}

/// Words that meet each other: accents, letter case, signs, scripts without spaces, and the same letters in another shape.
fn words() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "caffè",
        "caffe",
        "Caffe",
        "ёлка",
        "елка",
        "apple",
        "Apple",
        "music",
        "#fail",
        "#Fail",
        "fail",
        "@anna",
        "anna",
        "東京",
        "京都",
        "東",
        "กรุงเทพ",
        "เทพ",
        "C++",
        "C",
        "AT&T",
        "at",
        "50%",
        "👍",
        "👍🏽",
        "😡",
        "مرحبا",
        "مَرحبا",
        "हिन्दी",
        "straße",
        "strasse",
        "https://shop.it/a",
        "$AAPL",
        "wi-fi",
        "l'acqua",
        ",",
        "?",
        "서울",
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec((words(), prop::sample::select(vec![" ", " ", " ", "", ", "])), 0..8)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

fn mentions() -> impl Strategy<Value = Vec<Version>> {
    let places = (0..3_usize, 0..4_usize, 0..3_usize, 0..3_i64, 0..3_usize);
    let figures = (prop::option::of(0..3_u64), prop::option::of(0..3_u64), prop::option::of(0..5_u8), -1.0_f32..1.0);
    let one = (text(), text(), places, figures, text());
    prop::collection::vec(one, 1..12).prop_map(|all| {
        (1..)
            .zip(all)
            .map(|(number, (title, text, places, figures, parent))| {
                version(number, title, text, places, figures, parent)
            })
            .collect()
    })
}

fn version(
    number: u64,
    title: String,
    text: String,
    (platform, label, status, hour, lang): (usize, usize, usize, i64, usize),
    (likes, followers, rating, score): (Option<u64>, Option<u64>, Option<u8>, f32),
    parent: String,
) -> Version {
    let label = SentimentLabel::ALL[label];
    Version {
        seq: Seq(number),
        previous_seq: Seq::ZERO,
        number: MentionNumber(number),
        cause: Cause::Ingested,
        recorded_at: moment(hour),
        ingested_at: moment(hour),
        mention: Mention {
            author: Author { handle: "Anna".into(), name: "Anna Bianchi".into(), followers, ..Author::default() },
            title,
            text,
            to_handle: (platform == 1).then(|| "Apple".into()),
            url: (platform == 2).then(|| "https://www.shop.it/a/b".into()),
            engagement: Engagement { likes, ..Engagement::default() },
            rating: rating.map(f64::from),
            country: (hour == 1).then(|| "IT".into()),
            tags: if likes == Some(1) { vec!["vip".into(), "music".into()] } else { vec![] },
            ..Mention::new(
                MentionName { platform: ["twitter", "vk", "web"][platform].into(), external_id: number.to_string() },
                Kind::ALL[number as usize % Kind::ALL.len()],
                moment(hour),
            )
        },
        understanding: Understanding {
            language: Language {
                code: ["it", "ru", "und"][lang].into(),
                confidence: 0.5,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            sentiment: Sentiment {
                label,
                score: if label == SentimentLabel::Unscored { 0.0 } else { score },
                evidence: vec![],
            },
            intents: vec![IntentJudgement { intent: Intent::ALL[lang], evidence: vec![] }],
            brands: (lang == 0)
                .then(|| BrandMatch {
                    brand: "aurora".into(),
                    own: hour == 2,
                    reasons: vec![BrandReason::Query],
                    sentiment: None,
                })
                .into_iter()
                .collect(),
            stage: Stage::ALL.get(lang).map(|&stage| StageJudgement { stage, evidence: vec![] }).filter(|_| hour == 1),
            topics: vec![TopicJudgement { topic: ["app", "billing", "delay"][status].into(), evidence: vec![] }],
            ..Understanding::nothing()
        },
        thread: ThreadId(1 + number % 2),
        status: Status::ALL[status],
        parent: (!parent.is_empty()).then(|| Parent { handle: "Apple".into(), text: parent }),
        answered_by: None,
        repeats: None,
        correction: None,
        deleted: false,
    }
}

/// Query texts, so that the parser is under test too. What it refuses is no case.
fn queries() -> impl Strategy<Value = String> {
    let phrase = || prop::collection::vec(words(), 1..4).prop_map(|words| format!("\"{}\"", words.join(" ")));
    let field = prop::sample::select(vec![
        "platform:twitter",
        "platform:vk",
        "lang:it",
        "lang:und",
        "NOT lang:ru",
        "sentiment:negative",
        "sentiment:unscored",
        "intent:question",
        "stage:advocacy",
        "stage:*",
        "topic:billing",
        "brand:aurora",
        "brand:*",
        "is:own",
        "needs:reply",
        "status:answered",
        "type:dm",
        "type:reply",
        "from:@ANNA",
        "to:apple",
        "to:*",
        "mentions:anna",
        "country:it",
        "tag:vip",
        "tag:*",
        "site:shop.it",
        "site:it",
        "url:shop.it/a",
        "url:https://www.shop.it",
        "link:shop.it",
        "has:link",
        "has:emoji",
        "has:hashtag",
        "has:question",
        "thread:1",
        "id:vk/3",
        "likes:>0",
        "likes:1..2",
        "likes:*",
        "followers:<=1",
        "engagement:0",
        "reach:[1 TO *]",
        "rating:>=2.5",
        "sentiment_score:<0",
        "sentiment_score:*",
        "published:<2023-11-14T23:30Z",
        "published:2023-11-14",
        "published:>now-90m",
        "ingested:2023-11-14T22:00Z..2023-11-14T23:59Z",
        "minute_of_day:1350..1439",
        "weekday:tue",
        "author:bianchi",
        "bio:x",
        "*",
    ]);
    let leaf = prop_oneof![
        4 => words().prop_map(str::to_owned),
        2 => phrase(),
        1 => words().prop_map(|word| format!("title:{word}")),
        1 => phrase().prop_map(|phrase| format!("parent:{phrase}")),
        4 => field.prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" AND "))),
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} AND NOT {b})")),
        ]
    })
}

/// Numbers of the mentions that the index finds.
fn index_finds(index: &index::Index, node: &Node, now: Timestamp) -> Vec<u64> {
    let found = index.snapshot().matches_after(node, now, Seq::ZERO, 1_000).unwrap();
    let mut numbers: Vec<u64> = found.into_iter().map(|found| found.number.0).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn index_matcher_and_evaluator_agree() {
    let long = std::env::var_os("ASCOLTO_LONG_TESTS").is_some();
    let config =
        Config { cases: if long { CASES * 50 } else { CASES }, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let cases = (mentions(), prop::collection::vec(queries(), 40));
    let evaluations = Cell::new(0_u64);
    let matches = Cell::new(0_u64);
    let outcome = runner.run(&cases, |(versions, texts)| {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, index) = index::open(dir.path(), "test", Seq(1_000)).unwrap();
        for version in &versions {
            writer.apply(version).unwrap();
            // Several segments, as in life.
            if version.seq.0 % 4 == 0 {
                writer.commit(version.seq).unwrap();
            }
        }
        writer.commit(Seq(versions.len() as u64)).unwrap();
        let documents: Vec<Document> = versions.iter().map(Document::of).collect();
        let now = moment(2);
        let parsed: Vec<(String, Node)> = texts
            .into_iter()
            .filter_map(|text| Some((text.clone(), parse(&text, &jiff::tz::TimeZone::UTC).query?.closed()?.root)))
            .collect();
        let mut set = QuerySet::default();
        for (id, (_, node)) in (0..).zip(&parsed) {
            set.insert(QueryId(id), &ascolto::query::Query { root: node.clone() });
        }
        for (id, (text, node)) in (0..).zip(&parsed) {
            let evaluated: Vec<u64> =
                (1..).zip(&documents).filter(|(_, document)| evaluate(node, document, now)).map(|(n, _)| n).collect();
            prop_assert_eq!(index_finds(&index, node, now), evaluated.clone(), "index, {}", text);
            let live: Vec<u64> = (1..)
                .zip(&documents)
                .filter(|(_, document)| set.matching(document, now).contains(&QueryId(id)))
                .map(|(number, _)| number)
                .collect();
            prop_assert_eq!(&live, &evaluated, "matcher, {}", text);
            evaluations.set(evaluations.get() + documents.len() as u64);
            matches.set(matches.get() + evaluated.len() as u64);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let (evaluations, matches) = (evaluations.get(), matches.get());
    println!("{evaluations} evaluations, {matches} matches");
    // A test in which nothing matches, or everything, would prove nothing.
    assert!(matches > evaluations / 50 && matches < evaluations * 4 / 5, "{matches} of {evaluations}");
}
