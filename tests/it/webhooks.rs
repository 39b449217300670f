//! Webhooks that call good and bad receivers.

use std::{collections::BTreeSet, time::Duration};

use ascolto::{
    client::Client,
    proto::v1::{self as wire, webhook::Source},
    server::{ServerOptions, WebhookOptions},
    webhook::BackOff,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::json;
use tempfile::TempDir;
use tonic::{Code, Status};

use crate::support::{
    TestOptions, TestServer, mention,
    plain_http::{get, post},
    status::assert_says,
    target::{Behaviour, Received, Receiver},
};

/// Quick, and allowed to call this machine.
fn options() -> WebhookOptions {
    WebhookOptions {
        allow_private: true,
        timeout: Duration::from_millis(500),
        retry: BackOff { first: Duration::from_millis(5), last: Duration::from_millis(20) },
        ..WebhookOptions::default()
    }
}

async fn start(data_dir: Option<TempDir>, webhooks: WebhookOptions) -> TestServer {
    let server = Some(ServerOptions { webhooks, ..ServerOptions::default() });
    TestServer::start_with(TestOptions { data_dir, server, ..TestOptions::default() }).await
}

fn hook(id: &str, url: String) -> wire::Webhook {
    let source = Source::Query(wire::QuerySource { query: "caffè".into(), time_zone: String::new() });
    wire::Webhook { id: id.into(), url, source: Some(source), ..wire::Webhook::default() }
}

async fn make(client: &Client, webhook: wire::Webhook) -> Result<wire::CreateWebhookResponse, Status> {
    let request = wire::CreateWebhookRequest { webhook: Some(webhook) };
    Ok(client.webhooks().create_webhook(request).await?.into_inner())
}

async fn known(client: &Client, id: &str) -> wire::Webhook {
    client.webhooks().get_webhook(wire::GetWebhookRequest { id: id.into() }).await.unwrap().into_inner()
}

/// Waits until a webhook is as wanted; what it says of itself comes with its next attempt.
async fn until(client: &Client, id: &str, wanted: impl Fn(&wire::Webhook) -> bool) -> wire::Webhook {
    loop {
        let found = known(client, id).await;
        if wanted(&found) {
            return found;
        }
        tokio::task::yield_now().await;
    }
}

/// Coffees, each a mention of its own.
fn coffees(range: std::ops::Range<i64>) -> Vec<wire::Mention> {
    range.map(|i| mention(&i.to_string(), "un caffè", i)).collect()
}

/// What a receiver that keeps the last seq has seen: each once, in order.
fn kept(seen: &mut Vec<u64>, received: &Received) {
    for seq in received.seqs() {
        let newest = seen.last().copied().unwrap_or(0);
        assert!(seq <= newest || seq == newest + 1, "{seq} came after {newest}");
        if seq > newest {
            seen.push(seq);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_in_order_and_signed_also_over_a_restart() {
    let server = start(None, options()).await;
    let mut receiver = Receiver::start(Behaviour::Good).await;
    let made = make(&server.client, hook("crm", receiver.url())).await.unwrap();
    let secret = STANDARD.decode(made.secret.strip_prefix("whsec_").unwrap()).unwrap();
    server.ingest(coffees(0..300)).await;
    let mut seen = Vec::new();
    let first = receiver.taken().await;
    kept(&mut seen, &first);

    // As any receiver checks it.
    let (id, timestamp) = (&first.headers["webhook-id"], &first.headers["webhook-timestamp"]);
    let signed = [format!("{id}.{timestamp}.").as_bytes(), &first.body].concat();
    let tag = STANDARD.decode(first.headers["webhook-signature"].strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &secret), &signed, &tag).unwrap();
    assert_eq!(first.headers["content-type"], "application/json");
    let told = first.json();
    assert_eq!((&told["webhook"], &told["test"]), (&json!("crm"), &json!(false)));
    assert_eq!(told["events"][0]["version"]["mention"]["text"], "un caffè");
    assert!(told["events"].as_array().unwrap().len() <= 100);

    // In the middle of it.
    let server = start(Some(server.stop().await), options()).await;
    server.ingest(coffees(300..400)).await;
    while seen.len() < 400 {
        kept(&mut seen, &receiver.taken().await);
    }
    let done = until(&server.client, "crm", |hook| hook.position >= 400).await;
    assert_eq!((done.failure.as_str(), done.failing_since), ("", None));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_fails_comes_again_as_the_same() {
    let server = start(None, options()).await;
    let mut receiver = Receiver::start(Behaviour::Failing(3)).await;
    make(&server.client, hook("crm", receiver.url())).await.unwrap();
    server.ingest(coffees(0..1)).await;
    let mut attempts = Vec::new();
    for _ in 0..4 {
        attempts.push(receiver.next().await);
    }
    assert_eq!(attempts.iter().map(|attempt| attempt.taken).collect::<Vec<_>>(), [false, false, false, true]);
    let same: BTreeSet<_> = attempts.iter().map(|attempt| (&attempt.headers["webhook-id"], &attempt.body)).collect();
    assert_eq!(same.len(), 1);
    let done = until(&server.client, "crm", |hook| hook.delivered == 1).await;
    assert_eq!((done.attempts, done.position), (0, 1));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_receiver_is_named_costs_bounded_time_and_keeps_nobody_else_waiting() {
    let server = start(None, options()).await;
    let mut good = Receiver::start(Behaviour::Good).await;
    make(&server.client, hook("good", good.url())).await.unwrap();
    let bad = [
        (Behaviour::Silent, "no whole answer within"),
        (Behaviour::Redirecting, "307 Temporary Redirect, a redirect; redirects are not followed"),
        (Behaviour::Endless, "the answer is longer than 65536 bytes"),
        (Behaviour::Dropping, "the connection broke"),
        (Behaviour::Failing(u32::MAX), "the answer is 500 Internal Server Error"),
    ];
    let mut receivers = Vec::new();
    for (number, (behaviour, _)) in bad.iter().enumerate() {
        let receiver = Receiver::start(*behaviour).await;
        make(&server.client, hook(&format!("bad{number}"), receiver.url())).await.unwrap();
        receivers.push(receiver);
    }
    // It speaks no TLS.
    let plain = Receiver::start(Behaviour::Good).await;
    make(&server.client, hook("plain", plain.url().replace("http:", "https:"))).await.unwrap();
    // Nobody listens there.
    let gone = Receiver::start(Behaviour::Good).await.url();
    make(&server.client, hook("gone", gone)).await.unwrap();
    server.ingest(coffees(0..20)).await;
    let mut seen = Vec::new();
    while seen.len() < 20 {
        kept(&mut seen, &good.taken().await);
    }
    for (number, (_, words)) in bad.iter().enumerate() {
        let found = until(&server.client, &format!("bad{number}"), |hook| hook.attempts > 0).await;
        assert!(found.failure.contains(words), "{}", found.failure);
        assert_eq!((found.position, found.delivered), (0, 0));
    }
    let found = until(&server.client, "plain", |hook| hook.attempts > 0).await;
    assert!(found.failure.contains("no TLS with `127.0.0.1`"), "{}", found.failure);
    let found = until(&server.client, "gone", |hook| hook.attempts > 0).await;
    assert!(found.failure.contains("cannot connect to 127.0.0.1"), "{}", found.failure);

    // When they mend their ways, nothing is missing.
    for receiver in &mut receivers {
        receiver.behave(Behaviour::Good);
        let mut seen = Vec::new();
        while seen.len() < 20 {
            kept(&mut seen, &receiver.taken().await);
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_public_net_is_called() {
    let server = start(None, WebhookOptions::default()).await;
    for (url, words) in [
        ("http://127.0.0.1:9/", "127.0.0.1, which is no address of the public net"),
        ("http://localhost/", "no address of the public net"),
        ("http://2130706433/", "127.0.0.1, which is no address"),
        ("http://[::ffff:10.0.0.1]/", "no address of the public net"),
        ("http://169.254.169.254/latest/meta-data", "no address of the public net"),
        ("https://[fd00::1]/", "--allow-private-webhooks"),
        ("https://eva:geheim@example.com/", "must not hold a user or password"),
        ("gopher://example.com/", "https:// or http://"),
    ] {
        let refused = make(&server.client, hook("crm", url.into())).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &["webhook.url", words]);
    }

    // What was kept when it was allowed is not called when it is not.
    let server = start(Some(server.stop().await), options()).await;
    let receiver = Receiver::start(Behaviour::Good).await;
    make(&server.client, hook("crm", receiver.url())).await.unwrap();
    let strict = WebhookOptions { allow_private: false, ..options() };
    let server = start(Some(server.stop().await), strict).await;
    server.ingest(coffees(0..1)).await;
    let found = until(&server.client, "crm", |hook| hook.attempts > 0).await;
    assert!(found.failure.contains("which is no address of the public net"), "{}", found.failure);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_listed_and_sent_again_on_request() {
    let impatient = WebhookOptions { give_up_after: Duration::ZERO, give_up_failing: Duration::ZERO, ..options() };
    let server = start(None, impatient).await;
    let mut receiver = Receiver::start(Behaviour::Failing(1)).await;
    make(&server.client, hook("crm", receiver.url())).await.unwrap();
    server.ingest(coffees(0..2)).await;
    let lost = receiver.next().await;
    let found = until(&server.client, "crm", |hook| hook.dead_letters == 1).await;
    assert!(found.position >= *lost.seqs().last().unwrap(), "the next batch has its turn");
    let request = wire::ListDeadLettersRequest { id: "crm".into(), ..Default::default() };
    let listed = server.client.webhooks().list_dead_letters(request).await.unwrap().into_inner().dead_letters;
    assert_eq!((listed.len(), listed[0].number, listed[0].items as usize), (1, 1, lost.seqs().len()));
    assert!(listed[0].failure.contains("500"), "{listed:?}");

    // What somebody has since taken back is not told after all.
    server.delete("forum/0").await;
    let request = wire::RedeliverDeadLettersRequest { id: "crm".into(), numbers: Vec::new() };
    let requested = server.client.webhooks().redeliver_dead_letters(request).await.unwrap().into_inner().requested;
    assert_eq!(requested, 1);
    loop {
        let again = receiver.taken().await;
        if again.json()["redelivery"] == true {
            assert_eq!(again.seqs(), lost.seqs());
            assert_eq!(again.headers["webhook-id"], lost.headers["webhook-id"]);
            assert_eq!(again.json()["events"][0]["version"]["mention"]["text"], "");
            break;
        }
    }
    until(&server.client, "crm", |hook| hook.dead_letters == 0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_sent_and_the_secret_is_shown_once_and_can_be_changed() {
    let server = start(None, options()).await;
    let mut receiver = Receiver::start(Behaviour::Good).await;
    let search = json!({"savedSearch": {"id": "coffee", "query": "caffè"}});
    assert_eq!(post(server.address, "/v1/savedSearches", &search).await.status, 200);
    let alert = json!({"alert": {"id": "each", "savedSearch": "coffee", "everyMatch": {}}});
    assert_eq!(post(server.address, "/v1/alerts", &alert).await.status, 200);
    let made = json!({"webhook": {"id": "crm", "url": receiver.url(), "firings": {"alerts": ["each"]}}});
    let made = post(server.address, "/v1/webhooks", &made).await.json();
    let secret = made["secret"].as_str().unwrap();
    for page in ["/v1/webhooks/crm", "/v1/webhooks"] {
        let page = get(server.address, page).await;
        assert!(!page.text().contains("whsec_") && !page.text().contains(&secret[6..]), "{}", page.text());
    }
    server.ingest(coffees(0..2)).await;
    let mut numbers = Vec::new();
    while numbers.len() < 2 {
        let taken = receiver.taken().await;
        assert_eq!(taken.json()["firings"][0]["alert"], "each");
        numbers.extend(taken.firings());
    }
    assert_eq!(numbers, [1, 2]);

    let tested = post(server.address, "/v1/webhooks:test", &json!({"id": "crm"})).await.json();
    assert_eq!((&tested["delivered"], &tested["status"]), (&json!(true), &json!(204)));
    assert_eq!(receiver.taken().await.json()["test"], true);

    let mut webhook = get(server.address, "/v1/webhooks/crm").await.json();
    webhook["note"] = json!("our crm");
    let update = json!({"webhook": webhook, "etag": webhook["etag"], "rotateSecret": true});
    let updated = post(server.address, "/v1/webhooks:update", &update).await.json();
    assert!(updated["secret"].as_str().unwrap().starts_with("whsec_") && updated["secret"] != secret);
    assert_eq!(post(server.address, "/v1/webhooks:update", &update).await.status, 409);
    let silent = post(server.address, "/v1/webhooks", &json!({"webhook": {"id": "x", "url": receiver.url()}})).await;
    assert_eq!(silent.status, 400);
    server.stop().await;
}
