//! What is said of faulty queries, and where.

use super::{parse_in_rome, told};
use crate::query::{ProblemCode, time_zone};

/// Text, and the problems as `CODE@start..end suggestion`; `!` marks a warning.
const TABLE: &[(&str, &[&str])] = &[
    ("", &["EMPTY@0..0"]),
    ("  <<< only a comment >>> ", &["EMPTY@0..25"]),
    // Operators.
    ("apple OR pear AND plum", &["MIXED_OPERATORS@0..22 apple OR (pear AND plum)"]),
    ("a b OR c", &["MIXED_OPERATORS@0..8 (a b) OR c"]),
    ("x (a OR b c OR -d) y", &["MIXED_OPERATORS@3..17 a OR (b c) OR -d"]),
    ("東京 OR 大阪 京都", &["MIXED_OPERATORS@0..23 東京 OR (大阪 京都)"]),
    ("a OR b AND", &["MISSING_OPERAND@7..10 "]),
    ("a and b", &["!LOWER_CASE_OPERATOR@2..5 AND"]),
    ("قهوة or شاي", &["!LOWER_CASE_OPERATOR@9..11 OR"]),
    ("a Not b", &["!LOWER_CASE_OPERATOR@2..5 NOT"]),
    ("not b", &["!LOWER_CASE_OPERATOR@0..3 NOT"]),
    ("a near/5 b", &["!LOWER_CASE_OPERATOR@2..8 NEAR/5"]),
    ("a and", &[]),
    ("a \"and\" b", &[]),
    ("AND a", &["MISSING_OPERAND@0..3 "]),
    ("a OR", &["MISSING_OPERAND@2..4 "]),
    ("a AND OR b", &["MISSING_OPERAND@6..8 "]),
    ("a (OR)", &["MISSING_OPERAND@3..5 "]),
    ("a NOT", &["MISSING_OPERAND@2..5"]),
    ("a NOT AND b", &["MISSING_OPERAND@2..5"]),
    ("NEAR/3 a", &["MISSING_OPERAND@0..6 "]),
    ("a NEAR/3", &["MISSING_OPERAND@2..8 "]),
    ("NOT a", &["ONLY_NEGATION@0..5 * NOT a"]),
    ("-a -b", &["ONLY_NEGATION@0..5 * -a -b"]),
    ("a OR NOT b", &["ONLY_NEGATION@0..10 * AND (a OR NOT b)"]),
    ("-lang:it", &["ONLY_NEGATION@0..8 * -lang:it"]),
    // Brackets, quotes, comments.
    ("(a OR b", &["UNBALANCED_BRACKET@0..7 (a OR b)"]),
    ("a) b", &["UNBALANCED_BRACKET@1..2 "]),
    ("((a (b", &["UNBALANCED_BRACKET@0..1", "UNBALANCED_BRACKET@1..2", "UNBALANCED_BRACKET@4..5"]),
    ("）咖啡", &["UNBALANCED_BRACKET@0..3 "]),
    ("{Apple", &["UNBALANCED_BRACKET@0..1"]),
    ("likes:[5 TO a", &["UNBALANCED_BRACKET@6..7"]),
    ("a ()", &["EMPTY_BRACKETS@2..4"]),
    ("title:( )", &["EMPTY_BRACKETS@6..9"]),
    ("a \"b c ", &["UNCLOSED_QUOTE@2..7 \"b c\""]),
    ("„Größe", &["UNCLOSED_QUOTE@0..10 „Größe”"]),
    ("a <<< b", &["UNCLOSED_COMMENT@2..7 <<< b >>>"]),
    // Fields and values.
    ("langauge:it", &["UNKNOWN_FIELD@0..9 lang:"]),
    ("user:(a OR b)", &["UNKNOWN_FIELD@0..5 from:"]),
    ("note:this", &["UNKNOWN_FIELD@0..9 \"note:this\""]),
    ("note: this", &["UNKNOWN_FIELD@0..5"]),
    ("язык:ru", &["UNKNOWN_FIELD@0..11 \"язык:ru\""]),
    ("see http://a.b/c?d", &["UNKNOWN_FIELD@4..18 link:http://a.b/c?d"]),
    ("lang:italian", &["UNKNOWN_VALUE@5..12 it"]),
    ("lang:protuguese", &["UNKNOWN_VALUE@5..15 pt"]),
    ("lang:pt-BR", &["UNKNOWN_VALUE@5..10 pt"]),
    ("lang:日本語", &["UNKNOWN_VALUE@5..14"]),
    ("country:italy", &["UNKNOWN_VALUE@8..13"]),
    ("country:1t OR country:イタリア", &["UNKNOWN_VALUE@8..10", "UNKNOWN_VALUE@22..34"]),
    ("-is:answered has:URL", &["UNKNOWN_VALUE@1..12 status:answered", "UNKNOWN_VALUE@17..20 link"]),
    ("is:(answered OR own)", &["UNKNOWN_VALUE@4..12"]),
    ("type:(tweet OR post)", &["UNKNOWN_VALUE@6..11 post"]),
    ("sentiment:negativ", &["UNKNOWN_VALUE@10..17 negative"]),
    ("type:(post OR rewiev)", &["UNKNOWN_VALUE@14..20 review"]),
    ("needs:answer", &["UNKNOWN_VALUE@6..12 reply"]),
    ("has:😡", &["UNKNOWN_VALUE@4..8"]),
    ("site:a.b/c", &["UNKNOWN_VALUE@0..10 url:a.b/c"]),
    ("title:-a", &["UNKNOWN_VALUE@0..8 -title:a"]),
    ("title:(a lang:it)", &["NESTED_FIELD@9..14"]),
    ("lang:", &["MISSING_VALUE@0..5"]),
    ("a lang: it", &["MISSING_VALUE@2..10 lang:it"]),
    ("(lang:)", &["MISSING_VALUE@1..6"]),
    ("from:@", &["MISSING_VALUE@0..6"]),
    ("tag:\"\"", &["MISSING_VALUE@0..6"]),
    ("likes:many", &["BAD_RANGE@6..10"]),
    ("likes:1,000", &["BAD_RANGE@6..11"]),
    ("likes:{1 TO 5}", &["NOT_SUPPORTED@6..14"]),
    ("published:yesterday", &["BAD_RANGE@10..19"]),
    ("published:2026-02-30", &["BAD_RANGE@10..20"]),
    ("published:now-24h", &["BAD_RANGE@10..17"]),
    ("published:>now-24y", &["BAD_RANGE@10..18"]),
    ("weekday:8", &["BAD_RANGE@8..9"]),
    ("minute_of_day:24:00", &["BAD_RANGE@14..19"]),
    ("[1 TO 5]", &["BAD_RANGE@0..8"]),
    ("likes:5..1", &["RANGE_BACKWARDS@6..10 1..5"]),
    ("published:[2026-11-21 TO 2026-11-01]", &["RANGE_BACKWARDS@10..36 2026-11-01..2026-11-21"]),
    ("published:now..now-1h", &["RANGE_BACKWARDS@10..21 now-1h..now"]),
    ("...", &["NOTHING_TO_SEARCH@0..3"]),
    ("\"\"", &["NOTHING_TO_SEARCH@0..2"]),
    ("a && b", &["!LOWER_CASE_OPERATOR@2..4 AND"]),
    ("a || b", &["NOTHING_TO_SEARCH@2..4", "!LOWER_CASE_OPERATOR@2..4 OR"]),
    ("AT&T H&M", &[]),
    ("a - b", &["NOTHING_TO_SEARCH@2..3"]),
    ("title:？", &["NOTHING_TO_SEARCH@6..9"]),
    // Forms without execution.
    ("a NEAR/5 b NEAR/2f (c OR d)", &["NOT_SUPPORTED@2..8", "NOT_SUPPORTED@11..18"]),
    ("\"not turn on\"~4", &["NOT_SUPPORTED@0..15"]),
    ("charg* in*fix organi?e", &["NOT_SUPPORTED@0..6", "NOT_SUPPORTED@7..13", "NOT_SUPPORTED@14..22"]),
    ("why?", &["NOT_SUPPORTED@0..4 \"why?\""]),
    ("{Apple} {\"Apple Music\"}", &["NOT_SUPPORTED@0..7", "NOT_SUPPORTED@8..23"]),
    ("~служба", &["NOT_SUPPORTED@0..13"]),
    ("title:~\"a b\"", &["NOT_SUPPORTED@6..12"]),
    ("colour~2", &["NOT_SUPPORTED@0..8"]),
    ("search:abc sample:10", &["NOT_SUPPORTED@0..7", "NOT_SUPPORTED@11..18"]),
    ("topic:x stage:advocacy assignee:*", &["!NO_DATA_YET@23..32"]),
    ("stage:y sla:x", &["UNKNOWN_VALUE@6..7", "!NO_DATA_YET@8..12", "UNKNOWN_VALUE@12..13"]),
    ("priority:low sla:ok turns:>3", &["!NO_DATA_YET@0..9", "!NO_DATA_YET@13..17", "!NO_DATA_YET@20..26"]),
    ("from:list:vip", &["NOT_SUPPORTED@5..13"]),
    ("tag:a*", &["NOT_SUPPORTED@4..6"]),
    ("title:*", &["NOT_SUPPORTED@0..7"]),
    ("is:conflict", &["!NO_DATA_YET@3..11"]),
    ("status:(snoozed OR none)", &["!NO_DATA_YET@8..15"]),
    // All at once, in the order of their places.
    (
        "(langauge:it and likes:5..1) OR \"x",
        &[
            "UNKNOWN_FIELD@1..10 lang:",
            "!LOWER_CASE_OPERATOR@13..16 AND",
            "RANGE_BACKWARDS@23..27 1..5",
            "UNCLOSED_QUOTE@32..34 \"x\"",
        ],
    ),
];

