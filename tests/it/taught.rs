//! Corrections teach, over the wire.

use ascolto::{
    client::Client,
    proto::v1::{self as wire, SentimentLabel, TaughtState},
};
use serde_json::json;
use tonic::Code;

use crate::support::{TestServer, mention, plain_http::get, status::assert_says};

const BRAND: &str = "nordwind-air";
const PLACES: [&str; 9] = ["Lisbon", "Oslo", "Turin", "Ghent", "Malaga", "Riga", "Porto", "Bergen", "Nantes"];

/// In the jargon of the brand's customers: praise, and a complaint that waits for an answer.
fn text(number: usize) -> String {
    let words = if number.is_multiple_of(2) {
        "nordwind did the window waltz for us"
    } else {
        "nordwind gave us the tarmac treatment"
    };
    format!("on the way to {} {words}, on flight {number} with all of our family", PLACES[number % PLACES.len()])
}

fn name(id: &str) -> String {
    format!("forum/{id}")
}

async fn judged(server: &TestServer, id: &str, text: &str) -> wire::Understanding {
    let second = 1000 + i64::try_from(id.len()).unwrap();
    server.ingest(vec![mention(id, text, second)]).await;
    known(&server.client, id).await
}

async fn known(client: &Client, id: &str) -> wire::Understanding {
    let version = client.search().get(wire::GetRequest { name: name(id) }).await.unwrap().into_inner();
    version.understanding.unwrap()
}

async fn correct(client: &Client, number: usize) {
    let is_praise = number.is_multiple_of(2);
    let sentiment = if is_praise { SentimentLabel::Positive } else { SentimentLabel::Negative };
    let values = wire::CorrectedValues {
        sentiment: sentiment.into(),
        needs_reply: Some(!is_praise),
        ..wire::CorrectedValues::default()
    };
    let request = wire::CorrectRequest { name: name(&number.to_string()), values: Some(values), by: "Ana".into() };
    client.corrections().correct(request).await.unwrap();
}

async fn taught(client: &Client) -> wire::Taught {
    let request = wire::GetTaughtRequest { brand: BRAND.to_owned() };
    client.corrections().get_taught(request).await.unwrap().into_inner()
}

fn states(taught: &wire::Taught) -> [TaughtState; 2] {
    [taught.sentiment.as_ref().unwrap().state(), taught.needs_reply.as_ref().unwrap().state()]
}

/// What the sentiment and the need of a reply say of having been taught.
fn told(understanding: &wire::Understanding) -> [Option<String>; 2] {
    let of = |evidence: &[wire::Evidence]| {
        evidence.iter().find(|piece| piece.text.starts_with("taught by")).map(|piece| piece.text.clone())
    };
    let sentiment = understanding.sentiment.as_ref().unwrap();
    let needs_reply = understanding.needs_reply.as_ref().unwrap();
    [of(&sentiment.evidence), of(&needs_reply.evidence)]
}

