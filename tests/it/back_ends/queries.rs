//! Random queries: every form of the language.

use ascolto::{
    base::Span,
    query::{HasText, Keyword, KeywordField, KeywordTest, Node, Pattern, Sample, TextField, TextFields, Words, parse},
    text::{Asked, PhraseWord, Reading, asked},
};
use proptest::prelude::*;

use super::mentions::words;

/// Query texts, so that the parser is under test too.
fn texts() -> impl Strategy<Value = String> {
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
    prop_oneof![
        4 => words().prop_map(str::to_owned),
        2 => phrase(),
        1 => words().prop_map(|word| format!("title:{word}")),
        1 => phrase().prop_map(|phrase| format!("parent:{phrase}")),
        1 => (phrase(), 0..4).prop_map(|(phrase, more)| format!("{phrase}~{more}")),
        1 => (words(), 0..4, phrase()).prop_map(|(one, apart, other)| format!("{one} NEAR/{apart} {other}")),
        1 => (words(), words(), words(), 0..4)
            .prop_map(|(a, b, c, apart)| format!("({a} OR {b}) NEAR/{apart}f {c}")),
        1 => words().prop_map(|word| format!("~{word}")),
        1 => words().prop_map(|word| format!("{{{word}}}")),
        1 => words().prop_map(|word| format!("{word}*")),
        5 => field.prop_map(str::to_owned),
    ]
}

/// One word as a query has it, with wildcards, letter case or inflection; several words where a sign parts it.
fn word() -> impl Strategy<Value = Vec<PhraseWord>> {
    let written = prop_oneof![
        6 => words(),
        2 => prop::sample::select(vec![
            "ap*", "mu??c", "caf*", "caf?", "caffè*", "ёл*", "fa*", "#fa*", "an?a", "@an*", "str*e", "mu*ic", "wi-*",
        ]),
    ];
    let reading = prop_oneof![6 => Just(Reading::Usual), 1 => Just(Reading::Exact), 1 => Just(Reading::Inflected)];
    (written, reading, any::<bool>()).prop_filter_map("nothing to look for", |(written, reading, measured)| {
        let words = asked(written, Asked { reading, quoted: false, measured }).ok()?;
        (!words.is_empty()).then_some(words)
    })
}

/// Words in a row, sometimes with a hole between them, as a link leaves it.
fn phrase() -> impl Strategy<Value = Pattern> {
    let parts = prop_oneof![
        4 => word().prop_map(|word| vec![(word, 0)]),
        1 => prop::collection::vec((word(), 0_u32..2), 1..4),
    ];
    parts.prop_filter_map("nothing to look for", |parts| {
        let mut all: Vec<PhraseWord> = Vec::new();
        for (part, hole) in parts {
            let from = all.last().map_or(0, |last| last.offset + 1 + hole);
            all.extend(part.into_iter().map(|word| PhraseWord { offset: from + word.offset, ..word }));
        }
        Pattern::of_words(all)
    })
}

/// Words, phrases, windows, NEAR inside NEAR over groups.
fn pattern() -> impl Strategy<Value = Pattern> {
    let distance = || prop_oneof![4 => 0_u32..4, 1 => Just(100_u32)];
    let side = phrase().prop_recursive(3, 8, 3, move |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone(), distance(), any::<bool>()).prop_map(|(left, right, distance, ordered)| {
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

fn nodes() -> impl Strategy<Value = Node> {
    let span = Span::default();
    let fields = prop_oneof![
        4 => Just(TextFields::DEFAULT),
        1 => prop::sample::select(TextField::ALL.to_vec()).prop_map(TextFields::one),
    ];
    let handles = prop::collection::btree_set(prop::sample::select(vec!["anna", "apple", "nobody", "shop"]), 0..4);
    prop_oneof![
        // Refused texts are no case; there are few.
        4 => texts().prop_filter_map("refused", |text| {
            Some(parse(&text, &jiff::tz::TimeZone::UTC).query?.closed()?.root)
        }),
        6 => (pattern(), fields).prop_map(move |(pattern, fields)| {
            Node::Words(Words { fields, pattern, written: String::new(), span })
        }),
        1 => prop::sample::select(TextField::ALL.to_vec()).prop_map(move |field| Node::HasText(HasText { field, span })),
        1 => (0..=Sample::WHOLE).prop_map(move |share| Node::Sample(Sample { share, span })),
        1 => (prop::sample::select(vec![KeywordField::From, KeywordField::To, KeywordField::Mentions]), handles, 0..40_u32)
            .prop_map(move |(field, handles, others)| {
                let mut values: Vec<String> = handles.into_iter().map(str::to_owned).collect();
                values.extend((0..others).map(|other| format!("other{other}")));
                values.sort_unstable();
                Node::Keyword(Keyword { field, test: KeywordTest::OneOf(values.into()), span })
            }),
    ]
}

/// Leaves joined as the language joins them.
pub(super) fn queries() -> impl Strategy<Value = Node> {
    nodes().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| flat(parts, true)),
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| flat(parts, false)),
            (inner.clone(), inner).prop_map(|(a, b)| flat(vec![a, Node::Not(Box::new(b))], true)),
        ]
    })
}

/// AND holds no AND directly, OR no OR.
fn flat(parts: Vec<Node>, is_and: bool) -> Node {
    let mut all = Vec::new();
    for part in parts {
        match part {
            Node::And(inner) if is_and => all.extend(inner),
            Node::Or(inner) if !is_and => all.extend(inner),
            other => all.push(other),
        }
    }
    if is_and { Node::And(all) } else { Node::Or(all) }
}
