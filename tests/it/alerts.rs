//! Alerts over the wire, and killed at random moments.

use std::{collections::BTreeMap, time::Duration};

use ascolto::{
    client::{Client, IngestStream},
    proto::v1::{
        self as wire, alert::Kind, event::Change, subscribe_request::Start, watch_alerts_request::Start as AlertStart,
        watch_alerts_response::Message,
    },
};
use serde_json::json;
use tonic::{Code, Streaming};

use crate::support::{
    Subscriber, TestServer, mention,
    plain_http::{delete, get, post, send},
    program::Program,
    status::{assert_says, reason},
};

async fn save(client: &Client, id: &str, query: &str) {
    let search = wire::SavedSearch { id: id.into(), query: query.into(), ..wire::SavedSearch::default() };
    client
        .saved_searches()
        .create_saved_search(wire::CreateSavedSearchRequest { saved_search: Some(search), ..Default::default() })
        .await
        .unwrap();
}

async fn make(client: &Client, alert: wire::Alert) -> Result<wire::Alert, tonic::Status> {
    Ok(client.alerts().create_alert(wire::CreateAlertRequest { alert: Some(alert) }).await?.into_inner())
}

fn alert(id: &str, kind: Kind) -> wire::Alert {
    wire::Alert { id: id.into(), saved_search: "coffee".into(), kind: Some(kind), ..wire::Alert::default() }
}

async fn watch(client: &Client, after: u64) -> Streaming<wire::WatchAlertsResponse> {
    let request = wire::WatchAlertsRequest {
        start: Some(AlertStart::AfterFiring(after)),
        heartbeat_seconds: 1,
        ..wire::WatchAlertsRequest::default()
    };
    client.alerts().watch_alerts(request).await.unwrap().into_inner()
}