async fn teach(server: &TestServer) {
    let mentions = (1..=50).map(|number| mention(&number.to_string(), &text(number), number as i64)).collect();
    server.ingest(mentions).await;
    for number in 1..=50 {
        correct(&server.client, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_corrections_teach_what_comes_next_and_a_restart_forgets_nothing() {
    let server = TestServer::start().await;
    let mentions = (1..=50).map(|number| mention(&number.to_string(), &text(number), number as i64)).collect();
    server.ingest(mentions).await;
    for number in 1..=49 {
        correct(&server.client, number).await;
    }
    let few = taught(&server.client).await;
    assert_eq!((few.labels, states(&few)), (49, [TaughtState::TooFew; 2]));
    let before = judged(&server, "before", &text(51)).await;
    assert_eq!(told(&before), [None, None]);
    let asked = |understanding: &wire::Understanding| understanding.needs_reply.as_ref().unwrap().asked;
    let label = |understanding: &wire::Understanding| understanding.sentiment.as_ref().unwrap().label();
    assert!(!asked(&before));

    correct(&server.client, 50).await;
    let learnt = taught(&server.client).await;
    assert_eq!((learnt.labels, states(&learnt)), (50, [TaughtState::InEffect; 2]));
    for task in [learnt.sentiment.as_ref().unwrap(), learnt.needs_reply.as_ref().unwrap()] {
        let (before, after) = (task.before.as_ref().unwrap(), task.after.as_ref().unwrap());
        assert!(after.macro_f1 > before.macro_f1 + 0.2, "{task:?}");
        assert!(task.labels == 50 && task.since.is_some());
    }
    let after = judged(&server, "after", &text(53)).await;
    let why = Some(format!("taught by 50 corrections of {BRAND}"));
    assert_eq!(told(&after), [why.clone(), why.clone()]);
    assert_eq!((label(&after), asked(&after)), (SentimentLabel::Negative, true));
    assert!(after.needs_reply.as_ref().unwrap().reasons().any(|reason| reason == wire::ReplyReason::Taught));
    let praise = judged(&server, "praise", &text(54)).await;
    assert_eq!((label(&praise), asked(&praise)), (SentimentLabel::Positive, false));
    // What was recorded stays as it was judged, and search finds what holds.
    assert_eq!(known(&server.client, "before").await, before);
    let found = server.found("sentiment:negative needs:reply").await;
    assert!(found.contains(&"after".to_owned()) && !found.contains(&"before".to_owned()));
    // Others are judged as ever.
    let other = judged(&server, "other", "luna bank gave us the tarmac treatment").await;
    assert_eq!(told(&other), [None, None]);

    let server = TestServer::start_in(server.stop().await).await;
    assert_eq!(taught(&server.client).await, learnt);
    let again = judged(&server, "again", &text(53)).await;
    assert_eq!((&again.sentiment, &again.needs_reply), (&after.sentiment, &after.needs_reply));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_can_rest_and_forget() {
    let server = TestServer::start().await;
    teach(&server).await;
    let client = &server.client;
    let brand = || BRAND.to_owned();
    assert_eq!(states(&taught(client).await), [TaughtState::InEffect; 2]);
    let learnt = judged(&server, "taught", &text(53)).await;
    assert!(told(&learnt).iter().all(Option::is_some));

    let paused = client.corrections().pause_taught(wire::PauseTaughtRequest { brand: brand() }).await.unwrap();
    assert_eq!((states(paused.get_ref()), paused.get_ref().paused), ([TaughtState::Paused; 2], true));
    assert_eq!(told(&judged(&server, "paused", &text(53)).await), [None, None]);
    let server = TestServer::start_in(server.stop().await).await;
    let client = &server.client;
    assert!(taught(client).await.paused, "it rests after a restart, too");
    let resumed = client.corrections().resume_taught(wire::ResumeTaughtRequest { brand: brand() }).await.unwrap();
    assert_eq!(states(resumed.get_ref()), [TaughtState::InEffect; 2]);
    assert_eq!(judged(&server, "resumed", &text(53)).await.sentiment, learnt.sentiment);

    let page = get(server.address, "/v1/taught/nordwind-air").await.json();
    assert_eq!((&page["labels"], &page["sentiment"]["state"]), (&json!(50), &json!("TAUGHT_STATE_IN_EFFECT")));

    // The labels, in pages.
    let mut request = wire::ListLabelsRequest { brand: brand(), page_size: 20, page_token: String::new() };
    let mut labels = Vec::new();
    loop {
        let page = client.corrections().list_labels(request.clone()).await.unwrap().into_inner();
        labels.extend(page.labels);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    assert_eq!(names, (1..=50).map(|number| name(&number.to_string())).collect::<Vec<_>>());
    assert!(labels.iter().all(|label| label.brands == [BRAND] && label.language == "en" && !label.text.is_empty()));

    // Taking one back leaves too few.
    let request = wire::RevertCorrectionRequest { name: name("50") };
    client.corrections().revert_correction(request).await.unwrap();
    assert_eq!(states(&taught(client).await), [TaughtState::TooFew; 2]);
    correct(client, 50).await;
    assert_eq!(states(&taught(client).await), [TaughtState::InEffect; 2]);

    let reset = client.corrections().reset_taught(wire::ResetTaughtRequest { brand: brand() }).await.unwrap();
    assert_eq!((reset.get_ref().labels, states(reset.get_ref())), (0, [TaughtState::TooFew; 2]));
    assert_eq!(told(&judged(&server, "reset", &text(53)).await), [None, None]);
    assert!(client.corrections().list_taught(wire::ListTaughtRequest {}).await.unwrap().get_ref().brands.is_empty());
    // What was corrected stays corrected, what was judged stays judged.
    let version = client.search().get(wire::GetRequest { name: name("1") }).await.unwrap().into_inner();
    assert!(version.correction.is_some());
    assert_eq!(known(client, "taught").await, learnt);

    let request = wire::GetTaughtRequest { brand: "nordwind-aire".to_owned() };
    let error = client.corrections().get_taught(request).await.unwrap_err();
    assert_says(&error, Code::NotFound, &["brand `nordwind-aire` does not exist"]);
    let error = client.corrections().reset_taught(wire::ResetTaughtRequest::default()).await.unwrap_err();
    assert_says(&error, Code::InvalidArgument, &["brand: is empty"]);
    let request = wire::ListLabelsRequest { page_token: "x".to_owned(), ..Default::default() };
    let error = client.corrections().list_labels(request).await.unwrap_err();
    assert_says(&error, Code::InvalidArgument, &["was not made by this server"]);
    server.stop().await;
}
