use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    Bench, evaluate, now,
    sample::{between, during, fact, is, matching, next, not, one_of, said, version, words},
};
use crate::{
    base::{Seq, Span, Timestamp},
    model::{MentionNumber, SentimentLabel, Version},
    query::{
        ClockPart, HasText, KeywordField, KeywordTest, LocalTime, Moment, Node, NumberField, Pattern, Sample,
        TextField, TextFields, TimeField,
    },
    text::{Asked, PhraseWord, Reading, asked},
};

/// Few words, so that they meet.
const WORDS: [&str; 12] =
    ["rot", "blau", "ёж", "ήλιος", "Rot", "caffè", "Caffe", "rote", "東京", "東", "#rot", "https://example.org/x"];
/// They inflect words differently.
const LANGUAGES: [&str; 3] = ["und", "de", "it"];
const TAGS: [&str; 3] = ["a", "b", "ab"];
const MENTIONS: u64 = 12;

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 0..8).prop_map(|words| words.join(" "))
}

/// A first version without a seq.
fn state() -> impl Strategy<Value = Version> {
    let parts = (
        1..=MENTIONS,
        (text(), text()),
        prop::option::of(0_u64..4),
        prop::option::of(prop::sample::select(&[-1.5, -0.0, 0.0, 2.0, f64::INFINITY][..])),
        0_i64..100,
        prop::sample::subsequence(&TAGS[..], 0..=3),
        prop::sample::select(SentimentLabel::ALL),
        prop::sample::select(&LANGUAGES[..]),
    );
    parts.prop_map(|(number, (title, text), likes, rating, hours, tags, label, language)| {
        let mut version = version(0, number, &text, hours * 3600);
        version.mention.title = title;
        version.mention.engagement.likes = likes;
        version.mention.rating = rating;
        version.mention.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        version.mention.url = tags.first().map(|tag| format!("https://example.org/{tag}/{number}"));
        version.understanding.sentiment.label = label;
        version.understanding.language.code = language.to_owned();
        version
    })
}

/// What happens to a mention: a new state, or its deletion.
fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let change = state().prop_map(|version| Operation::Record(Box::new(version)));
    prop::collection::vec(
        prop_oneof![8 => change, 2 => (1..=MENTIONS).prop_map(Operation::Delete), 1 => Just(Operation::Commit)],
        1..60,
    )
}

#[derive(Clone, Debug)]
enum Operation {
    Record(Box<Version>),
    Delete(u64),
    Commit,
}

fn word() -> impl Strategy<Value = Vec<PhraseWord>> {
    let reading = prop_oneof![
        6 => Just(Reading::Usual),
        1 => Just(Reading::Exact),
        1 => Just(Reading::Inflected),
    ];
    let written = prop_oneof![
        5 => prop::sample::select(&WORDS[..]),
        1 => prop::sample::select(&["ro*", "r?t", "caf*", "bl*u", "ro?*", "ήλ*", "#ro*", "caffè*"][..]),
    ];
    (written, reading, any::<bool>()).prop_filter_map("nothing to look for", |(written, reading, measured)| {
        let words = asked(written, Asked { reading, quoted: false, measured }).ok()?;
        (!words.is_empty()).then_some(words)
    })
}

/// Single words and phrases, with holes in them now and then.
fn phrase() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        3 => word().prop_map(|words| Pattern::of_words(words).unwrap()),
        1 => prop::collection::vec((word(), 0_u32..2), 1..3).prop_map(|parts| {
            let mut all: Vec<PhraseWord> = Vec::new();
            for (part, hole) in parts {
                let from = all.last().map_or(0, |last| last.offset + 1 + hole);
                all.extend(part.into_iter().map(|word| PhraseWord { offset: from + word.offset, ..word }));
            }
            Pattern::of_words(all).unwrap()
        }),
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let side = phrase().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone(), 0_u32..4, any::<bool>()).prop_map(|(left, right, distance, ordered)| {
                Pattern::Near { left: Box::new(left), right: Box::new(right), distance, ordered }
            }),
            1 => prop::collection::vec(inner, 2..4).prop_map(Pattern::AnyOf),
        ]
    });
    prop_oneof![
        3 => side,
        1 => (prop::collection::vec(phrase(), 2..4), 0_u32..4).prop_map(|(parts, more)| {
            let positions_max = parts.iter().map(Pattern::positions_max).sum::<u32>() + more;
            Pattern::Window { parts, positions_max }
        }),
    ]
}

