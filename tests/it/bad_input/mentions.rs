//! One mention with one fault.

use ascolto::proto::v1::{Author, Mention, Outcome};
use prost_types::Timestamp;

use crate::support::{TestServer, mention};

fn at_second(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_told_with_its_field_and_its_mend() {
    let server = TestServer::start().await;
    let good = || mention("good", "guter Text", 0);
    let (year_9998, last_of_9999) = (253_360_000_000, 253_402_300_799);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let faults: [(Mention, &str, &[&str]); 23] = [
        (Mention { text: String::new(), ..good() }, "text", &["empty", "a title, a rating or media"]),
        (Mention { text: " \u{3000}\n".to_owned(), ..good() }, "text", &["empty"]),
        (Mention { text: "я".repeat(512 * 1024), ..good() }, "text", &["1048576 bytes", "32768", "shorten"]),
        (Mention { title: "題".repeat(400), ..good() }, "title", &["1200 bytes", "1024"]),
        (Mention { platform: String::new(), ..good() }, "platform", &["empty", "twitter"]),
        (Mention { platform: "my forum".to_owned(), ..good() }, "platform", &["` `", "allowed"]),
        (Mention { external_id: String::new(), ..good() }, "external_id", &["empty", "own id"]),
        (Mention { external_id: "x".repeat(513), ..good() }, "external_id", &["513 bytes", "512"]),
        (Mention { external_id: "a\u{0}".to_owned(), ..good() }, "external_id", &["U+0000", "remove"]),
        (Mention { in_reply_to: "good".to_owned(), ..good() }, "in_reply_to", &["answer itself", "leave it empty"]),
        (Mention { created_at: None, ..good() }, "created_at", &["missing", "UTC"]),
        (Mention { created_at: at_second(year_9998), ..good() }, "created_at", &["9998-", "24 hours", "clock"]),
        (Mention { created_at: at_second(last_of_9999), ..good() }, "created_at", &["too far", "check the unit"]),
        (Mention { created_at: at_second(-1), ..good() }, "created_at", &["before 1970", "check its unit"]),
        (Mention { created_at: at_second(i64::MAX), ..good() }, "created_at", &["too far", "check the unit"]),
        (Mention { created_at: at_second(i64::MIN), ..good() }, "created_at", &["too far", "check the unit"]),
        (Mention { created_at: at_second(now * 1000), ..good() }, "created_at", &["milliseconds", "divide by 1,000"]),
        (Mention { observed_at: at_second(now + 90_000), ..good() }, "observed_at", &["ahead of the server's clock"]),
        (Mention { observed_at: Some(Timestamp { seconds: 1, nanos: -5 }), ..good() }, "observed_at", &["-5 nanos"]),
        (Mention { kind: 99, ..good() }, "kind", &["99", "1 post", "7 review"]),
        (Mention { rating: Some(f64::NAN), ..good() }, "rating", &["NaN", "0 to 1000"]),
        (Mention { url: "javascript:alert(1)".to_owned(), ..good() }, "url", &["`https://`"]),
        (
            Mention { author: Some(Author { bio: "b".repeat(2049), ..Author::default() }), ..good() },
            "author.bio",
            &["2049 bytes", "2048"],
        ),
    ];
    for (faulty, field, words) in faults {
        // Between two good ones, which it does not harm.
        let told = server.ingest(vec![good(), faulty, good()]).await;
        let rejection = told[1].rejection.as_ref().unwrap_or_else(|| panic!("{field} {words:?} was taken"));
        assert_eq!((told[1].outcome(), told[1].seq, rejection.field.as_str()), (Outcome::Rejected, 0, field));
        for word in words {
            assert!(rejection.message.contains(word), "no {word:?} in {:?}", rejection.message);
        }
        assert_eq!((told[0].seq, told[2].seq), (1, 1));
    }
    assert_eq!(server.engine.status().recorded_seq.0, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_strange_is_taken_as_it_is() {
    let server = TestServer::start().await;
    let strange = vec![
        mention("longest", &"長い話 ".repeat(3276), 0),
        mention("one word", &"ы".repeat(16_000), 1),
        mention("controls", "a\u{0}b\u{7}c\u{1b}[31md\r\n", 2),
        mention("marks", &format!("Z{}algo", "\u{300}".repeat(500)), 3),
        mention("directions", "\u{202e}desrever\u{202c} \u{2066}x\u{2069}", 4),
        mention("joined", "👩‍👩‍👧‍👦🏳️‍🌈\u{fffd}\u{feff}\u{10ffff}", 5),
        Mention { created_at: at_second(0), ..mention("1970", "Anbeginn", 6) },
        Mention { text: String::new(), rating: Some(0.0), ..mention("stars", "", 7) },
    ];
    let told = server.ingest(strange.clone()).await;
    assert!(told.iter().all(|told| told.outcome() == Outcome::Created), "{told:?}");
    for sent in strange {
        let request = ascolto::proto::v1::GetRequest { name: format!("forum/{}", sent.external_id) };
        let known = server.client.search().get(request).await.unwrap().into_inner().mention.unwrap();
        assert!(known.text == sent.text && known.created_at == sent.created_at, "{}", sent.external_id);
    }
    assert_eq!(server.found("*").await.len(), 8);
    assert_eq!(server.found("\"長い話 長い話\"").await, ["longest"]);
    server.stop().await;
}
