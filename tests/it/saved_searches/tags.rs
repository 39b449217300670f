use tonic::Code;

use super::*;
use crate::support::{
    Subscriber, at, mention,
    status::{assert_says, problems},
    subscriber::mention_of,
};

fn tagging(id: &str, query: &str, tags: &[&str]) -> wire::SavedSearch {
    wire::SavedSearch { tags: tags.iter().map(ToString::to_string).collect(), ..search(id, query) }
}

async fn tags(server: &TestServer, id: &str) -> Vec<(String, String)> {
    let version = server.client.search().get(wire::GetRequest { name: format!("forum/{id}") }).await.unwrap();
    let set = version.into_inner().understanding.unwrap().tags;
    set.into_iter().map(|set| (set.tag, set.saved_search)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_sets_tags_that_are_found_and_stream_and_earlier_mentions_keep_theirs() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("before", "strike at the airport", 0)]).await;
    save(&server, tagging("strikes", "strike OR sciopero OR забастовка", &["crisis", "labour"])).await.unwrap();
    save(&server, tagging("crisis-it", "sciopero lang:it", &["crisis"])).await.unwrap();
    let mut live = Subscriber::begin(&server.client, "tag:crisis", wire::subscribe_request::Start::Now(())).await;
    live.caught_up().await;
    server
        .ingest(vec![
            mention("ru", "в аэропорту забастовка", 1),
            mention("calm", "all calm here", 2),
            mention("it", "Domani c'è lo sciopero dei treni, che disastro", 3),
        ])
        .await;
    for expected in ["ru", "it"] {
        assert_eq!(mention_of(&live.event().await).external_id, expected);
    }
    assert_eq!(server.found("tag:crisis").await, ["ru", "it"]);
    assert_eq!(server.found("tag:labour AND NOT lang:it").await, ["ru"]);
    let pair = |tag: &str, by: &str| (tag.to_owned(), by.to_owned());
    assert_eq!(
        tags(&server, "it").await,
        [pair("crisis", "crisis-it"), pair("crisis", "strikes"), pair("labour", "strikes")]
    );
    assert_eq!(tags(&server, "before").await, []);

    // New words set them anew; what the source tags stays beside them.
    let over = wire::Mention {
        observed_at: at(10), tags: vec!["crisis".to_owned()], ..mention("ru", "всё хорошо", 1)
    };
    server.ingest(vec![over]).await;
    assert_eq!(tags(&server, "ru").await, []);
    assert_eq!(server.found("tag:crisis").await, ["ru", "it"]);
    let dir = server.stop().await;

    // After a restart they are set by the same searches.
    let server = TestServer::start_in(dir).await;
    server.ingest(vec![mention("later", "strike again", 20)]).await;
    assert_eq!(server.found("tag:labour").await, ["it", "later"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_add_tags_and_take_none_away() {
    let server = TestServer::start().await;
    save(&server, tagging("viral", "likes:>=100", &["viral"])).await.unwrap();
    save(&server, tagging("trains", "zug", &["rail"])).await.unwrap();
    let liked = |likes, second| wire::Mention {
        engagement: Some(wire::Engagement { likes: Some(likes), ..Default::default() }),
        observed_at: at(second),
        ..mention("1", "Der Zug!", 0)
    };
    server.ingest(vec![liked(1, 0)]).await;
    assert_eq!(server.found("tag:viral").await, Vec::<String>::new());
    server.ingest(vec![liked(100, 1)]).await;
    assert_eq!(server.found("tag:viral tag:rail").await, ["1"]);
    server.ingest(vec![liked(50, 2)]).await;
    assert_eq!(server.found("tag:viral tag:rail").await, ["1"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_follow_edits_and_references() {
    let server = TestServer::start().await;
    save(&server, search("words", "zug")).await.unwrap();
    save(&server, tagging("tagger", "search:words NOT bus", &["rail"])).await.unwrap();
    server.ingest(vec![mention("1", "ein Zug", 0)]).await;
    requery(&server, "words", "tram").await.unwrap();
    server.ingest(vec![mention("2", "noch ein Zug", 1), mention("3", "eine Tram", 2)]).await;
    remove(&server, "words", true).await.unwrap();
    server.ingest(vec![mention("4", "noch eine Tram", 3)]).await;
    save(&server, search("words", "tram")).await.unwrap();
    server.ingest(vec![mention("5", "Tram", 4)]).await;
    assert_eq!(server.found("tag:rail").await, ["1", "3", "5"]);
    remove(&server, "tagger", false).await.unwrap();
    server.ingest(vec![mention("6", "Tram", 5)]).await;
    assert_eq!(server.found("tag:rail").await, ["1", "3", "5"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_only_of_the_conversation_sets_no_tags() {
    let server = TestServer::start().await;
    for query in ["needs:reply", "zug (bus OR status:answered)", "NOT parent:zug *", "thread:7"] {
        let refused = save(&server, tagging("x", query, &["late"])).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &["conversation"]);
        assert_eq!(problems(&refused).unwrap().problems[0].code, "NOT_SUPPORTED", "{query}");
        save(&server, search("x", query)).await.unwrap();
        remove(&server, "x", false).await.unwrap();
    }
    server.stop().await;
}