#[test]
fn problems() {
    for &(text, expected) in TABLE {
        let parsed = parse_in_rome(text);
        assert_eq!(told(&parsed), expected, "{text}");
        let has_error = expected.iter().any(|problem| !problem.starts_with('!'));
        assert_eq!(parsed.query.is_none(), has_error, "{text}");
        for problem in parsed.problems {
            assert!(problem.message.len() > 20, "{text}: {}", problem.message);
        }
    }
}

/// A mend that is put in place of its span takes its problem away.
#[test]
fn suggestions_mend() {
    for &(text, _) in TABLE {
        for problem in parse_in_rome(text).problems {
            let Some(suggestion) = &problem.suggestion else { continue };
            let mut mended = text.to_owned();
            mended.replace_range(problem.span.range(), suggestion);
            let still = parse_in_rome(&mended)
                .problems
                .into_iter()
                .find(|other| (other.code, other.span.start) == (problem.code, problem.span.start));
            assert_eq!(still, None, "{text} mended to {mended}");
        }
    }
}

#[test]
fn time_zones() {
    assert_eq!(time_zone("").expect("utc").iana_name(), Some("UTC"));
    assert_eq!(time_zone("europe/rome").expect("rome").iana_name(), Some("Europe/Rome"));
    for (name, suggestion) in [
        ("Europe/Roma", Some("Europe/Rome")),
        ("Rome", Some("Europe/Rome")),
        ("new york", Some("America/New_York")),
        ("日本", None),
    ] {
        let problem = time_zone(name).expect_err(name);
        assert_eq!(problem.code, ProblemCode::UnknownTimeZone);
        assert_eq!(problem.suggestion.as_deref(), suggestion, "{name}");
        assert_eq!(problem.span.range(), 0..name.len());
    }
}

