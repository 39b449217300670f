use ascolto::proto::v1::{self as wire, AuthorList, subscribe_request::Start};
use tonic::Code;

use super::{remove, save, search};
use crate::support::{
    Subscriber, TestServer, mention, plain_http,
    status::{assert_says, field, figure, reason},
    subscriber::mention_of,
};

fn by(id: &str, handle: &str) -> wire::Mention {
    let author = wire::Author { handle: handle.to_owned(), ..Default::default() };
    wire::Mention { author: Some(author), ..mention(id, "hello", 0) }
}

fn handles(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_stands_for_its_authors_and_every_change_counts_at_once() {
    let server = TestServer::start().await;
    let mut lists = server.client.author_lists();
    let list = AuthorList { id: "vip".to_owned(), title: "Важные".to_owned(), ..Default::default() };
    let create = wire::CreateAuthorListRequest {
        author_list: Some(list),
        members: handles(&["@Anna", "bea", "BEA"]),
        editor: "carl".to_owned(),
    };
    let made = lists.create_author_list(create.clone()).await.unwrap().into_inner();
    assert_eq!((made.member_count, made.editor.as_str()), (2, "carl"));
    assert_eq!(lists.create_author_list(create).await.unwrap_err().code(), Code::AlreadyExists);
    save(&server, search("from-vip", "from:list:vip hello")).await.unwrap();
    let mut live = Subscriber::begin(&server.client, "search:from-vip", Start::Now(())).await;
    live.caught_up().await;

    server.ingest(vec![by("1", "anna"), by("2", "dora")]).await;
    assert_eq!(server.found("from:list:vip").await, ["1"]);
    let add = wire::AddAuthorListMembersRequest {
        id: "vip".to_owned(),
        members: handles(&["dora", "anna", "東京"]),
        ..Default::default()
    };
    let changed = lists.add_author_list_members(add.clone()).await.unwrap().into_inner();
    assert_eq!(changed.member_count, 4);
    assert_ne!(changed.etag, made.etag);
    assert_eq!(lists.add_author_list_members(add).await.unwrap().into_inner(), changed, "the same again is no change");
    server.ingest(vec![by("3", "Dora"), by("4", "東京")]).await;
    let take = wire::RemoveAuthorListMembersRequest {
        id: "vip".to_owned(),
        members: handles(&["@dora", "nobody"]),
        ..Default::default()
    };
    assert_eq!(lists.remove_author_list_members(take).await.unwrap().into_inner().member_count, 3);
    server.ingest(vec![by("5", "dora"), by("6", "bea")]).await;
    let mut seen = Vec::new();
    while seen.len() < 4 {
        if let Some(wire::subscribe_response::Message::Event(event)) = live.next().await {
            seen.push(mention_of(&event).external_id.clone());
        }
    }
    assert_eq!(seen, ["1", "3", "4", "6"]);
    assert_eq!(server.found("from:list:vip").await, ["1", "4", "6"]);

    let page = |page_token: &str| wire::ListAuthorListMembersRequest {
        id: "vip".to_owned(),
        page_size: 2,
        page_token: page_token.to_owned(),
    };
    let first = lists.list_author_list_members(page("")).await.unwrap().into_inner();
    assert_eq!(first.members, ["anna", "bea"]);
    let last = lists.list_author_list_members(page(&first.next_page_token)).await.unwrap().into_inner();
    assert_eq!((last.members, last.next_page_token), (handles(&["東京"]), String::new()));

    // It is there after a restart.
    let dir = server.stop().await;
    let server = TestServer::start_in(dir).await;
    assert_eq!(server.found("from:list:vip").await, ["1", "4", "6"]);
    let answer = plain_http::get(server.address, "/v1/authorLists/vip").await.json();
    assert_eq!((answer["title"].as_str(), answer["memberCount"].as_str()), (Some("Важные"), Some("3")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_referred_to_stays_and_what_is_no_handle_is_refused() {
    let server = TestServer::start().await;
    let mut lists = server.client.author_lists();
    let create = |id: &str, members: Vec<String>| wire::CreateAuthorListRequest {
        author_list: Some(AuthorList { id: id.to_owned(), ..Default::default() }),
        members,
        ..Default::default()
    };
    lists.create_author_list(create("press", handles(&["anna"]))).await.unwrap();
    save(&server, search("no-press", "hello NOT from:list:press")).await.unwrap();
    let delete = |force| wire::DeleteAuthorListRequest { id: "press".to_owned(), force };
    let refused = lists.delete_author_list(delete(false)).await.unwrap_err();
    assert_eq!((reason(&refused), figure(&refused, "by").as_deref()), ("REFERRED_TO".to_owned(), Some("no-press")));
    remove(&server, "no-press", false).await.unwrap();
    lists.delete_author_list(delete(false)).await.unwrap();
    assert_eq!(lists.delete_author_list(delete(true)).await.unwrap_err().code(), Code::NotFound);
    let unknown = wire::CountRequest { query: "from:list:press".to_owned(), ..Default::default() };
    assert_says(&server.client.search().count(unknown).await.unwrap_err(), Code::InvalidArgument, &["press"]);

    for (members, at) in [
        (handles(&["ok", "two words"]), "members[1]"),
        (handles(&["@"]), "members[0]"),
        (vec!["x".repeat(257)], "members[0]"),
    ] {
        let refused = lists.create_author_list(create("x", members)).await.unwrap_err();
        assert_eq!((refused.code(), field(&refused).as_deref()), (Code::InvalidArgument, Some(at)), "{refused}");
    }
    let many = (0..10_001).map(|number| format!("a{number}")).collect();
    assert_eq!(lists.create_author_list(create("x", many)).await.unwrap_err().code(), Code::InvalidArgument);
    let update = wire::UpdateAuthorListRequest {
        author_list: Some(AuthorList { id: "press".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    assert_eq!(lists.update_author_list(update.clone()).await.unwrap_err().code(), Code::NotFound);
    let made = lists.create_author_list(create("press", Vec::new())).await.unwrap().into_inner();
    let stale = wire::UpdateAuthorListRequest { etag: "9-0".to_owned(), ..update.clone() };
    let refused = lists.update_author_list(stale).await.unwrap_err();
    assert_eq!(figure(&refused, "etag"), Some(made.etag.clone()));
    let fresh = wire::UpdateAuthorListRequest { etag: made.etag, ..update };
    assert!(lists.update_author_list(fresh).await.is_ok());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_holds_a_hundred_thousand_and_no_more() {
    let server = TestServer::start().await;
    let mut lists = server.client.author_lists();
    let list = Some(AuthorList { id: "all".to_owned(), ..Default::default() });
    lists.create_author_list(wire::CreateAuthorListRequest { author_list: list, ..Default::default() }).await.unwrap();
    for start in (0..100_000).step_by(10_000) {
        let members = (start..start + 10_000).map(|number| format!("author{number}")).collect();
        let add = wire::AddAuthorListMembersRequest { id: "all".to_owned(), members, ..Default::default() };
        lists.add_author_list_members(add).await.unwrap();
    }
    let add = wire::AddAuthorListMembersRequest {
        id: "all".to_owned(),
        members: handles(&["author7", "one-more"]),
        ..Default::default()
    };
    let refused = lists.add_author_list_members(add).await.unwrap_err();
    assert_says(&refused, Code::ResourceExhausted, &["100001", "100000"]);
    server.ingest(vec![by("1", "author99999"), by("2", "author100000")]).await;
    assert_eq!(server.found("from:list:all").await, ["1"]);
    server.stop().await;
}
