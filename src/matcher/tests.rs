mod random;

use super::*;
use crate::{
    base::Timestamp,
    model::{Author, Kind, Mention, MentionName},
    query::{Document, Query, document::Needed, parse},
};

fn document(title: &str, text: &str) -> Document {
    let name = MentionName { platform: "vk".into(), external_id: "7".into() };
    let mention = Mention {
        author: Author { handle: "Anna".into(), followers: Some(120), ..Author::default() },
        title: title.into(),
        text: text.into(),
        url: Some("https://www.shop.it/caffe?id=3".into()),
        country: Some("IT".into()),
        ..Mention::new(name, Kind::Post, Timestamp::from_second(1_790_000_000).unwrap())
    };
    Document::of_mention(&mention, &Needed::ALL)
}

fn query(text: &str) -> Query {
    let parsed = parse(text, &jiff::tz::TimeZone::UTC);
    parsed.query.unwrap_or_else(|| panic!("{text}: {:?}", parsed.problems)).closed().unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_003_600).unwrap()
}

#[test]
fn evaluates_what_the_language_promises() {
    let held = document("Un caffè a Roma", "東京 e ёлка: #Fail! Apple Music non va 😡 https://a.it/x @Bob");
    for (text, expected) in [
        ("*", true),
        ("caffe", true),
        ("caffè", true),
        ("caffé", false),
        ("елка", true),
        ("ёлка fail #fail", true),
        ("\"apple music\"", true),
        ("\"music apple\"", false),
        // One field has to hold the whole phrase.
        ("\"roma 東京\"", false),
        ("title:roma", true),
        ("text:roma", false),
        ("bob", false),
        ("@bob mentions:BOB", true),
        ("京 😡", true),
        ("milano OR roma", true),
        ("roma AND NOT apple", false),
        ("roma AND (milano OR NOT bologna)", true),
        ("from:@ANNA platform:vk type:post country:it", true),
        ("site:shop.it site:it url:shop.it/caffe link:a.it", true),
        ("site:hop.it", false),
        ("has:link has:emoji has:hashtag has:handle", true),
        ("has:question", false),
        ("followers:100..120", true),
        ("followers:>120", false),
        ("NOT likes:* AND roma", true),
        ("published:>now-2h", true),
        ("published:<now-2h", false),
        ("id:vk/7", true),
    ] {
        assert_eq!(evaluate(&query(text).root, &held, now()), expected, "{text}");
    }
}

#[test]
fn marks_the_places_that_matched_and_no_others() {
    let text = "Apple Music non va, apple!";
    let held = document("", text);
    for (asked, expected) in [
        ("\"apple music\"", vec!["Apple Music"]),
        ("apple", vec!["Apple", "apple"]),
        ("apple AND NOT milano", vec!["Apple", "apple"]),
        ("(va AND milano) OR non", vec!["non"]),
        ("country:it", vec![]),
    ] {
        let found = highlights(&query(asked).root, &held, now());
        let marked: Vec<&str> = found.iter().map(|(_, span)| &text[span.range()]).collect();
        assert_eq!(marked, expected, "{asked}");
    }
}

#[test]
fn a_set_finds_what_matches_and_forgets_what_is_removed() {
    let held = document("Un caffè", "東京 non va");
    let texts = ["caffe OR tè", "caffe va", "*", "country:it", "followers:>1", "NOT caffe AND *", "roma", "東京"];
    let mut set = QuerySet::default();
    for (id, text) in (0..).zip(texts) {
        set.insert(QueryId(id), &query(text));
    }
    // In place of the one that had the id.
    set.insert(QueryId(6), &query("va AND NOT roma"));
    let matching = |set: &QuerySet| set.matching(&held, now()).iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(matching(&set), [0, 1, 2, 3, 4, 6, 7]);
    for id in [0, 2, 3, 7] {
        assert!(set.remove(QueryId(id)));
        assert!(!set.remove(QueryId(id)));
    }
    assert_eq!(matching(&set), [1, 4, 6]);
    assert_eq!(set.len(), 4);
}

