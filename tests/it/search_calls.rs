//! Questions over the wire: what is found in which script, in which order and on which page, and what is wrong with a question.

mod corpus;
mod pages;
mod problems;

use ascolto::proto::v1 as wire;
use tonic::Code;

use crate::support::{
    TestServer, mention, reply,
    server::ids,
    status::{assert_says, figure, reason},
};
use corpus::corpus;

fn query(text: &str) -> wire::SearchRequest {
    wire::SearchRequest { query: text.to_owned(), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_script_is_found_by_words_phrases_fields_ranges_and_times() {
    let server = TestServer::start().await;
    server.ingest(corpus()).await;
    for (text, expected) in [
        // Words and phrases.
        ("caffe", &["it"][..]),
        ("caffè", &["it"]),
        ("CAFFÈ", &["it"]),
        (r#""kaffee ist heiß""#, &["de"]),
        (r#""heiß ist kaffee""#, &[]),
        ("верните", &["ru"]),
        ("コーヒー", &["ja"]),
        ("冷たい", &["ja"]),
        ("กาแฟ", &["th"]),
        ("القهوة", &["ar"]),
        ("ठंडी", &["hi"]),
        ("咖啡", &["zh"]),
        ("커피가", &["ko"]),
        ("הקפה", &["he"]),
        ("☕", &["en"]),
        ("monday", &["en"]),
        ("#monday", &["en"]),
        ("@beanhouse", &["en"]),
        // Operators.
        ("coffee cold", &["en"]),
        ("caffè OR кофе OR 咖啡", &["it", "ru", "zh"]),
        ("coffee AND NOT cold", &["answer"]),
        ("(coffee OR кофе) AND NOT (деньги OR hotter)", &["en"]),
        // Facts.
        ("lang:ja OR lang:th", &["ja", "th"]),
        ("lang:(ko OR he)", &["ko", "he"]),
        ("type:review", &["review"]),
        ("type:reply", &["answer"]),
        ("platform:shop", &["review"]),
        ("from:@Beatriz", &["pt"]),
        ("author:\"beatriz souza\"", &["pt"]),
        ("country:GB tag:vip", &["en"]),
        ("site:example.com", &["en"]),
        ("has:hashtag", &["en"]),
        ("title:espresso", &["review"]),
        ("text:espresso", &[]),
        ("parent:cold", &["answer"]),
        ("id:forum/ja", &["ja"]),
        // Figures.
        ("likes:7", &["en"]),
        ("likes:>7", &[]),
        ("likes:5..10", &["en"]),
        ("engagement:10 followers:>=1000", &["en"]),
        ("rating:4.5", &["review"]),
        ("rating:>4.5", &[]),
        // Times.
        ("published:<2026-01-05T09:00:02Z", &["it", "de"]),
        ("published:2026-01-05T09:00:02Z..2026-01-05T09:00:04Z", &["ru", "ja", "th"]),
        ("published:2026-01-04", &[]),
        ("published:2026-01-05 lang:ja", &["ja"]),
        ("weekday:mon minute_of_day:09:00 กาแฟ", &["th"]),
        ("weekday:tue", &[]),
        ("ingested:>now-1d 咖啡", &["zh"]),
    ] {
        assert_eq!(server.found(text).await, expected, "{text}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_zone_of_the_question_and_its_range_hold() {
    let server = TestServer::start().await;
    server.ingest(corpus()).await;
    // 9 in the morning in London is 6 in the evening in Tokyo.
    let tokyo = wire::SearchRequest { time_zone: "Asia/Tokyo".to_owned(), ..query("minute_of_day:18:00 咖啡") };
    assert_eq!(ids(&server.search(tokyo).await), ["zh"]);
    let range = wire::SearchRequest {
        created_from: crate::support::at(2),
        created_before: crate::support::at(4),
        sort: wire::Sort::Oldest.into(),
        ..query("*")
    };
    assert_eq!(ids(&server.search(range).await), ["ru", "ja"]);
    let nowhere = wire::SearchRequest { time_zone: "Europe/Atlantis".to_owned(), ..query("*") };
    let refused = server.client.search().search(nowhere).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["time_zone", "Europe/Atlantis"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn highlights_are_the_bytes_that_matched() {
    let server = TestServer::start().await;
    server.ingest(corpus()).await;
    for (text, field, expected) in [
        ("caffe", "text", "caffè"),
        (r#""kaffee ist heiß""#, "text", "Kaffee ist heiß"),
        ("верните", "text", "верните"),
        ("コーヒー", "text", "コーヒー"),
        ("กาแฟ", "text", "กาแฟ"),
        ("القهوة", "text", "القهوة"),
        ("ठंडी", "text", "ठंडी"),
        ("☕", "text", "☕"),
        ("title:espresso", "title", "Espresso"),
        ("author:souza", "author", "Souza"),
        ("parent:coffee", "parent", "coffee"),
    ] {
        let answer = server.search(query(text)).await;
        let hit = &answer.hits[0];
        let version = hit.version.as_ref().unwrap();
        let sent = version.mention.as_ref().unwrap();
        let parent = version.conversation.as_ref().and_then(|conversation| conversation.parent.as_ref());
        let author = sent.author.as_ref().map(|author| format!("{} {}", author.handle, author.name)).unwrap();
        let marked: Vec<(&str, &str)> = hit
            .highlights
            .iter()
            .map(|place| {
                let whole = match place.field.as_str() {
                    "title" => &sent.title,
                    "text" => &sent.text,
                    "author" => &author,
                    "parent" => &parent.unwrap().text,
                    other => panic!("a highlight in {other}"),
                };
                (place.field.as_str(), &whole[place.start as usize..place.end as usize])
            })
            .collect();
        assert!(marked.contains(&(field, expected)), "{text}: {marked:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_facets_count_every_match_not_the_page() {
    let server = TestServer::start().await;
    let mentions = corpus();
    let count = mentions.len() as u64;
    server.ingest(mentions).await;
    let facets = ["platform", "type", "country", "tag"].map(str::to_owned).to_vec();
    let answer = server.search(wire::SearchRequest { facets, page_size: 2, ..query("*") }).await;
    assert_eq!((answer.hits.len(), answer.total), (2, count));
    let told = answer.facets.iter().map(|facet| {
        let values: Vec<_> = facet.values.iter().map(|value| (value.value.as_str(), value.count)).collect();
        (facet.field.as_str(), values, facet.other)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("platform", vec![("forum", count - 1), ("shop", 1)], 0),
            ("type", vec![("post", count - 2), ("reply", 1), ("review", 1)], 0),
            ("country", vec![("gb", 1)], 0),
            ("tag", vec![("vip", 1)], 0),
        ]
    );
    let request = wire::CountRequest { query: "NOT lang:ja *".to_owned(), min_seq: count, ..Default::default() };
    let counted = server.client.search().count(request).await.unwrap().into_inner();
    assert!(counted.count == count - 1 && counted.visible_seq >= count, "{counted:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_found_with_its_seq() {
    let server = TestServer::start().await;
    for turn in 0..5 {
        let seq = server.ingest(vec![mention(&turn.to_string(), "lesen was man schrieb", turn)]).await[0].seq;
        let request = wire::SearchRequest { min_seq: seq, ..query("schrieb") };
        let answer = server.client.search().search(request).await.unwrap().into_inner();
        assert!(answer.total == seq && answer.visible_seq >= seq, "{answer:?}");
    }
    let future = wire::SearchRequest { min_seq: 77, ..query("*") };
    let refused = server.client.search().search(future).await.unwrap_err();
    assert_says(&refused, Code::OutOfRange, &["seq 77", "1 to 5"]);
    assert_eq!(reason(&refused), "SEQ_OUT_OF_RANGE");
    assert_eq!(figure(&refused, "newest").as_deref(), Some("5"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_are_read_by_name_alone_together_and_with_their_conversation() {
    let server = TestServer::start().await;
    server.ingest(corpus()).await;
    let mut search = server.client.search();
    let names = ["forum/ja", "forum/none", "shop/review", "forum/it"].map(str::to_owned).to_vec();
    let answer = search.batch_get(wire::BatchGetRequest { names }).await.unwrap().into_inner();
    let found: Vec<_> =
        answer.versions.iter().map(|version| version.mention.as_ref().unwrap().external_id.as_str()).collect();
    assert_eq!((found, answer.missing), (vec!["ja", "review", "it"], vec!["forum/none".to_owned()]));
    let too_many = wire::BatchGetRequest { names: vec!["forum/ja".to_owned(); 501] };
    let refused = search.batch_get(too_many).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["names", "501", "500"]);

    // A conversation whose branches arrived in no order; from any of its mentions, page by page.
    server
        .ingest(vec![
            reply("r3", "drei", 30, "r1"),
            reply("r2", "zwei", 20, "root"),
            mention("root", "null", 0),
            reply("r1", "eins", 10, "root"),
        ])
        .await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = wire::GetConversationRequest { name: "forum/r2".to_owned(), page_size: 3, page_token };
        let page = search.get_conversation(request).await.unwrap().into_inner();
        seen.extend(page.versions.into_iter().map(|version| version.mention.unwrap().external_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["root", "r1", "r2", "r3"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_shows_the_very_version_that_get_shows_however_often_it_was_shown() {
    let server = TestServer::start().await;
    let long = wire::Mention { text: "long ".repeat(2000), ..mention("long", "long", 1) };
    server.ingest([corpus(), vec![long]].concat()).await;
    // The first time it is written, the second time it was kept, the third time there is a newer one.
    for round in 0..3 {
        if round == 2 {
            let later = corpus().into_iter().map(|mention| wire::Mention {
                engagement: Some(wire::Engagement { likes: Some(7), ..Default::default() }),
                observed_at: mention.observed_at.map(|at| prost_types::Timestamp { seconds: at.seconds + 60, ..at }),
                ..mention
            });
            server.ingest(later.collect()).await;
        }
        let hits = server.search(wire::SearchRequest { page_size: 100, ..query("*") }).await.hits;
        assert!(hits.len() > 10);
        for hit in hits {
            let shown = hit.version.unwrap();
            let mention = shown.mention.clone().unwrap();
            let name = format!("{}/{}", mention.platform, mention.external_id);
            let got = server.client.search().get(wire::GetRequest { name }).await.unwrap().into_inner();
            assert_eq!(shown, got, "round {round}");
        }
    }
}
