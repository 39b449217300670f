//! Conversations nobody would have designed for: very deep ones, and ones that go round in circles.

use std::collections::BTreeSet;

use ascolto::proto::v1::{GetConversationRequest, Mention};

use crate::support::{TestServer, mention, reply};

const DEPTH: i64 = 20000;

/// Replies, each to the one before.
fn chain() -> Vec<Mention> {
    let answer = |i: i64| match i {
        0 => mention("0", "Warum?", 0),
        i => reply(&i.to_string(), "Darum.", i, &(i - 1).to_string()),
    };
    (0..DEPTH).map(answer).collect()
}

/// The whole conversation around a mention: its thread, and the ids in order.
async fn conversation(server: &TestServer, name: &str) -> (u64, Vec<String>) {
    let (mut ids, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = GetConversationRequest { name: name.to_owned(), page_size: 500, page_token };
        let page = server.client.search().get_conversation(request).await.unwrap().into_inner();
        ids.extend(page.versions.into_iter().map(|version| version.mention.unwrap().external_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return (page.thread_id, ids);
        }
    }
}

async fn a_chain_becomes_one_thread(mentions: Vec<Mention>) {
    let server = TestServer::start().await;
    server.ingest_many(mentions).await;
    let (thread, ids) = conversation(&server, "forum/7").await;
    let expected: Vec<String> = (0..DEPTH).map(|i| i.to_string()).collect();
    assert!(ids == expected, "{} of {DEPTH}", ids.len());
    assert_eq!(conversation(&server, &format!("forum/{}", DEPTH - 1)).await.0, thread);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_20_000_replies_arriving_forwards() {
    a_chain_becomes_one_thread(chain()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_20_000_replies_arriving_backwards() {
    a_chain_becomes_one_thread(chain().into_iter().rev().collect()).await;
}

/// As a source gives it that tells the newest first: every comment brings a thread of its own into the one of the post.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_with_3_000_answered_comments_arriving_newest_first() {
    let server = TestServer::start().await;
    let comments = 1..=3000;
    let mut mentions: Vec<Mention> = comments
        .clone()
        .map(|i| reply(&format!("answer {i}"), "stimmt", 10_000 + i, &format!("comment {i}")))
        .chain(comments.map(|i| reply(&format!("comment {i}"), "so ist es", i, "post")))
        .collect();
    mentions.push(mention("post", "Wie ist das Wetter?", 0));
    server.ingest_many(mentions).await;
    let (_, ids) = conversation(&server, "forum/answer 7").await;
    assert_eq!((ids.len(), ids[0].as_str(), ids[6000].as_str()), (6001, "post", "answer 3000"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_end() {
    let server = TestServer::start().await;
    // Two that answer each other, three in a ring about a brand, and a ring that an edit closes.
    server.ingest(vec![reply("a", "you first", 0, "b"), reply("b", "no, you", 1, "a")]).await;
    let ring = ["x", "y", "z"].map(|id| {
        let to = match id {
            "x" => "y",
            "y" => "z",
            _ => "x",
        };
        reply(id, "nordwind air, where is my suitcase?", 2, to)
    });
    server.ingest(ring.to_vec()).await;
    server.ingest(vec![mention("1", "eins", 3), reply("2", "zwei", 4, "1"), reply("3", "drei", 5, "2")]).await;
    let closing = Mention { observed_at: crate::support::at(9), ..reply("1", "null", 3, "3") };
    server.ingest(vec![closing]).await;

    for (names, size) in [(&["a", "b"][..], 2), (&["x", "y", "z"], 3), (&["1", "2", "3"], 3)] {
        let mut threads = BTreeSet::new();
        for name in names {
            let (thread, ids) = conversation(&server, &format!("forum/{name}")).await;
            assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), size, "{name}");
            threads.insert(thread);
        }
        assert_eq!(threads.len(), 1, "{names:?}");
    }
    server.delete("forum/y").await;
    assert_eq!(server.found("suitcase").await, ["x", "z"]);
    assert_eq!(server.found("brand:nordwind-air").await, ["x", "z"]);
    server.stop().await;
}
