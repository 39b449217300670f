mod model;
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
