//! Every bound of the language: the last text within it, and the first over it.

use super::{parse_in_rome, told};
use crate::base::limits::{
    NEAR_DISTANCE_MAX, PATTERN_POSITIONS_MAX, PHRASE_WORDS_MAX, PROBLEMS_MAX, QUERY_BYTES_MAX, QUERY_DEPTH_MAX,
    QUERY_TERMS_MAX, QUERY_WILDCARDS_MAX, WINDOW_WORDS_MAX,
};

#[test]
fn bytes() {
    let text = format!("a{}", " ".repeat(QUERY_BYTES_MAX - 1));
    assert!(parse_in_rome(&text).query.is_some());
    let over = format!("{}è", "a".repeat(QUERY_BYTES_MAX - 1));
    assert_eq!(told(&parse_in_rome(&over)), ["TOO_LONG@65535..65537"]);
}

#[test]
fn terms() {
    assert!(parse_in_rome(&"a ".repeat(QUERY_TERMS_MAX)).query.is_some());
    assert_eq!(told(&parse_in_rome(&"a ".repeat(QUERY_TERMS_MAX + 5))), ["TOO_MANY_TERMS@4000..4001"]);
}

#[test]
fn words_of_a_phrase() {
    assert!(parse_in_rome(&format!("\"{}\"", "a ".repeat(PHRASE_WORDS_MAX))).query.is_some());
    let over = parse_in_rome(&format!("\"{}\"", "a ".repeat(PHRASE_WORDS_MAX + 1)));
    assert_eq!(told(&over), ["PHRASE_TOO_LONG@0..132"]);
}

#[test]
fn words_of_a_window() {
    assert!(parse_in_rome(&format!("\"{}\"~1", "a ".repeat(WINDOW_WORDS_MAX))).query.is_some());
    let over = parse_in_rome(&format!("\"{}\"~1", "a ".repeat(WINDOW_WORDS_MAX + 1)));
    assert_eq!(told(&over), ["WINDOW_TOO_LONG@0..38"]);
}

#[test]
fn distances() {
    assert!(parse_in_rome(&format!("a NEAR/{NEAR_DISTANCE_MAX} b")).query.is_some());
    assert!(parse_in_rome(&format!("a NEAR/{} b", NEAR_DISTANCE_MAX + 1)).query.is_none());
}

#[test]
fn stretches() {
    // Each operator takes a distance of 9 and a word.
    let chain = |operators: u32| format!("a{}", " NEAR/9 a".repeat(operators as usize));
    let most = PATTERN_POSITIONS_MAX / 10 - 1;
    assert!(parse_in_rome(&chain(most)).query.is_some());
    assert!(told(&parse_in_rome(&chain(most + 1)))[0].starts_with("PATTERN_TOO_WIDE@0.."));
}

#[test]
fn wildcards() {
    assert!(parse_in_rome(&"ab* ".repeat(QUERY_WILDCARDS_MAX)).query.is_some());
    assert_eq!(told(&parse_in_rome(&"ab* ".repeat(QUERY_WILDCARDS_MAX + 5))), ["TOO_MANY_WILDCARDS@800..803"]);
}

#[test]
fn depth() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse_in_rome(&nested(QUERY_DEPTH_MAX)).query.is_some());
    assert_eq!(told(&parse_in_rome(&nested(QUERY_DEPTH_MAX + 1))), ["TOO_DEEP@64..65"]);
    assert_eq!(told(&parse_in_rome(&nested(30_000))), ["TOO_DEEP@64..65"]);
    let negated = |depth: usize| format!("a {}b", "NOT ".repeat(depth));
    assert!(parse_in_rome(&negated(QUERY_DEPTH_MAX)).query.is_some());
    assert_eq!(told(&parse_in_rome(&negated(16_000))), ["TOO_DEEP@258..261"]);
    assert_eq!(told(&parse_in_rome(&format!("a {}b{}", "-(".repeat(100), ")".repeat(100)))), ["TOO_DEEP@66..67"]);
}

/// Work grows with the length of the text, whatever it is made of: each of these takes milliseconds.
#[test]
fn long_soups_are_cheap_and_the_list_of_problems_is_bounded() {
    let pieces = [
        "(",
        ")",
        "\"",
        "NOT ",
        "-(",
        "a OR b ",
        "x:",
        "x: ",
        "lang:",
        "lang:q ",
        "a NEAR/1 ",
        "a NEAR/100 ",
        "(a OR b) NEAR/1 ",
        "\"a b\"~1 ",
        "ab*c?d* ",
        "*",
        "a*",
        "~a ",
        "{A b} ",
        "{\"",
        "-a a ",
        "lang:it lang:ru ",
        "search:a ",
        "[",
        "[ ",
        "likes:[ ",
        "{",
        "{ ",
        "<<<",
        "title:(",
        "(a OR b ",
        "~\"a",
        "ש\"",
    ];
    for piece in pieces {
        let parsed = parse_in_rome(&piece.repeat(QUERY_BYTES_MAX / piece.len()));
        assert!(parsed.problems.len() <= PROBLEMS_MAX, "{piece}");
        let bytes: usize = parsed.problems.iter().flat_map(|problem| &problem.suggestion).map(String::len).sum();
        assert!(bytes <= 2 * QUERY_BYTES_MAX, "{piece}");
    }
}

#[test]
fn errors_are_kept_before_warnings() {
    let text = format!("{} note:b", "a and ".repeat(PROBLEMS_MAX + 10));
    let parsed = parse_in_rome(&text);
    assert_eq!(parsed.problems.len(), PROBLEMS_MAX);
    assert!(told(&parsed).last().is_some_and(|last| last.starts_with("UNKNOWN_FIELD")));
}
