use ascolto::proto::v1::cost::Class;
use tonic::Code;

use super::*;
use crate::support::{
    mention,
    status::{assert_says, field},
};

/// A mention created so many hours ago.
fn ago(id: &str, text: &str, hours: i64) -> wire::Mention {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let seconds = i64::try_from(now).unwrap() - hours * 3600 - 60;
    let time = Some(prost_types::Timestamp { seconds, nanos: 0 });
    wire::Mention { created_at: time, observed_at: time, ..mention(id, text, 0) }
}

fn ids(hits: &[wire::Hit]) -> Vec<String> {
    hits.iter().map(|hit| hit.version.clone().unwrap().mention.unwrap().external_id).collect()
}

async fn filled() -> TestServer {
    let server = TestServer::start().await;
    let mut mentions: Vec<_> = (0..200).map(|n| ago(&format!("calm{n}"), "nothing to see", 1)).collect();
    mentions.extend([
        ago("1", "Der Zug ist verspätet", 3),
        ago("2", "the train is late", 2),
        ago("3", "zug und bus", 1),
        ago("old", "ein alter Zug", 48),
    ]);
    server.ingest(mentions).await;
    // What is previewed is what can be searched.
    assert_eq!(server.found("zug").await.len(), 3);
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_previewed_with_its_count_cost_and_a_sample() {
    let server = filled().await;
    let ask = |query: &str, old_query: &str| wire::PreviewQueryRequest {
        query: query.to_owned(),
        old_query: old_query.to_owned(),
        sample_size: 1,
        ..Default::default()
    };
    let mut service = server.client.search();
    let told = service.preview_query(ask("zug", "")).await.unwrap().into_inner();
    assert_eq!((told.valid, told.count, ids(&told.sample)), (true, 2, vec!["3".to_owned()]));
    assert_eq!((told.gained, told.lost), (None, None));
    assert!(!told.sample[0].highlights.is_empty());
    let cost = told.cost.unwrap();
    assert!(cost.wakes_on > 0.0 && cost.wakes_on < 0.1, "{cost:?}");
    let cost = service.preview_query(ask("*", "")).await.unwrap().into_inner().cost.unwrap();
    assert_eq!((cost.class(), cost.wakes_on), (Class::High, 1.0));

    let longer = wire::PreviewQueryRequest { hours: 100, ..ask("zug", "") };
    assert_eq!(service.preview_query(longer).await.unwrap().into_inner().count, 3);

    let edit = service.preview_query(ask("zug NOT bus OR train", "zug")).await.unwrap().into_inner();
    assert!(!edit.valid && edit.count == 0, "AND and OR side by side are no query");
    assert_eq!(edit.problems[0].code, "MIXED_OPERATORS");
    let edit = service.preview_query(ask("(zug NOT bus) OR train", "zug")).await.unwrap().into_inner();
    let (gained, lost) = (edit.gained.unwrap(), edit.lost.unwrap());
    assert_eq!((edit.count, gained.count, ids(&gained.sample)), (2, 1, vec!["2".to_owned()]));
    assert_eq!((lost.count, ids(&lost.sample)), (1, vec!["3".to_owned()]));

    for (request, at) in [
        (wire::PreviewQueryRequest { hours: 8761, ..ask("zug", "") }, "hours"),
        (wire::PreviewQueryRequest { sample_size: 101, ..ask("zug", "") }, "sample_size"),
        (wire::PreviewQueryRequest { sample_size: -1, ..ask("zug", "") }, "sample_size"),
        (wire::PreviewQueryRequest { time_zone: "Mars".to_owned(), ..ask("zug", "") }, "time_zone"),
    ] {
        let refused = service.preview_query(request).await.unwrap_err();
        assert_eq!((refused.code(), field(&refused).as_deref()), (Code::InvalidArgument, Some(at)));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_saved_search_is_previewed_against_what_is_kept() {
    let server = filled().await;
    save(&server, search("base", "zug")).await.unwrap();
    save(&server, search("outer", "search:base OR train")).await.unwrap();
    let ask = |query: &str| wire::PreviewSavedSearchRequest {
        id: "outer".to_owned(),
        query: query.to_owned(),
        ..Default::default()
    };
    let mut saved = server.client.saved_searches();
    let present = saved.preview_saved_search(ask("")).await.unwrap().into_inner();
    assert_eq!((present.count, present.gained, present.lost), (3, None, None));
    let edit = saved.preview_saved_search(ask("search:base NOT bus")).await.unwrap().into_inner();
    assert_eq!((edit.count, edit.gained.unwrap().count, edit.lost.unwrap().count), (1, 0, 2));
    // A circle is told before it is saved.
    let circle = saved.preview_saved_search(ask("search:outer")).await.unwrap().into_inner();
    assert_eq!((circle.valid, circle.problems[0].code.as_str()), (false, "CIRCULAR_SEARCH"));
    assert_eq!(get(&server, "outer").await.unwrap().etag, "1", "nothing was saved");

    remove(&server, "base", true).await.unwrap();
    let mended = saved.preview_saved_search(ask("zug")).await.unwrap().into_inner();
    assert_eq!((mended.gained.unwrap().count, mended.lost.unwrap().count), (2, 0), "a resting one finds nothing");
    let unknown = wire::PreviewSavedSearchRequest { id: "none".to_owned(), ..Default::default() };
    assert_says(&saved.preview_saved_search(unknown).await.unwrap_err(), Code::NotFound, &["`none`"]);
    server.stop().await;
}
