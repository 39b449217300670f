//! What queries refer to, put in its place.

use jiff::tz::TimeZone;

use super::super::{Library, Problem, Query, Referent, SavedText, parse, resolve};
use crate::base::limits::{QUERY_DEPTH_MAX, RESOLVED_TERMS_MAX};

/// Saved searches by id; lists by name.
struct Shelf(Vec<(String, String)>);

impl Library for Shelf {
    fn saved_search(&self, id: &str) -> Option<SavedText> {
        let (_, text) = self.0.iter().find(|(known, _)| known == id)?;
        Some(SavedText { text: text.clone(), zone: TimeZone::UTC })
    }

    fn list(&self, name: &str) -> Option<Vec<String>> {
        (name == "vip").then(|| ["@Bob", "anna", "ANNA", ""].map(str::to_owned).to_vec())
    }

    fn names(&self, of: Referent) -> Vec<String> {
        match of {
            Referent::SavedSearch => self.0.iter().map(|(id, _)| id.clone()).collect(),
            Referent::List => vec!["vip".to_owned()],
        }
    }
}

fn shelf(saved: &[(&str, &str)]) -> Shelf {
    Shelf(saved.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect())
}

fn resolved(text: &str, shelf: &Shelf) -> Result<Query, Vec<Problem>> {
    resolve(parse(text, &TimeZone::UTC).query.expect(text), shelf)
}

#[test]
fn references_become_what_they_stand_for() {
    let shelf = shelf(&[
        ("crisis", "outage OR blackout"),
        ("calm", "search:crisis tea"),
        ("all", "*"),
        ("vips", "from:list:VIP -search:crisis"),
    ]);
    for (text, expected) in [
        ("search:crisis", "outage OR blackout"),
        ("search:crisis tea", "(outage OR blackout) AND tea"),
        ("search:crisis OR fire", "outage OR blackout OR fire"),
        ("search:calm green", "(outage OR blackout) AND tea AND green"),
        ("search:all NOT search:calm", "* AND NOT ((outage OR blackout) AND tea)"),
        ("search:vips", "from:(anna OR bob) AND NOT (outage OR blackout)"),
        ("to:list:vip", "to:(anna OR bob)"),
    ] {
        assert_eq!(resolved(text, &shelf).expect(text).to_string(), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_put_in_place_is_told_at_the_reference() {
    let mut saved = vec![
        ("a", "search:b x"),
        ("b", "search:a y"),
        ("self", "search:self OR x"),
        ("broken", "lang:italian"),
        ("crisis", "outage"),
    ];
    // Each doubles the one before: a query of a few words would have more words than there are atoms.
    let doubles: Vec<(String, String)> =
        (0..40).map(|n| (format!("d{}", n + 1), format!("search:d{n} OR (search:d{n} x)"))).collect();
    saved.push(("d0", "* OR *"));
    saved.extend(doubles.iter().map(|(id, text)| (id.as_str(), text.as_str())));
    let chain: Vec<(String, String)> =
        (0..QUERY_DEPTH_MAX + 2).map(|n| (format!("c{}", n + 1), format!("search:c{n}"))).collect();
    saved.push(("c0", "x"));
    saved.extend(chain.iter().map(|(id, text)| (id.as_str(), text.as_str())));
    let shelf = shelf(&saved);
    let deepest = format!("search:c{}", QUERY_DEPTH_MAX + 1);
    for (text, expected) in [
        ("x search:crisi", "UNKNOWN_SEARCH@2..14"),
        ("x from:list:vips", "UNKNOWN_LIST@2..16"),
        ("x search:a", "CIRCULAR_SEARCH@2..10"),
        ("search:self", "CIRCULAR_SEARCH@0..11"),
        ("x search:broken", "BROKEN_SEARCH@2..15"),
        ("search:d40", "TOO_MANY_TERMS@0..10"),
        (deepest.as_str(), "TOO_DEEP@0..10"),
    ] {
        let problems = resolved(text, &shelf).expect_err(text);
        let told: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}@{}..{}", problem.code.name(), problem.span.start, problem.span.end))
            .collect();
        assert_eq!(told, [expected], "{text}: {problems:?}");
    }
    assert!(resolved(&format!("search:c{QUERY_DEPTH_MAX}"), &shelf).is_err());
    assert!(resolved(&format!("search:c{}", QUERY_DEPTH_MAX - 1), &shelf).is_ok());
    assert!(RESOLVED_TERMS_MAX > 2000, "a query within its own limit refers to at least one other");
}
