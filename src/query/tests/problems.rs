//! What is said of faulty queries, and where.

use jiff::tz::TimeZone;

use super::{parse_in_rome, told};
use crate::query::{ProblemCode, contradiction, time_zone};

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
    ("likes:{1 TO 5}", &["NOT_FOR_FIELD@6..14"]),
    (
        "tag:{VIP} brand:~luna lang:\"a b\"~4",
        &["NOT_FOR_FIELD@4..9 \"VIP\"", "NOT_FOR_FIELD@16..21 \"luna\"", "NOT_FOR_FIELD@27..34 \"a b\""],
    ),
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
    // NEAR and windows.
    ("a NEAR b", &["MISSING_DISTANCE@2..6 NEAR/5"]),
    ("a NEAR/101 b ONEAR/5000000000 c", &["DISTANCE_TOO_LONG@2..10 NEAR/100", "DISTANCE_TOO_LONG@13..29 NEAR/100f"]),
    ("\"a b\"~101", &["DISTANCE_TOO_LONG@5..9 ~100"]),
    ("a NEAR/5 (b c)", &["NEAR_OPERAND@10..13"]),
    ("(a AND b) NEAR/5 c", &["NEAR_OPERAND@1..8"]),
    ("(a OR -b) NEAR/5 c", &["NEAR_OPERAND@6..8"]),
    ("(a OR b c) NEAR/5 d", &["MIXED_OPERATORS@1..9 a OR (b c)"]),
    ("title:a NEAR/5 title:b", &["NEAR_OPERAND@0..7", "NEAR_OPERAND@15..22"]),
    ("a NEAR/5 lang:it", &["NEAR_OPERAND@9..16"]),
    ("a NEAR/5 x:y", &["NEAR_OPERAND@9..12 \"x:y\""]),
    ("a NEAR/5 \"b c\"~2", &["NEAR_OPERAND@9..16"]),
    ("a NEAR/5 *", &["NEAR_OPERAND@9..10"]),
    ("lang:(it NEAR/5 de)", &["NEAR_OPERAND@9..15"]),
    ("a NEAR/100 b NEAR/100 c NEAR/100 d NEAR/100 e NEAR/100 f", &["PATTERN_TOO_WIDE@0..56"]),
    // Wildcards and letter case.
    ("*phone ?a", &["BAD_WILDCARD@0..6 phone", "BAD_WILDCARD@7..9 a"]),
    ("f*ck c*", &["BAD_WILDCARD@0..4 \"f\\*ck\"", "BAD_WILDCARD@5..7 \"c\\*\""]),
    ("\"a *phone\"", &["BAD_WILDCARD@0..10 \"a \\*phone\""]),
    ("東京* กรุงเทพ?", &["BAD_WILDCARD@0..7 東京", "BAD_WILDCARD@8..30 กรุงเทพ"]),
    ("{Appl*} ~charg*", &["BAD_WILDCARD@0..7 Appl*", "BAD_WILDCARD@8..15 charg*"]),
    ("tag:a*", &["BAD_WILDCARD@4..6 \"a*\""]),
    ("why? organi?e", &["!QUESTION_MARK@0..4 why"]),
    ("\"why? how are you?\" perché？", &[]),
    ("{} ~\"\"", &["NOTHING_TO_SEARCH@0..2", "NOTHING_TO_SEARCH@3..6"]),
    ("colour~2", &["NOT_SUPPORTED@0..8 \"colour~2\""]),
    // References and samples.
    ("search: a", &["MISSING_VALUE@0..9 search:a"]),
    ("search:* from:list:", &["MISSING_VALUE@0..8", "MISSING_VALUE@9..19"]),
    ("sample:0 sample:101 sample:few", &["BAD_RANGE@7..8", "BAD_RANGE@16..19", "BAD_RANGE@27..30"]),
    // What no mention can match.
    ("lang:it lang:ru", &["!NEVER_MATCHES@8..15"]),
    ("lang:(it OR de) tea lang:(ru OR de) lang:it", &["!NEVER_MATCHES@36..43"]),
    ("lang:it OR lang:ru tag:a tag:b", &["MIXED_OPERATORS@0..30 lang:it OR (lang:ru tag:a tag:b)"]),
    ("tag:a tag:b is:own is:verified mentions:a mentions:b", &[]),
    ("likes:>10 likes:<5", &["!NEVER_MATCHES@10..18"]),
    ("published:2026-11-01 published:>2026-11-02", &["!NEVER_MATCHES@21..42"]),
    ("published:>now-1h published:<2020-01-01", &[]),
    ("tea -tea", &["!NEVER_MATCHES@5..8"]),
    ("-title:Tea (a OR title:tea) title:Tea", &["!NEVER_MATCHES@28..37"]),
    ("stage:y sla:x", &["UNKNOWN_VALUE@6..7", "UNKNOWN_VALUE@12..13"]),
    ("priority:low sla:ok turns:>3 assignee:* is:conflict status:(snoozed OR none)", &[]),
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
        "TOO_LONG",
        "TOO_MANY_TERMS",
        "TOO_MANY_WILDCARDS",
        "TOO_DEEP",
        "PHRASE_TOO_LONG",
        "WINDOW_TOO_LONG",
        "UNKNOWN_SEARCH",
        "CIRCULAR_SEARCH",
        "BROKEN_SEARCH",
        "UNKNOWN_LIST",
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
    let mut examples = 0;
    for line in description.lines() {
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
    let (_, words) = description.split_once("## Words\n").expect("the chapter");
    let (words, _) = words.split_once("## Fields").expect("the next but one");
    let mut forms = 0;
    for line in words.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (written, _) = line.split_once(" | ").expect("a table");
        for example in format!("`{written}").split('`').skip(1).step_by(2) {
            assert_eq!(told(&parse_in_rome(&format!("* ({example})"))), Vec::<String>::new(), "{example}");
            forms += 1;
        }
    }
    assert!(forms > 30, "only {forms}");
}

#[test]
fn a_query_that_as_a_whole_can_never_match_is_told_from_one_with_such_a_part() {
    for (text, never) in [
        ("tea -tea", true),
        ("lang:it (tea lang:ru)", true),
        ("(tea -tea) OR (likes:>10 likes:<5)", true),
        ("coffee (tea -tea)", true),
        ("coffee OR (tea -tea)", false),
        ("coffee -(tea -tea)", false),
        ("tea", false),
        ("tea AND", false),
    ] {
        assert_eq!(contradiction(text, &TimeZone::UTC).is_some(), never, "{text}");
    }
}