async fn next_firing(stream: &mut Streaming<wire::WatchAlertsResponse>) -> wire::Firing {
    loop {
        match stream.message().await.unwrap().unwrap().message.unwrap() {
            Message::Firing(firing) => return firing,
            Message::Heartbeat(_) => {}
            Message::Goodbye(goodbye) => panic!("{goodbye:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firing_says_what_when_why_and_is_told_once_to_who_keeps_its_number() {
    let server = TestServer::start().await;
    save(&server.client, "coffee", "caffè OR кофе OR กาแฟ").await;
    let kind = Kind::Count(wire::MatchCount { matches: 3, minutes: 60 });
    make(&server.client, alert("three", kind)).await.unwrap();
    make(&server.client, alert("each", Kind::EveryMatch(wire::EveryMatch {}))).await.unwrap();
    let mut live = watch(&server.client, 0).await;
    let texts = ["un caffè", "чай", "кофе", "กาแฟอร่อย"];
    server.ingest(texts.iter().zip(0..).map(|(text, i)| mention(&i.to_string(), text, i)).collect()).await;
    let mut firings = Vec::new();
    for _ in 0..4 {
        firings.push(next_firing(&mut live).await);
    }
    assert_eq!(firings.iter().map(|firing| firing.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let three = firings.iter().find(|firing| firing.alert == "three").unwrap();
    assert_eq!((three.count, three.first_seq, three.last_seq), (3, 1, 4));
    assert_eq!(three.reason, "3 in 60 min; it fires from 3 on");
    assert_eq!(three.sample, ["forum/0", "forum/2", "forum/3"]);

    let server = TestServer::start_in(server.stop().await).await;
    let mut again = watch(&server.client, 3).await;
    assert_eq!(next_firing(&mut again).await, firings[3]);
    let request = wire::WatchAlertsRequest { start: Some(AlertStart::AfterFiring(5)), ..Default::default() };
    let refused = server.client.alerts().watch_alerts(request).await.unwrap_err();
    assert_says(&refused, Code::OutOfRange, &["after firing 5", "1 to 4"]);
    assert_eq!(reason(&refused), "FIRING_OUT_OF_RANGE");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_shows_how_far_everything_is_and_says_goodbye() {
    let server = TestServer::start().await;
    save(&server.client, "coffee", "caffè").await;
    make(&server.client, alert("each", Kind::EveryMatch(wire::EveryMatch {}))).await.unwrap();
    let mut live = watch(&server.client, 0).await;
    server.ingest(vec![mention("1", "tè", 1)]).await;
    loop {
        let Message::Heartbeat(beat) = live.message().await.unwrap().unwrap().message.unwrap() else { panic!() };
        if beat.evaluated_seq == 1 {
            assert_eq!((beat.recorded_seq, beat.last_firing), (1, 0));
            break;
        }
    }
    server.stop().await;
    loop {
        match live.message().await.unwrap().unwrap().message.unwrap() {
            Message::Goodbye(goodbye) => break assert_eq!(goodbye.kind(), wire::alert_goodbye::Kind::Stopping),
            Message::Heartbeat(_) => {}
            Message::Firing(firing) => panic!("{firing:?}"),
        }
    }
    assert!(live.message().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_named() {
    let server = TestServer::start().await;
    save(&server.client, "coffee", "caffè").await;
    let count = |matches, minutes| alert("a", Kind::Count(wire::MatchCount { matches, minutes }));
    let silent = |minutes| alert("a", Kind::Silence(wire::Silence { minutes }));
    let each = || alert("a", Kind::EveryMatch(wire::EveryMatch {}));
    for (wrong, words) in [
        (count(0, 60), ["alert.count.matches", "1 to 10000"]),
        (count(10_001, 60), ["alert.count.matches", "10001"]),
        (count(1, 10_081), ["alert.count.minutes", "10080"]),
        (silent(0), ["alert.silence.minutes", "1 to 43200"]),
        (wire::Alert { cooldown_minutes: Some(9), ..silent(5) }, ["alert.cooldown_minutes", "told of once"]),
        (wire::Alert { kind: None, ..each() }, ["alert.kind", "every_match"]),
        (wire::Alert { id: "Caffè".into(), ..each() }, ["alert.id", "lower-case"]),
        (wire::Alert { saved_search: "tea".into(), ..each() }, ["alert.saved_search", "does not exist"]),
        (wire::Alert { time_zone: "Europe/Roma".into(), ..each() }, ["alert.time_zone", "Europe/Rom"]),
        (wire::Alert { note: "x".repeat(1025), ..each() }, ["alert.note", "1025"]),
        (wire::Alert { cooldown_minutes: Some(10_081), ..each() }, ["alert.cooldown_minutes", "10080"]),
    ] {
        assert_says(&make(&server.client, wrong).await.unwrap_err(), Code::InvalidArgument, &words);
    }
    make(&server.client, each()).await.unwrap();
    assert_says(&make(&server.client, each()).await.unwrap_err(), Code::AlreadyExists, &["alert `a`"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_live_in_plain_http_too() {
    let server = TestServer::start().await;
    save(&server.client, "coffee", "caffè").await;
    let spike = json!({"sensitivity": "SENSITIVITY_HIGH"});
    let crisis = json!({"id": "crisis", "savedSearch": "coffee", "spike": spike, "timeZone": "Europe/Rome"});
    let made = post(server.address, "/v1/alerts", &json!({"alert": crisis})).await.json();
    assert_eq!((&made["spike"]["matchesMin"], &made["disabled"]), (&json!(10), &json!(false)));
    assert!(made["learningUntil"].as_str().is_some(), "{made}");
    let mut edited = made.clone();
    edited["everyMatch"] = json!({});
    edited.as_object_mut().unwrap().remove("spike");
    let update = json!({"alert": edited, "etag": made["etag"]});
    assert_eq!(post(server.address, "/v1/alerts:update", &update).await.status, 200);
    let stale = post(server.address, "/v1/alerts:update", &update).await;
    assert_eq!((stale.status, &stale.json()["error"]["reason"]), (409, &json!("ETAG_STALE")));
    assert_eq!(get(server.address, "/v1/alerts?page_size=1").await.json()["alerts"][0]["id"], "crisis");

    server.ingest(vec![mention("1", "un caffè", 1)]).await;
    let mut open = send(server.address, "GET", "/v1/alerts:watch?after_firing=0", &[], b"").await;
    let mut text = String::new();
    while !text.contains("event: firing") || !text.ends_with("\n\n") {
        text.push_str(&String::from_utf8(open.chunk().await.unwrap()).unwrap());
    }
    assert!(text.contains("id: 1") && text.contains("\"reason\":\"a mention entered\""), "{text}");
    let history = get(server.address, "/v1/firings?alert=crisis").await.json();
    assert_eq!(history["firings"][0]["sample"], json!(["forum/1"]));
    assert_eq!(get(server.address, "/v1/alerts/crisis").await.json()["id"], "crisis");
    assert_eq!(delete(server.address, "/v1/alerts/crisis").await.status, 200);
    assert_eq!(get(server.address, "/v1/alerts/crisis").await.status, 404);
    server.stop().await;
}

const KILLS: u64 = 6;
/// What fires when a count of ten within a week is never quiet: every entry from the tenth on.
const COUNTED: usize = 10;

/// Mention `number`: now and then an edit of an older one, by which it enters or leaves.
fn story(number: u64) -> wire::Mention {
    let is_edit = number % 7 == 3 && number > 40;
    let id = if is_edit { number - 35 } else { number };
    let drink = if number.is_multiple_of(5) { "un caffè" } else { "un tè" };
    let mut told = mention(&id.to_string(), &format!("{drink} {number}"), number.cast_signed());
    told.created_at = crate::support::at(id.cast_signed());
    told
}

/// Sends mentions until the server dies.
async fn feed(client: Client, first: u64) {
    let mut stream = IngestStream::begin(&client);
    for start in (first..first + 20_000).step_by(20) {
        while stream.room() < 20 {
            if !matches!(stream.acknowledgements().await, Ok(Some(_))) {
                return;
            }
        }
        if stream.send((start..start + 20).map(story).collect()).is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_each_alert_fires_once_for_what_entered() {
    let dir = tempfile::tempdir().unwrap();
    // From the clock: other moments in every run, and printed, so that a failure can be told.
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    println!("seed {seed}");
    for life in 0..KILLS {
        let server = Program::serve(dir.path());
        let client = Client::connect(&server.url).await.unwrap();
        if life == 0 {
            save(&client, "coffee", "caffè").await;
            make(&client, alert("each", Kind::EveryMatch(wire::EveryMatch {}))).await.unwrap();
            let count = Kind::Count(wire::MatchCount { matches: COUNTED as u32, minutes: 10_080 });
            let restless = wire::Alert { cooldown_minutes: Some(0), ..alert("ten", count) };
            make(&client, restless).await.unwrap();
        }
        let feeding = tokio::spawn(feed(client, life * 20_000));
        // The moment of the kill is the one thing here that time decides.
        let lived_ms = 100 + (seed ^ (life + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)) % 900;
        tokio::time::sleep(Duration::from_millis(lived_ms)).await;
        // `kill -9`.
        drop(server);
        feeding.await.unwrap();
    }

    let server = Program::serve(dir.path());
    let client = Client::connect(&server.url).await.unwrap();
    let mut entered = Vec::new();
    let mut log = Subscriber::begin(&client, "caffè", Start::AfterSeq(0)).await;
    let (events, last_seq) = log.history().await;
    entered.extend(events.iter().filter(|event| event.change() == Change::Entered).map(|event| event.seq));

    let mut stream = watch(&client, 0).await;
    let mut fired: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    loop {
        match stream.message().await.unwrap().unwrap().message.unwrap() {
            Message::Heartbeat(beat) if beat.evaluated_seq >= last_seq => break,
            Message::Heartbeat(_) => {}
            Message::Firing(firing) => fired.entry(firing.alert).or_default().push(firing.last_seq),
            Message::Goodbye(goodbye) => panic!("{goodbye:?}"),
        }
    }
    assert!(entered.len() > COUNTED, "only {} entered", entered.len());
    assert_eq!(fired["each"], entered);
    assert_eq!(fired["ten"], entered[COUNTED - 1..]);
}
