//! Promises for all queries and all texts.

use jiff::tz::TimeZone;
use proptest::{collection::vec, prelude::*, sample::select};

use super::super::{
    ClockPart, Keyword, KeywordField, KeywordTest, LocalTime, Moment, Node, Number, NumberField, Pattern, Query,
    Reference, TextField, TextFields, Time, TimeField, Words, letters::in_quotes, parse,
};
use crate::{
    base::{Span, Timestamp},
    text::{Asked, asked},
};

const WORDS: &[&str] = &[
    "apple",
    "caffè",
    "東京",
    "AT&T",
    "C++",
    "#fail",
    "@shop",
    "$AAPL",
    "😡",
    "and",
    "12:30",
    "ארה\"ב",
    "wi-fi",
    "[a]",
];
const PHRASES: &[&str] = &["apple music", "AND", "a \"b\" \\ c", "-x", "a (b", "lang:it", "~y", "{z}", "«é»"];

fn phrase() -> impl Strategy<Value = Node<Reference>> {
    let written = prop_oneof![
        select(WORDS).prop_map(|word| (word.to_owned(), false)),
        select(PHRASES).prop_map(|phrase| (phrase.to_owned(), true)),
        "\\PC*[a-z]".prop_map(|phrase| (phrase, true)),
    ];
    (written, proptest::option::of(select(&TextField::ALL[..]))).prop_filter_map(
        "terms",
        |((written, quoted), field)| {
            let terms = asked(&written, Asked::QUOTED).ok()?;
            let fields = field.map_or(TextFields::DEFAULT, TextFields::one);
            let fits = !terms.is_empty() && terms.len() <= 64;
            let written = if quoted { in_quotes(&written) } else { written };
            let pattern = Pattern::of_words(terms).filter(|_| fits)?;
            Some(Node::Words(Words { fields, pattern, written, span: Span::default() }))
        },
    )
}

/// A side of NEAR.
fn side() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => select(&["apple", "caffè", "東京", "C++", "#fail", "@shop", "😡", "12:30", "wi-fi"][..]).prop_map(str::to_owned),
        1 => select(&["\"apple music\"", "\"a \\\"b\\\" c\"", "\"charg* now?\"", "\"lang:it\""][..]).prop_map(str::to_owned),
        1 => select(&["charg*", "in*fix", "organi?e", "#app*", "@shop.*", "caff?è", "a-bc*d?e*"][..]).prop_map(str::to_owned),
        1 => select(&["{Apple}", "{apple}", "{\"Apple Music\"}", "{東京}", "~служба", "~\"late orders\""][..]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), 0..9_u8, select(&["", "f"][..]), inner.clone())
                .prop_map(|(left, distance, order, right)| format!("({left} NEAR/{distance}{order} {right})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} NEAR/1 {b} NEAR/2 {c})")),
        ]
    })
}

/// NEAR, windows and all forms of a word, in a field or not. What is written is read: that the tree is the one meant is for tables to
/// say, here it is only one of many.
fn pattern() -> impl Strategy<Value = Node<Reference>> {
    let written = prop_oneof![
        2 => (side(), 0..9_u8, side()).prop_map(|(left, distance, right)| format!("{left} NEAR/{distance} {right}")),
        1 => (vec(select(WORDS), 1..5), 0..9_u8).prop_map(|(words, more)| format!("{}~{more}", in_quotes(&words.join(" ")))),
        1 => side(),
        1 => select(&["search:a", "search:\"a b\"", "from:list:vip", "sample:12.5", "sample:0.01", "title:*", "bio:*"][..])
            .prop_map(str::to_owned),
    ];
    (written, proptest::option::of(select(&TextField::ALL[..]))).prop_filter_map("a query", |(written, field)| {
        let text = match field {
            Some(field) if !written.contains(':') => format!("{}:({written})", field.name()),
            _ => written,
        };
        parse(&text, &TimeZone::UTC).query.map(|query| query.without_spans().root)
    })
}

fn keyword() -> impl Strategy<Value = Node<Reference>> {
    (select(KeywordField::ALL), "[\\PC ]{0,12}[a-z0-9]", any::<proptest::sample::Index>(), 0..8).prop_map(
        |(field, value, index, kind)| {
            let value = match field.values() {
                Some(known) => known[index.index(known.len())].to_owned(),
                None if matches!(field, KeywordField::Lang | KeywordField::Country) => "it".to_owned(),
                None => field.normalize(&value),
            };
            let test = match kind {
                _ if kind == 0 || value.is_empty() => KeywordTest::Set,
                _ if field.is_prefix() => KeywordTest::StartsWith(value),
                _ => KeywordTest::Is(value),
            };
            Node::Keyword(Keyword { field, test, span: Span::default() })
        },
    )
}

fn number() -> impl Strategy<Value = Node<Reference>> {
    (select(NumberField::ALL), 0_i32..2_000_000, 0_i32..1_000_000, 0..8).prop_map(|(field, min, above, form)| {
        let scale = if field.is_count() { 1.0 } else { 100.0 };
        let (low, high) = (f64::from(min) / scale, f64::from(min.saturating_add(above)) / scale);
        let (min, max) = match form {
            0 => (f64::NEG_INFINITY, f64::INFINITY),
            1 => (low, f64::INFINITY),
            2 => (f64::NEG_INFINITY, high),
            3 if !field.is_count() => (low.next_up(), f64::INFINITY),
            4 if !field.is_count() => (f64::NEG_INFINITY, low.next_down()),
            5 => (low, low),
            _ => (low, high),
        };
        Node::Number(Number { field, min, max, span: Span::default() })
    })
}

