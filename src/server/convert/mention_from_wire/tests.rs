use super::*;

const NOW: &str = "2026-11-20T12:00:00.123456Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn at(time: &str) -> Option<prost_types::Timestamp> {
    let time: Timestamp = time.parse().unwrap();
    Some(prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() })
}

fn sample() -> wire::Mention {
    wire::Mention {
        platform: "twitter".to_owned(),
        external_id: "77".to_owned(),
        text: "La batteria dura poco, qualcuno mi aiuta?".to_owned(),
        created_at: at("2026-11-20T11:59:00Z"),
        ..Default::default()
    }
}

/// Takes the sample after a change and shows what is wrong with it.
fn fault(change: impl FnOnce(&mut wire::Mention)) -> String {
    let mut mention = sample();
    change(&mut mention);
    mention_from_wire(mention, now())
        .map_or_else(|rejection| rejection.to_string(), |taken| format!("taken: {taken:?}"))
}

fn taken(change: impl FnOnce(&mut wire::Mention)) -> Mention {
    let mut mention = sample();
    change(&mut mention);
    mention_from_wire(mention, now()).unwrap()
}

fn author(mention: &mut wire::Mention) -> &mut wire::Author {
    mention.author.get_or_insert_default()
}

#[test]
fn every_fault_names_its_field_and_the_mend() {
    type Change<'a> = &'a dyn Fn(&mut wire::Mention);
    let table: &[(Change<'_>, &str)] = &[
        (&|m| m.platform.clear(), "platform: is empty; name the platform, e.g. `twitter`"),
        (&|m| m.platform = "Twitter".to_owned(), "platform: `Twitter` has upper-case letters; write `twitter`"),
        (
            &|m| m.platform = "tw itter".to_owned(),
            "platform: `tw itter` has the character ` `; allowed are lower-case letters a to z, digits, `_`, `-` and `.`",
        ),
        (
            &|m| m.platform = "a/b".to_owned(),
            "platform: `a/b` has the character `/`; allowed are lower-case letters a to z, digits, `_`, `-` and `.`",
        ),
        (&|m| m.platform = "x".repeat(65), "platform: has 65 bytes, 64 are allowed; shorten it"),
        (&|m| m.external_id.clear(), "external_id: is empty; give the platform's own id of the mention"),
        (&|m| m.external_id = "x".repeat(513), "external_id: has 513 bytes, 512 are allowed; shorten it"),
        (&|m| m.external_id = "a\nb".to_owned(), "external_id: `a\\nb` has the control character U+000A; remove it"),
        (
            &|m| m.kind = 42,
            "kind: 42 is no known kind; known are 1 post, 2 reply, 3 comment, 4 repost, 5 quote, 6 dm, 7 review",
        ),
        (
            &|m| m.kind = -1,
            "kind: -1 is no known kind; known are 1 post, 2 reply, 3 comment, 4 repost, 5 quote, 6 dm, 7 review",
        ),
        (&|m| author(m).handle = "h".repeat(257), "author.handle: has 257 bytes, 256 are allowed; shorten it"),
        (&|m| author(m).handle = "a\0".to_owned(), "author.handle: `a\\0` has the control character U+0000; remove it"),
        (&|m| author(m).name = "n".repeat(257), "author.name: has 257 bytes, 256 are allowed; shorten it"),
        (&|m| author(m).bio = "b".repeat(2049), "author.bio: has 2049 bytes, 2048 are allowed; shorten it"),
        (&|m| m.title = "t".repeat(1025), "title: has 1025 bytes, 1024 are allowed; shorten it"),
        (&|m| m.text = "t".repeat(1_000_000), "text: has 1000000 bytes, 32768 are allowed; shorten it"),
        (&|m| m.text = " \n".to_owned(), "text: is empty; a mention needs a text, a title, a rating or media"),
        (
            &|m| m.created_at = None,
            "created_at: is missing; give the time its author wrote it, with its zone or in UTC",
        ),
        (
            &|m| m.created_at = Some(prost_types::Timestamp { seconds: 1, nanos: -1 }),
            "created_at: has -1 nanos; 0 to 999,999,999 are allowed",
        ),
        (
            &|m| m.created_at = at("1969-12-31T23:59:59Z"),
            "created_at: 1969-12-31T23:59:59Z is before 1970; check its unit and source",
        ),
        (
            &|m| m.created_at = at("9999-01-01T00:00:00Z"),
            "created_at: 9999-01-01T00:00:00Z is more than 24 hours ahead of the server's clock \
             (2026-11-20T12:00:00.123456Z); check its unit and time zone",
        ),
        (
            &|m| m.created_at = Some(prost_types::Timestamp { seconds: 1_763_640_000_000, nanos: 0 }),
            "created_at: 1763640000000 seconds since 1970 look like milliseconds; divide by 1,000",
        ),
        (
            &|m| m.created_at = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
            "created_at: 9223372036854775807 seconds since 1970 are too far from now to be a date; check the unit",
        ),
        (
            &|m| m.observed_at = at("2026-11-22T12:00:00Z"),
            "observed_at: 2026-11-22T12:00:00Z is more than 24 hours ahead of the server's clock \
             (2026-11-20T12:00:00.123456Z); check its unit and time zone",
        ),
        (
            &|m| m.in_reply_to = "77".to_owned(),
            "in_reply_to: `77` is its own id; a mention cannot answer itself: leave it empty",
        ),
        (
            &|m| m.in_reply_to = "\u{1b}[1m".to_owned(),
            "in_reply_to: `\\u{1b}[1m` has the control character U+001B; remove it",
        ),
        (&|m| m.to_handle = "t".repeat(300), "to_handle: has 300 bytes, 256 are allowed; shorten it"),
        (
            &|m| m.url = "ftp://example.org".to_owned(),
            "url: `ftp://example.org` must begin with `https://` or `http://`",
        ),
        (&|m| m.url = "https:///path".to_owned(), "url: `https:///path` has no host"),
        (
            &|m| m.url = format!("https://e.org/{}", "x".repeat(2048)),
            "url: has 2062 bytes, 2048 are allowed; shorten it",
        ),
        (&|m| m.rating = Some(f64::NAN), "rating: is NaN; a number from 0 to 1000 is allowed"),
        (&|m| m.rating = Some(f64::INFINITY), "rating: is inf; a number from 0 to 1000 is allowed"),
        (&|m| m.rating = Some(-0.5), "rating: is -0.5; a number from 0 to 1000 is allowed"),
        (
            &|m| m.source_language = "deutsch, glaube ich".to_owned(),
            "source_language: `deutsch, glaube ich` is no language tag; write it as in `pt-BR`, or leave it empty",
        ),
        (
            &|m| m.country = "Italia".to_owned(),
            "country: `Italia` is no country code; two letters of ISO 3166-1 are allowed, e.g. `IT`",
        ),
        (
            &|m| m.country = "é".to_owned(),
            "country: `é` is no country code; two letters of ISO 3166-1 are allowed, e.g. `IT`",
        ),
        (&|m| m.tags = vec!["x".to_owned(); 65], "tags: has 65 tags, 64 are allowed; leave some out"),
        (&|m| m.tags = vec!["a".to_owned(), " ".to_owned()], "tags[1]: is empty; leave it out"),
        (&|m| m.tags = vec!["x".repeat(65)], "tags[0]: has 65 bytes, 64 are allowed; shorten it"),
        (&|m| m.tags = vec!["a\tb".to_owned()], "tags[0]: `a\\tb` has the control character U+0009; remove it"),
        (
            &|m| m.media = vec!["https://e.org/1".to_owned(); 65],
            "media: has 65 addresses, 64 are allowed; leave some out",
        ),
        (&|m| m.media = vec!["x".to_owned()], "media[0]: `x` must begin with `https://` or `http://`"),
        (&|m| m.media = vec![String::new()], "media[0]: is empty; leave it out"),
    ];
    for (change, expected) in table {
        assert_eq!(fault(change), *expected);
    }
}

#[test]
fn a_long_value_is_not_repeated_in_full() {
    let message = fault(|m| m.url = "я".repeat(500));
    assert_eq!(message, format!("url: `{}…` must begin with `https://` or `http://`", "я".repeat(64)));
}

#[test]
fn an_id_may_hold_every_letter_but_control_characters() {
    for id in ["a/b//c", "100%", "?q=#", " ", "مرحبا", "e\u{301}", "👩‍👩‍👧", "\u{202e}x", "\\", "\"'<>"]
    {
        assert_eq!(taken(|m| m.external_id = id.to_owned()).name.external_id, id);
    }
}

#[test]
fn a_kind_that_is_not_told_follows_from_the_parent() {
    assert_eq!(taken(|_| ()).kind, Kind::Post);
    assert_eq!(taken(|m| m.in_reply_to = "76".to_owned()).kind, Kind::Reply);
    assert_eq!(taken(|m| (m.kind, m.in_reply_to) = (3, "76".to_owned())).kind, Kind::Comment);
}

#[test]
fn handles_lose_their_sign_and_tags_get_one_spelling() {
    let mention = taken(|m| {
        author(m).handle = "@Anna".to_owned();
        m.to_handle = "＠サポート".to_owned();
        m.tags = vec![" VIP ".to_owned(), "vip".to_owned(), "ÄRGER".to_owned()];
        m.country = "it".to_owned();
    });
    assert_eq!(mention.author.handle, "Anna");
    assert_eq!(mention.to_handle.as_deref(), Some("サポート"));
    assert_eq!(mention.tags, ["vip", "ärger"]);
    assert_eq!(mention.country.as_deref(), Some("IT"));
}

#[test]
fn absent_is_none_and_observed_now() {
    let mention = taken(|_| ());
    assert_eq!(mention.observed_at, now());
    assert_eq!((mention.in_reply_to, mention.to_handle, mention.url), (None, None, None));
    assert_eq!((mention.rating, mention.source_language, mention.country), (None, None, None));
}

#[test]
fn times_are_whole_microseconds_and_a_day_ahead_is_taken() {
    let mention = taken(|m| {
        m.created_at = at("1970-01-01T00:00:00.000000999Z");
        m.observed_at = at("2026-11-21T12:00:00.123456789Z");
    });
    assert_eq!(mention.created_at, Timestamp::UNIX_EPOCH);
    assert_eq!(mention.observed_at, "2026-11-21T12:00:00.123456Z".parse::<Timestamp>().unwrap());
}

#[test]
fn no_words_are_fine_with_a_rating_or_a_picture() {
    assert_eq!(taken(|m| (m.text, m.rating) = (String::new(), Some(1.0))).rating, Some(1.0));
    assert_eq!(taken(|m| (m.text, m.media) = (String::new(), vec!["HTTPS://e.org/1.jpg".to_owned()])).text, "");
}

#[test]
fn texts_for_reading_keep_what_people_paste() {
    let mention = taken(|m| {
        m.text = "a\0\u{1b}[31m\r\n\tb".to_owned();
        author(m).name = "Zoë\u{85}".to_owned();
    });
    assert_eq!(mention.text, "a\0\u{1b}[31m\r\n\tb");
    assert_eq!(mention.author.name, "Zoë\u{85}");
}

mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::server::convert::version_to_wire::mention_to_wire;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![1 => any::<String>(), 8 => "[a-zA-Zé0-9.@_-]{0,6}", 8 => Just(String::new())]
    }

    fn address() -> impl Strategy<Value = String> {
        prop_oneof![1 => text(), 8 => "https?://[a-zé]{1,4}[/?#]?.{0,4}"]
    }

    fn time() -> impl Strategy<Value = Option<prost_types::Timestamp>> {
        let seconds = prop_oneof![1 => any::<i64>(), 8 => 0..1_700_000_000_i64];
        let nanos = prop_oneof![1 => any::<i32>(), 8 => 0..1_000_000_000];
        proptest::option::of((seconds, nanos).prop_map(|(seconds, nanos)| prost_types::Timestamp { seconds, nanos }))
    }

    prop_compose! {
        fn anything()(
            platform in prop_oneof![8 => "[a-z]{1,4}", 1 => ".{0,4}"],
            texts in proptest::array::uniform7(text()),
            url in prop_oneof![Just(String::new()), address()],
            external_id in ".{1,8}",
            kind in -1..9,
            times in [time(), time()],
            rating in prop_oneof![4 => Just(None), 1 => proptest::option::of(any::<f64>()), 4 => (0.0..9.0_f64).prop_map(Some)],
            country in prop_oneof![8 => "([a-zA-Z]{2})?", 1 => ".{0,3}"],
            tags in proptest::collection::vec("[ a-zÄİ]{2,4}", 0..3),
            media in proptest::collection::vec(address(), 0..3),
        ) -> wire::Mention {
            let [handle, name, bio, title, text, in_reply_to, to_handle] = texts;
            let [created_at, observed_at] = times;
            let author = Some(wire::Author { handle, name, bio, ..Default::default() });
            wire::Mention {
                platform, external_id, kind, author, title, text, created_at, observed_at, in_reply_to, to_handle, url,
                rating, country, tags, media, ..Default::default()
            }
        }
    }

    proptest! {
        /// Whatever comes in, it is taken or rejected with a field; and what was taken is taken as it is when it is sent
        /// again as the server tells it.
        #[test]
        fn anything_is_taken_or_rejected_and_taken_again_as_it_is(wire in anything()) {
            match mention_from_wire(wire, now()) {
                Err(rejection) => prop_assert!(!rejection.field.is_empty() && !rejection.message.is_empty()),
                Ok(mention) => prop_assert_eq!(mention_from_wire(mention_to_wire(&mention), now()), Ok(mention)),
            }
        }
    }
}