#[test]
fn a_query_costs_what_it_is_filed_under() {
    let statistics = StreamStatistics::default();
    for number in 0..2_000 {
        let text = if number % 10 == 0 { "the battery is empty" } else { "the sun" };
        statistics.count(&document("", text));
    }
    for (text, class, filed_under) in [
        ("the battery", CostClass::Words, vec!["battery"]),
        ("(battery OR akku) the", CostClass::Words, vec!["battery", "akku"]),
        ("\"the battery\"", CostClass::Words, vec!["battery"]),
        ("the NOT battery", CostClass::Words, vec!["the"]),
        ("title:batt* the", CostClass::Words, vec!["title:batt*"]),
        ("from:berta the", CostClass::Words, vec!["from:berta"]),
        ("platform:vk sentiment:negative", CostClass::Filter, vec!["sentiment:negative"]),
        ("followers:>10", CostClass::Filter, vec![]),
        ("* NOT battery", CostClass::Always, vec![]),
    ] {
        let cost = Cost::of(&query(text), &statistics);
        let found: Vec<&str> = cost.filed_under.iter().map(|held| held.what.as_str()).collect();
        assert_eq!((cost.class, found), (class, filed_under), "{text}");
    }
    let share = |text: &str| Cost::of(&query(text), &statistics).wakes_up_on;
    assert!((0.08..0.12).contains(&share("battery")), "{}", share("battery"));
    assert!((0.08..0.12).contains(&share("batt*")), "{}", share("batt*"));
    assert!(share("the") > 0.9 && share("akku") < 0.001 && share("* NOT battery") >= 1.0);
}

#[test]
fn frequencies_follow_the_stream() {
    let statistics = StreamStatistics::default();
    let asked = query("battery");
    let share = || Cost::of(&asked, &statistics).wakes_up_on;
    let before = share();
    for _ in 0..20_000 {
        statistics.count(&document("", "battery"));
    }
    assert!(share() > 0.9, "{}", share());
    let other = document("", "sun");
    for _ in 0..60_000 {
        statistics.count(&other);
    }
    assert!(share() < 0.4 && share() > before, "{}", share());
}

#[test]
fn queries_are_counted_by_how_they_are_found() {
    let mut set = QuerySet::default();
    let texts = ["battery", "* NOT sun", "lang:it", "lang:it", "sentiment:negative lang:de", "sun OR followers:>5"];
    for (id, text) in (0..).zip(texts) {
        set.insert(QueryId(id), &query(text));
    }
    let expected = Census { queries: 6, in_delta: 6, always: 2, filters: 3, classes: 2, shared_sets: 0, entries: 1 };
    assert_eq!(set.census(), expected);
    set.merge();
    assert_eq!(set.census(), Census { in_delta: 0, ..expected });
}

#[test]
fn a_delta_that_has_grown_wants_a_merge_and_a_base_that_fits_no_longer_too() {
    let statistics = std::sync::Arc::new(StreamStatistics::default());
    let mut set = QuerySet::new(std::sync::Arc::clone(&statistics));
    for id in 0..3_000 {
        set.insert(QueryId(id), &query(&format!("sun word{id}")));
    }
    assert!(set.wants_merge());
    set.merge();
    assert!(!set.wants_merge());
    // Nothing was known when it was filed; by now much is.
    for _ in 0..200 {
        statistics.count(&document("", "sun"));
    }
    assert!(set.wants_merge());
    set.merge();
    assert!(!set.wants_merge());
    // A word that was rare is in every mention.
    let (usual, flood) = (document("", "sun"), document("", "word7 word8 word9"));
    for id in 3_000..3_300 {
        set.insert(QueryId(id), &query(&format!("word7 NOT rain{id}")));
    }
    set.merge();
    for _ in 0..10_000 {
        assert!(set.matching(&usual, now()).is_empty());
    }
    assert!(!set.wants_merge());
    for _ in 0..10_000 {
        assert_eq!(set.matching(&flood, now()).len(), 300);
    }
    assert!(set.wants_merge());
}
