//! Whatever a query text is: it is read without a panic, its problems lie inside it, and what it prints reads as the same query.
#![no_main]

use ascolto::query::parse;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(text, &TimeZone::UTC);
    for problem in &parsed.problems {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
    }
    if let Some(query) = parsed.query {
        let printed = query.to_string();
        let again = parse(&printed, &TimeZone::UTC);
        let Some(again) = again.query else { panic!("{printed} is refused: {:?}", again.problems) };
        assert_eq!(again.without_spans(), query.without_spans(), "{printed}");
    }
});
