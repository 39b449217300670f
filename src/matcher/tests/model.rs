//! The evaluator against a reading of patterns that tries everything.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    base::{Span, Timestamp},
    matcher::{evaluate, highlights},
    model::{Kind, Mention, MentionName},
    query::{Document, Node, Pattern, document::Needed, parse},
    text::{PhraseWord, Tokens, Word},
};

type Places = BTreeSet<u32>;

/// Every set of positions by which the pattern occurs.
fn occurrences(pattern: &Pattern, tokens: &Tokens) -> BTreeSet<Places> {
    match pattern {
        Pattern::Word(word) => {
            positions(tokens).filter(|&at| holds(word, tokens, at)).map(|at| Places::from([at])).collect()
        }
        Pattern::Phrase(words) => positions(tokens)
            .filter(|&start| words.iter().all(|word| holds(&word.word, tokens, start + word.offset)))
            .map(|start| stretch(words, start))
            .collect(),
        Pattern::AnyOf(parts) => parts.iter().flat_map(|part| occurrences(part, tokens)).collect(),
        Pattern::Near { left, right, distance, ordered } => {
            let mut found = BTreeSet::new();
            for l in &occurrences(left, tokens) {
                for r in &occurrences(right, tokens) {
                    let is_close = |a: &Places, b: &Places| last(a) < first(b) && first(b) - last(a) - 1 <= *distance;
                    if is_close(l, r) || (!ordered && is_close(r, l)) {
                        // An occurrence is a stretch: what lies between belongs to it.
                        found.insert((first(l).min(first(r))..=last(l).max(last(r))).collect());
                    }
                }
            }
            found
        }
        Pattern::Window { parts, positions_max } => {
            let mut chosen: BTreeSet<Places> = BTreeSet::from([Places::new()]);
            for part in parts {
                let of_part = occurrences(part, tokens);
                let pairs = chosen.iter().flat_map(|taken| of_part.iter().map(move |more| (taken, more)));
                chosen =
                    pairs.filter(|(taken, more)| taken.is_disjoint(more)).map(|(taken, more)| taken | more).collect();
            }
            chosen.into_iter().filter(|taken| last(taken) - first(taken) < *positions_max).collect()
        }
    }
}

fn stretch(words: &[PhraseWord], start: u32) -> Places {
    (start..=start + words.last().map_or(0, |word| word.offset)).collect()
}

fn first(places: &Places) -> u32 {
    *places.first().unwrap()
}

fn last(places: &Places) -> u32 {
    *places.last().unwrap()
}

fn positions(tokens: &Tokens) -> std::ops::Range<u32> {
    0..tokens.position_count()
}

fn holds(word: &Word, tokens: &Tokens, position: u32) -> bool {
    let forms: Vec<&str> = tokens.iter().filter(|token| token.position == position).map(|token| token.term).collect();
    match word {
        Word::Form(form) => forms.contains(&form.as_str()),
        Word::OneOf(wanted) => wanted.iter().any(|form| forms.contains(&form.as_str())),
        Word::Like(wildcard) => forms.iter().any(|form| wildcard.fits(form)),
        Word::Plain(form) if form.starts_with('\u{1}') => forms.contains(&form.as_str()) && !forms.contains(&"\u{2}"),
        Word::Plain(form) => forms.contains(&form.as_str()) && !forms.contains(&"\u{1}") && !forms.contains(&"\u{2}"),
    }
}

const SIDES: &[&str] = &[
    "aa",
    "bb",
    "cc",
    "Aa",
    "àa",
    "{aa}",
    "{Aa}",
    "{àa}",
    "aa*",
    "aab*",
    "\"aa bb\"",
    "\"aa* bb\"",
    "東京",
    "東",
    "#aa",
    "~aa",
    "(aa OR bb)",
    "(aa NEAR/1 bb OR cc)",
    "(cc NEAR/1f (aa OR bb))",
];
const WORDS: &[&str] = &["aa", "bb", "cc", "Aa", "àa", "aab", "東京", "東", "京", "#aa", "#Aa", "https://a.b", "x"];

fn query() -> impl Strategy<Value = String> {
    let near = (select(SIDES), 0..4_u8, select(&["", "f"][..]), select(SIDES), 0..3_u8, select(SIDES), any::<bool>());
    prop_oneof![
        3 => near.prop_map(|(a, n, order, b, m, c, is_chain)| {
            if is_chain { format!("{a} NEAR/{n}{order} {b} NEAR/{m} {c}") } else { format!("{a} NEAR/{n}{order} {b}") }
        }),
        2 => (vec(select(&["aa", "bb", "aa*", "aab", "東京", "京", "#aa"][..]), 2..5), 0..4_u8)
            .prop_map(|(words, more)| format!("\"{}\"~{more}", words.join(" "))),
        1 => select(SIDES).prop_filter("a leaf", |side| !side.contains('(')).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn patterns_occur_where_trying_everything_finds_them(query in query(), text in vec(select(WORDS), 0..9)) {
        let text = text.join(" ");
        let root = parse(&query, &jiff::tz::TimeZone::UTC).query.unwrap().closed().unwrap().root;
        let Node::Words(words) = &root else { panic!("{query} is {root}") };
        let name = MentionName { platform: "vk".into(), external_id: "7".into() };
        let mention = Mention { text: text.clone(), ..Mention::new(name, Kind::Post, Timestamp::UNIX_EPOCH) };
        let document = Document::of_mention(&mention, &Needed::to_match([&root]));
        let expected = occurrences(&words.pattern, &document.texts[1]);
        let matches = evaluate(&root, &document, Timestamp::UNIX_EPOCH);
        prop_assert_eq!(matches, !expected.is_empty(), "{} in {:?}", query, text);
        // What matches is marked, inside its text.
        let marked: Vec<Span> = highlights(&root, &document, Timestamp::UNIX_EPOCH).into_iter().map(|(_, span)| span).collect();
        prop_assert!(!matches || !marked.is_empty(), "{} in {:?}", query, text);
        prop_assert!(marked.iter().all(|span| text.get(span.range()).is_some_and(|part| !part.is_empty())));
    }
}