fn query() -> impl Strategy<Value = Node> {
    let bound = || prop::sample::select(&[f64::NEG_INFINITY, -1.5, -0.0, 0.0, 1.0, 2.0, f64::INFINITY][..]);
    let hour = || prop::option::of(0_i64..100);
    let moment =
        |hours: i64| Moment::At(Timestamp::from_second(super::sample::NOVEMBER_SECONDS + hours * 3600).unwrap());
    let leaf = prop_oneof![
        1 => Just(Node::All),
        8 => (pattern(), prop::sample::select(vec![TextFields::DEFAULT, TextFields::one(TextField::Text)]))
            .prop_map(|(pattern, fields)| matching(fields, pattern)),
        1 => prop::sample::select(&[TextField::Title, TextField::Text][..])
            .prop_map(|field| Node::HasText(HasText { field, span: Span::default() })),
        1 => (0..=Sample::WHOLE).prop_map(|share| Node::Sample(Sample { share, span: Span::default() })),
        1 => prop::sample::subsequence(&TAGS[..], 0..=3).prop_map(|tags| one_of(KeywordField::Tag, &tags)),
        1 => prop::sample::subsequence(&TAGS[..], 1..=3).prop_map(|tags| {
            let others = (0..40).map(|at| format!("t{at}"));
            let all: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).chain(others).collect();
            one_of(KeywordField::Tag, &all.iter().map(String::as_str).collect::<Vec<_>>())
        }),
        6 => prop::collection::vec(prop::sample::select(&WORDS[..8]), 1..4).prop_map(|words| said(&words.join(" "))),
        1 => prop::sample::select(&WORDS[..8]).prop_map(|word| words(TextFields::one(TextField::Title), word)),
        2 => prop::sample::select(&TAGS[..]).prop_map(|tag| is(KeywordField::Tag, tag)),
        1 => Just(fact(KeywordField::Tag, KeywordTest::Set)),
        1 => prop::sample::select(&["example.org/a", "example.org/ab/1", "e"][..])
            .prop_map(|url| fact(KeywordField::Url, KeywordTest::StartsWith(url.to_owned()))),
        1 => prop::sample::select(SentimentLabel::ALL).prop_map(|label| is(KeywordField::Sentiment, label.word())),
        3 => (prop::sample::select(&[NumberField::Likes, NumberField::Rating, NumberField::Reach][..]), bound(), bound())
            .prop_map(|(field, min, max)| between(field, min, max)),
        2 => (prop::sample::select(TimeField::ALL), hour(), hour())
            .prop_map(move |(field, from, before)| during(field, from.map(moment), before.map(moment))),
        1 => (0_u16..1440, 0_u16..1440).prop_map(|(min, max)| Node::LocalTime(LocalTime {
            part: ClockPart::MinuteOfDay, min, max, zone: jiff::tz::TimeZone::UTC, span: Span::default(),
        })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(Node::And),
            prop::collection::vec(inner.clone(), 2..5).prop_map(Node::Or),
            inner.prop_map(not),
        ]
    })
}

proptest! {
    // An index is made on disk for each case.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn finds_what_the_obvious_evaluation_finds(
        operations in operations(),
        queries in prop::collection::vec(query(), 1..24),
    ) {
        let mut bench = Bench::new();
        let mut heads: BTreeMap<u64, Version> = BTreeMap::new();
        let mut seq = 0;
        for operation in operations {
            let mut version = match operation {
                Operation::Commit => {
                    bench.commit(seq);
                    continue;
                }
                Operation::Record(version) => *version,
                Operation::Delete(number) => match heads.get(&number) {
                    Some(head) => next(head, 0, |version| version.deleted = true),
                    None => continue,
                },
            };
            seq += 1;
            version.seq = Seq(seq);
            version.previous_seq = heads.get(&version.number.0).map_or(Seq::ZERO, |head| head.seq);
            bench.apply([&version]);
            heads.insert(version.number.0, version);
        }
        bench.commit(seq);

        let living = || heads.values().filter(|version| !version.deleted);
        prop_assert_eq!(bench.index.snapshot().mention_count(), living().count() as u64);
        for query in &queries {
            let expected: Vec<u64> =
                living().filter(|head| evaluate::matches(query, head, now())).map(|head| head.number.0).collect();
            prop_assert_eq!(bench.numbers(query), expected, "{:?}", query);
        }
    }
}

/// Mentions of [`large_segments_answer_the_same`]: more than tantivy's blocks (128), windows (4,096) and unions of them.
const MANY: u64 = 9000;

/// The states repeat, so that the obvious evaluation has to look at each of them only once.
fn state_of(number: u64, states: usize) -> usize {
    // Fibonacci hashing: neighbours differ, some states come in runs, nothing is drawn by chance.
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % states
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn large_segments_answer_the_same(
        states in prop::collection::vec(state(), 24),
        queries in prop::collection::vec(query(), 80),
    ) {
        let mut bench = Bench::new();
        for number in 1..=MANY {
            let mut version = states[state_of(number, states.len())].clone();
            (version.seq, version.number) = (Seq(number), MentionNumber(number));
            bench.apply([&version]);
            if number == MANY / 3 {
                bench.commit(number);
            }
        }
        // Every 31st is deleted after all are there.
        for (seq, number) in (MANY + 1..).zip((31..=MANY).step_by(31)) {
            let first = version(number, number, "", 0);
            bench.apply([&next(&first, seq, |version| version.deleted = true)]);
        }
        bench.commit(0);
        for query in &queries {
            let matching: Vec<bool> = states.iter().map(|state| evaluate::matches(query, state, now())).collect();
            let expected: Vec<u64> = (1..=MANY)
                .filter(|number| !number.is_multiple_of(31) && matching[state_of(*number, states.len())])
                .collect();
            prop_assert_eq!(bench.numbers(query), expected, "{:?}", query);
        }
    }
}
