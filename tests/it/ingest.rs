//! How mentions come in and go: order, outcomes, repetition, edits, deletions, and clients that vanish.

use std::collections::BTreeSet;

use ascolto::{
    client::IngestStream,
    proto::v1::{self as wire, Outcome},
};
use tokio::task::JoinSet;
use tonic::Code;

use crate::support::{
    TestServer, at, mention, reply,
    server::{ingest_batch, stream_all},
    status::assert_says,
};

fn outcomes(acknowledgements: &[wire::Acknowledgement]) -> Vec<(u64, Outcome, u64)> {
    acknowledgements.iter().map(|told| (told.position, told.outcome(), told.seq)).collect()
}

fn many(prefix: &str, count: usize) -> Vec<wire::Mention> {
    (0..count).map(|i| mention(&format!("{prefix}-{i}"), &format!("café no. {i}, кофе №{i}"), i as i64)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_acknowledged_mention_by_mention_in_order() {
    let server = TestServer::start().await;
    let mut stream = IngestStream::begin(&server.client);
    // All sent before the first acknowledgement is read, in messages of 1 to 60 mentions.
    let mentions = many("s", 1500);
    let (mut rest, mut size) = (mentions.as_slice(), 1);
    while !rest.is_empty() {
        let (message, after) = rest.split_at(size.min(rest.len()));
        stream.send(message.to_vec()).unwrap();
        (rest, size) = (after, size % 60 + 1);
    }
    stream.finish();
    let mut told = Vec::new();
    while let Some(acknowledgements) = stream.acknowledgements().await.unwrap() {
        told.extend(outcomes(&acknowledgements));
    }
    let expected: Vec<_> = (0..1500).map(|i| (i, Outcome::Created, i + 1)).collect();
    assert_eq!(told, expected);

    // Acknowledged is recorded: each one is read back under its seq, as it was sent.
    for (i, sent) in mentions.iter().enumerate().step_by(173) {
        let request = wire::GetRequest { name: format!("forum/{}", sent.external_id) };
        let version = server.client.search().get(request).await.unwrap().into_inner();
        assert_eq!((version.seq, version.mention.unwrap().text), (i as u64 + 1, sent.text.clone()));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_mention_is_rejected_alone_in_a_stream_and_in_a_batch() {
    let server = TestServer::start().await;
    let bad_handle = wire::Author { handle: "an\u{7}na".to_owned(), ..Default::default() };
    let mixed = |prefix: &str| {
        vec![
            mention(&format!("{prefix}-ok"), "größer als gedacht", 0),
            wire::Mention { platform: "Forum".to_owned(), ..mention("1", "x", 0) },
            wire::Mention { author: Some(bad_handle.clone()), ..mention("2", "x", 0) },
            wire::Mention { tags: vec!["a".to_owned(), " ".to_owned()], ..mention("3", "x", 0) },
            wire::Mention { created_at: None, ..mention("4", "x", 0) },
            mention(&format!("{prefix}-also ok"), "それでも大丈夫", 1),
        ]
    };
    for (told, first_seq) in
        [(server.ingest(mixed("batch")).await, 1), (stream_all(&server.client, mixed("stream")).await, 3)]
    {
        assert_eq!(
            outcomes(&told),
            [
                (0, Outcome::Created, first_seq),
                (1, Outcome::Rejected, 0),
                (2, Outcome::Rejected, 0),
                (3, Outcome::Rejected, 0),
                (4, Outcome::Rejected, 0),
                (5, Outcome::Created, first_seq + 1),
            ]
        );
        let fields: Vec<_> = told.iter().filter_map(|told| Some(told.rejection.as_ref()?.field.as_str())).collect();
        assert_eq!(fields, ["platform", "author.handle", "tags[1]", "created_at"]);
        let mend = &told[1].rejection.as_ref().unwrap().message;
        assert!(mend.contains("write `forum`"), "{mend}");
    }
    assert_eq!(server.engine.status().mentions, 4);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_clients_with_the_same_mentions_make_each_of_them_once() {
    let server = TestServer::start().await;
    let mentions = many("same", 400);
    let mut clients = JoinSet::new();
    for turn in 0..8 {
        let client = server.connect().await;
        let mut mentions = mentions.clone();
        // Not all in step: each begins somewhere else.
        mentions.rotate_left(turn * 50);
        clients.spawn(async move {
            let mut told = Vec::new();
            for message in mentions.chunks(25) {
                let acknowledged = ingest_batch(&client, message.to_vec()).await;
                told.extend(message.iter().map(|sent| sent.external_id.clone()).zip(acknowledged));
            }
            told
        });
    }
    let told: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
    assert_eq!(told.len(), 3200);
    let created = told.iter().filter(|(_, told)| told.outcome() == Outcome::Created).count();
    let unchanged = told.iter().filter(|(_, told)| told.outcome() == Outcome::Unchanged).count();
    assert_eq!((created, unchanged), (400, 2800));
    // One seq each: all eight were told the same, and no two mentions share one.
    let by_mention: BTreeSet<(&str, u64)> = told.iter().map(|(id, told)| (id.as_str(), told.seq)).collect();
    let seqs: BTreeSet<u64> = by_mention.iter().map(|(_, seq)| *seq).collect();
    assert_eq!((by_mention.len(), seqs), (400, (1..=400).collect()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_states_update_and_older_ones_never_overwrite() {
    let server = TestServer::start().await;
    let first = mention("1", "the crew was lovely", 10);
    let edited = wire::Mention { text: "the crew was awful".to_owned(), observed_at: at(30), ..first.clone() };
    let late = wire::Mention { text: "the crew was okay".to_owned(), observed_at: at(20), ..first.clone() };
    let likes = wire::Engagement { likes: Some(7), ..Default::default() };
    let views = wire::Engagement { views: Some(900), ..Default::default() };
    let liked = wire::Mention { engagement: Some(likes), observed_at: at(40), ..edited.clone() };
    let viewed = wire::Mention { engagement: Some(views), observed_at: at(50), ..edited.clone() };

    let story = vec![first.clone(), first, edited.clone(), late, liked, viewed, edited];
    let told = server.ingest(story).await;
    let told: Vec<_> = outcomes(&told).into_iter().map(|(_, outcome, seq)| (outcome, seq)).collect();
    assert_eq!(
        told,
        [
            (Outcome::Created, 1),
            (Outcome::Unchanged, 1),
            (Outcome::Updated, 2),
            (Outcome::Unchanged, 2),
            (Outcome::Updated, 3),
            (Outcome::Updated, 4),
            (Outcome::Unchanged, 4),
        ]
    );
    let get = wire::GetRequest { name: "forum/1".to_owned() };
    let version = server.client.search().get(get).await.unwrap().into_inner();
    assert_eq!((version.previous_seq, version.cause()), (3, wire::Cause::Engagement));
    let known = version.mention.unwrap();
    assert_eq!(known.text, "the crew was awful");
    // Figures that were not told again stay.
    let engagement = known.engagement.unwrap();
    assert_eq!((engagement.likes, engagement.views, engagement.replies), (Some(7), Some(900), None));
    assert_eq!(server.found("lovely OR okay").await, Vec::<String>::new());
    assert_eq!(server.found("awful likes:7 views:900").await, ["1"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_mention_leaves_every_answer_for_good() {
    let server = TestServer::start().await;
    let first = mention("1", "dónde está mi maleta", 10);
    server.ingest(vec![first.clone(), reply("2", "same here", 11, "1")]).await;
    let seq = server.delete("forum/1").await;
    assert_eq!(server.delete("forum/1").await, seq, "once is enough");

    let replay = wire::Mention { observed_at: at(99), ..first };
    assert_eq!(outcomes(&server.ingest(vec![replay]).await), [(0, Outcome::Unchanged, seq)]);
    assert_eq!(server.found("*").await, ["2"]);
    assert_eq!(server.found("maleta OR parent:maleta").await, Vec::<String>::new());
    let mut search = server.client.search();
    let get = |name: &str| wire::GetRequest { name: name.to_owned() };
    let gone = search.get(get("forum/1")).await.unwrap_err();
    assert_says(&gone, Code::NotFound, &["mention `forum/1`", "does not exist"]);
    let answer = search.get(get("forum/2")).await.unwrap().into_inner();
    assert_eq!(answer.conversation.unwrap().parent, None, "its words are gone from those who answered it");

    let unknown = wire::DeleteRequest { name: "forum/never".to_owned() };
    let unknown = server.client.ingest().delete(unknown).await.unwrap_err();
    assert_says(&unknown, Code::NotFound, &["mention `forum/never`", "does not exist"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_vanishes_loses_nothing_acknowledged_and_doubles_nothing() {
    let server = TestServer::start().await;
    let mentions = many("v", 3000);
    let mut told = Vec::new();
    {
        // Dropped without the end of its half, with most of it unacknowledged.
        let client = server.connect().await;
        let mut stream = IngestStream::begin(&client);
        for message in mentions.chunks(100) {
            stream.send(message.to_vec()).unwrap();
        }
        while told.len() < 200 {
            told.extend(stream.acknowledgements().await.unwrap().unwrap());
        }
    }
    let acknowledged: Vec<(u64, u64)> = told.iter().map(|told| (told.position, told.seq)).collect();

    let again = server.ingest_many(mentions).await;
    for (position, seq) in acknowledged {
        let told = &again[usize::try_from(position).unwrap()];
        assert_eq!((told.outcome(), told.seq), (Outcome::Unchanged, seq), "position {position}");
    }
    let seqs: BTreeSet<u64> = again.iter().map(|told| told.seq).collect();
    assert_eq!(seqs, (1..=3000).collect(), "one seq each, without holes");
    assert_eq!(server.engine.status().mentions, 3000);
    assert_eq!(server.search(wire::SearchRequest { query: "*".to_owned(), ..Default::default() }).await.total, 3000);
    server.stop().await;
}