/// Every code is produced by a test of this file or of `limits`, and explained with an example in the catalogue.
#[test]
fn every_code_is_tested_and_explained() {
    let catalogue = include_str!("../../../docs/query-problems.md");
    let elsewhere = [
        "UNKNOWN_SEARCH",
        "CIRCULAR_SEARCH",
        "BROKEN_SEARCH",
        "UNKNOWN_LIST",
        "TOO_LONG",
        "TOO_MANY_TERMS",
        "TOO_DEEP",
        "PHRASE_TOO_LONG",
        "UNKNOWN_TIME_ZONE",
    ];
    for code in ProblemCode::ALL {
        let name = code.name();
        let told = |&(text, _): &(&str, _)| parse_in_rome(text).problems.iter().any(|problem| problem.code == *code);
        assert!(elsewhere.contains(&name) || TABLE.iter().any(told), "{name} is not tested");
        assert!(catalogue.contains(&format!("\n## {name}\n")), "{name} is not in docs/query-problems.md");
    }
    for heading in catalogue.lines().filter_map(|line| line.strip_prefix("## ")) {
        assert!(ProblemCode::ALL.iter().any(|code| code.name() == heading), "{heading} is no code");
    }
}

/// What stands in backticks at the beginning of a chapter of the catalogue are examples of its code.
#[test]
fn examples_of_the_catalogue() {
    let catalogue = include_str!("../../../docs/query-problems.md").replace('\n', " ");
    let mut examples = 0;
    for code in ProblemCode::ALL.iter().filter(|&&code| code != ProblemCode::UnknownTimeZone) {
        let (_, chapter) =
            catalogue.split_once(&format!(" ## {} ", code.name())).unwrap_or_else(|| panic!("{}", code.name()));
        let mut rest = chapter.trim_start_matches("*Warning.* ");
        while let Some((example, behind)) = rest.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
            let told = parse_in_rome(example).problems;
            assert!(told.iter().any(|problem| problem.code == *code), "{example} is not {}: {told:?}", code.name());
            examples += 1;
            rest = behind.trim_start_matches([',', ' ']);
        }
    }
    assert!(examples > 40, "only {examples}");
}

/// The queries that the user's description shows work.
#[test]
fn examples_of_the_description() {
    let description = include_str!("../../../docs/query-language.md");
    let (works, _) = description.split_once("## Known, but not").expect("the chapter");
    let mut examples = 0;
    for line in works.lines() {
        if let Some(query) = line.strip_prefix("    ") {
            assert_eq!(told(&parse_in_rome(query)), Vec::<String>::new(), "{query}");
        }
        for example in line.split('`').skip(1).step_by(2) {
            // Of all that stands in backticks, these are fields with a value.
            let is_query = example.starts_with(char::is_alphabetic)
                && example.split_once(':').is_some_and(|(_, value)| !value.is_empty() && !value.starts_with("//"));
            if is_query && !example.starts_with("field:") {
                assert_eq!(told(&parse_in_rome(&format!("* {example}"))), Vec::<String>::new(), "{example}");
                examples += 1;
            }
        }
    }
    assert!(examples > 20, "only {examples}");
}