fn moment_us() -> impl Strategy<Value = i64> {
    let whole = (0..4_000_000_000_i64).prop_map(|seconds| seconds * 1_000_000);
    prop_oneof![whole.clone(), whole.clone().prop_map(|us| us + 1), whole.prop_map(|us| us - 1), 0..4_000_000_000_i64]
}

fn time() -> impl Strategy<Value = Node<Reference>> {
    (select(TimeField::ALL), moment_us(), 1..9_000_000_000_i64, any::<bool>(), 0..4).prop_map(
        |(field, us, length_us, relative, form)| {
            let moment = |us: i64| {
                if relative {
                    Moment::FromNow(us - 2_000_000_000_000_000)
                } else {
                    Moment::At(Timestamp::from_microsecond(us).expect("within range"))
                }
            };
            let from = (form & 1 != 0).then(|| moment(us));
            let before = (form & 2 != 0).then(|| moment(us + length_us));
            Node::Time(Time { field, from, before, span: Span::default() })
        },
    )
}

fn local_time() -> impl Strategy<Value = Node<Reference>> {
    let reading = prop_oneof![
        (Just(ClockPart::MinuteOfDay), 0_u16..1440, 0_u16..1440),
        (Just(ClockPart::Weekday), 1_u16..=7, 1_u16..=7),
    ];
    reading.prop_map(|(part, min, max)| {
        Node::LocalTime(LocalTime { part, min, max, zone: TimeZone::UTC, span: Span::default() })
    })
}

fn node() -> impl Strategy<Value = Node<Reference>> {
    let leaf = prop_oneof![1 => Just(Node::All), 4 => phrase(), 4 => pattern(), 2 => keyword(), 1 => number(), 1 => time(), 1 => local_time()];
    leaf.prop_recursive(5, 40, 4, |inner| {
        // Parts of the own kind are taken apart, as the tree's invariant wants it.
        let and = vec(inner.clone(), 2..4).prop_map(|parts| {
            let apart = |node| if let Node::And(parts) = node { parts } else { vec![node] };
            Node::And(parts.into_iter().flat_map(apart).collect())
        });
        let or = vec(inner.clone(), 2..4).prop_map(|parts| {
            let apart = |node| if let Node::Or(parts) = node { parts } else { vec![node] };
            Node::Or(parts.into_iter().flat_map(apart).collect())
        });
        prop_oneof![and, or, inner.prop_map(|part| Node::Not(Box::new(part)))]
    })
}

const SOUP: &[&str] = &[
    "AND",
    "OR",
    "NOT",
    "-",
    "(",
    ")",
    "（",
    "）",
    "\"",
    "“",
    "”",
    "«",
    "»",
    " ",
    "  ",
    "\u{3000}",
    "a",
    "é",
    "東京",
    "😡",
    "lang:",
    "title:",
    "likes:",
    "published:",
    "url:",
    "note:",
    "：",
    ":",
    "*",
    "?",
    "~",
    "~4",
    "NEAR/5",
    "NEAR/0f",
    "NEAR/",
    "ab*c",
    "search:",
    "sample:",
    "list:",
    "[",
    "]",
    " TO ",
    "..",
    ">",
    "<",
    "<<<",
    ">>>",
    "{",
    "}",
    "now-24h",
    "2026-11-21",
    "T08:00",
    "5",
    "\\",
    "ש",
    "\u{200f}",
    "//",
    "and",
    "weekday:",
    "@",
    "#",
];

pub(super) fn check_spans(text: &str) {
    for problem in parse(text, &TimeZone::UTC).problems {
        let range = problem.span.range();
        assert!(text.get(range.clone()).is_some(), "{text:?}: {:?} at {range:?}", problem.code);
    }
}

/// What is read prints to a text that is read as the same.
pub(super) fn check_printing(text: &str) {
    if let Some(query) = parse(text, &TimeZone::UTC).query {
        let printed = query.to_string();
        let again = parse(&printed, &TimeZone::UTC);
        let again = again.query.unwrap_or_else(|| panic!("{text:?} prints as {printed:?}: {:?}", again.problems));
        assert_eq!(again.without_spans(), query.without_spans(), "{text:?} prints as {printed:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn printed_trees_are_read_as_they_were(root in node()) {
        // Only negations are refused: the rule is not what is tested here.
        let root = match root {
            Node::And(mut parts) => { parts.push(Node::All); Node::And(parts) }
            other => Node::And(vec![other, Node::All]),
        };
        let query = Query { root };
        let printed = query.to_string();
        let parsed = parse(&printed, &TimeZone::UTC);
        let again = parsed.query.unwrap_or_else(|| panic!("{printed}: {:?}", parsed.problems));
        prop_assert_eq!(again.without_spans(), query, "{}", printed);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        check_spans(&text);
        check_printing(&text);
    }

    #[test]
    fn any_soup_of_the_language_is_read(pieces in vec(select(SOUP), 0..24)) {
        let text = pieces.concat();
        check_spans(&text);
        check_printing(&text);
    }
}
