use ascolto::{
    base::limits::{SAVED_SEARCH_REVISIONS_MAX, UNFILED_QUERIES_MAX},
    proto::v1::saved_search_revision::Change,
};
use tonic::Code;

use super::*;
use crate::support::{
    Subscriber, plain_http,
    status::{assert_says, field, figure, reason},
};

async fn revisions(server: &TestServer, id: &str, page_size: i32) -> Vec<wire::SavedSearchRevision> {
    let mut request = wire::ListSavedSearchRevisionsRequest { id: id.to_owned(), page_size, page_token: String::new() };
    let mut revisions = Vec::new();
    loop {
        let page =
            server.client.saved_searches().list_saved_search_revisions(request.clone()).await.unwrap().into_inner();
        revisions.extend(page.revisions);
        if page.next_page_token.is_empty() {
            return revisions;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_what_the_mask_names_and_a_stale_etag_nothing() {
    let server = TestServer::start().await;
    let whole = wire::SavedSearch {
        title: "Züge".to_owned(),
        folder: "rail/später".to_owned(),
        owner: "anna".to_owned(),
        note: "für die Frühschicht".to_owned(),
        tags: vec!["late".to_owned()],
        time_zone: "Europe/Berlin".to_owned(),
        ..search("late", "zug verspätung")
    };
    let created = save(&server, whole.clone()).await.unwrap();
    assert_eq!((created.etag.as_str(), created.editor.as_str()), ("1", "anna"));
    assert_eq!((&created.folder, &created.tags, &created.note), (&whole.folder, &whole.tags, &whole.note));

    let edit = |etag: &str, paths: &[&str]| wire::UpdateSavedSearchRequest {
        saved_search: Some(wire::SavedSearch { title: "Trains".to_owned(), ..search("late", "train late") }),
        update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        etag: etag.to_owned(),
        editor: "bea".to_owned(),
    };
    let mut saved = server.client.saved_searches();
    let changed = saved.update_saved_search(edit("1", &["title"])).await.unwrap().into_inner();
    let expected = wire::SavedSearch {
        title: "Trains".to_owned(),
        etag: "2".to_owned(),
        editor: "bea".to_owned(),
        updated_at: changed.updated_at,
        ..created.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(get(&server, "late").await.unwrap(), expected);

    let refused = saved.update_saved_search(edit("1", &["query"])).await.unwrap_err();
    assert_says(&refused, Code::Aborted, &["saved search `late`", "`2`"]);
    assert_eq!((reason(&refused), figure(&refused, "etag")), ("ETAG_STALE".to_owned(), Some("2".to_owned())));
    let stale = wire::DeleteSavedSearchRequest { id: "late".to_owned(), etag: "1".to_owned(), ..Default::default() };
    assert_eq!(saved.delete_saved_search(stale).await.unwrap_err().code(), Code::Aborted);
    assert_eq!(get(&server, "late").await.unwrap(), expected);

    // The same again is no edit.
    let same = saved.update_saved_search(edit("2", &["title"])).await.unwrap().into_inner();
    assert_eq!(same.etag, "2");

    for (request, words) in [
        (edit("2", &["created_at"]), &["update_mask", "`created_at` cannot be changed"][..]),
        (wire::UpdateSavedSearchRequest { saved_search: None, ..edit("", &[]) }, &["saved_search", "is missing"]),
        (
            wire::UpdateSavedSearchRequest { saved_search: Some(search("late", "zug AND")), ..edit("", &["query"]) },
            &["AND"],
        ),
    ] {
        assert_says(&saved.update_saved_search(request).await.unwrap_err(), Code::InvalidArgument, words);
    }
    let unknown = wire::UpdateSavedSearchRequest { saved_search: Some(search("none", "zug")), ..edit("", &[]) };
    assert_eq!(saved.update_saved_search(unknown).await.unwrap_err().code(), Code::NotFound);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_who_did_what_and_goes_on_behind_a_deletion() {
    let server = TestServer::start().await;
    save(&server, search("late", "zug")).await.unwrap();
    requery(&server, "late", "zug OR train").await.unwrap();
    let forget =
        wire::DeleteSavedSearchRequest { id: "late".to_owned(), editor: "carl".to_owned(), ..Default::default() };
    server.client.saved_searches().delete_saved_search(forget).await.unwrap();
    assert_eq!(get(&server, "late").await.unwrap_err().code(), Code::NotFound);
    assert_eq!(save(&server, search("late", "поезд")).await.unwrap().etag, "4");
    let dir = server.stop().await;

    let server = TestServer::start_in(dir).await;
    let told: Vec<_> = revisions(&server, "late", 1)
        .await
        .iter()
        .map(|revision| {
            let search = revision.saved_search.clone().unwrap();
            assert!(search.updated_at.is_some());
            (revision.change(), search.editor, search.query)
        })
        .collect();
    let row = |change, editor: &str, query: &str| (change, editor.to_owned(), query.to_owned());
    assert_eq!(
        told,
        [
            row(Change::Created, "anna", "поезд"),
            row(Change::Deleted, "carl", "zug OR train"),
            row(Change::Updated, "bea", "zug OR train"),
            row(Change::Created, "anna", "zug"),
        ]
    );
    let never = wire::ListSavedSearchRevisionsRequest { id: "never".to_owned(), ..Default::default() };
    let refused = server.client.saved_searches().list_saved_search_revisions(never).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);

    for number in 0..SAVED_SEARCH_REVISIONS_MAX {
        requery(&server, "late", &format!("поезд{number}")).await.unwrap();
    }
    let kept = revisions(&server, "late", 30).await;
    assert_eq!(kept.len(), SAVED_SEARCH_REVISIONS_MAX, "the oldest have gone");
    assert!(kept.iter().all(|revision| revision.change() == Change::Updated));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_listed_with_what_is_below_them_page_by_page() {
    let server = TestServer::start().await;
    for (id, folder) in [
        ("a", "airline"),
        ("b", "airline/crisis"),
        ("c", ""),
        ("d", "airline-x"),
        ("e", "airline/crisis/2026"),
        ("f", "авиа"),
        ("g", "airline"),
    ] {
        let search = wire::SavedSearch { folder: folder.to_owned(), ..search(id, "volo") };
        save(&server, search).await.unwrap();
    }
    let mut saved = server.client.saved_searches();
    for (folder, expected) in [
        ("", &["a", "b", "c", "d", "e", "f", "g"][..]),
        ("airline", &["a", "g", "b", "e"]),
        ("airline/crisis", &["b", "e"]),
        ("авиа", &["f"]),
        ("air", &[]),
    ] {
        for page_size in [1, 2, 100] {
            let mut ids = Vec::new();
            let mut request =
                wire::ListSavedSearchesRequest { page_size, folder: folder.to_owned(), ..Default::default() };
            loop {
                let page = saved.list_saved_searches(request.clone()).await.unwrap().into_inner();
                assert!(page.saved_searches.len() <= usize::try_from(page_size).unwrap());
                ids.extend(page.saved_searches.into_iter().map(|search| search.id));
                if page.next_page_token.is_empty() {
                    break;
                }
                request.page_token = page.next_page_token;
            }
            assert_eq!(ids, expected, "{folder} by {page_size}");
        }
    }
    for (folder, token) in [("", "a|b"), ("airline", "a"), ("airline", "airline|B"), ("", "Ä")] {
        let request = wire::ListSavedSearchesRequest {
            folder: folder.to_owned(),
            page_token: token.to_owned(),
            ..Default::default()
        };
        let refused = saved.list_saved_searches(request).await.unwrap_err();
        assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID", "{folder} {token}");
    }
    let answer = plain_http::get(server.address, "/v1/savedSearches?folder=airline/crisis").await;
    assert_eq!(answer.json()["savedSearches"][1]["id"], "e");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_search_is_bounded_and_says_its_field() {
    let server = TestServer::start().await;
    let with = |change: fn(&mut wire::SavedSearch)| {
        let mut search = search("x", "zug");
        change(&mut search);
        search
    };
    for (search, at) in [
        (with(|search| search.id = "Ä".to_owned()), "saved_search.id"),
        (with(|search| search.title = "x".repeat(257)), "saved_search.title"),
        (with(|search| search.owner = "x".repeat(129)), "saved_search.owner"),
        (with(|search| search.note = "x".repeat(4097)), "saved_search.note"),
        (with(|search| search.folder = "a//b".to_owned()), "saved_search.folder"),
        (with(|search| search.folder = "../etc".to_owned()), "saved_search.folder"),
        (with(|search| search.folder = "a/.b".to_owned()), "saved_search.folder"),
        (with(|search| search.folder = "a|b".to_owned()), "saved_search.folder"),
        (with(|search| search.folder = "1/2/3/4/5/6/7/8/9".to_owned()), "saved_search.folder"),
        (with(|search| search.tags = vec!["x".repeat(65)]), "saved_search.tags[0]"),
        (with(|search| search.tags = vec!["ok".to_owned(), " a".to_owned()]), "saved_search.tags[1]"),
        (with(|search| search.tags = (0..17).map(|n| n.to_string()).collect()), "saved_search.tags"),
        (with(|search| search.time_zone = "Mars/Olympus".to_owned()), "time_zone"),
    ] {
        let refused = save(&server, search).await.unwrap_err();
        assert_eq!((refused.code(), field(&refused).as_deref()), (Code::InvalidArgument, Some(at)), "{refused}");
    }
    let request = wire::CreateSavedSearchRequest { saved_search: Some(search("x", "zug")), editor: "x".repeat(129) };
    let refused = server.client.saved_searches().create_saved_search(request).await.unwrap_err();
    assert_eq!(field(&refused).as_deref(), Some("editor"));
    assert_eq!(server.engine.status().saved_searches, 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_are_created_in_batches_each_with_its_answer() {
    let server = TestServer::start().await;
    let mut saved = server.client.saved_searches();
    let mut batch = async |searches: Vec<wire::SavedSearch>| {
        let request = wire::BatchCreateSavedSearchesRequest { saved_searches: searches, editor: "anna".to_owned() };
        saved.batch_create_saved_searches(request).await.map(|answer| answer.into_inner().creations)
    };
    for start in (0..3000).step_by(1000) {
        let searches = (start..start + 1000).map(|number| wire::SavedSearch {
            folder: "bulk".to_owned(),
            ..search(&format!("s{number:04}"), &format!("brand{number} OR марка{number}"))
        });
        assert!(batch(searches.collect()).await.unwrap().iter().all(|creation| creation.saved_search.is_some()));
    }
    let mixed = batch(vec![
        search("later", "search:earlier zug"),
        search("s0001", "zug"),
        search("bad", "zug AND"),
        search("Bad id", "zug"),
        search("earlier", "train"),
        search("lost", "search:nowhere"),
        search("on-lost", "search:lost"),
        search("earlier", "again"),
    ])
    .await
    .unwrap();
    let told: Vec<&str> = mixed.iter().map(|creation| creation.reason.as_str()).collect();
    let wrong = "QUERY_INVALID";
    assert_eq!(told, ["", "ALREADY_EXISTS", wrong, "FIELD_INVALID", "", wrong, wrong, "ALREADY_EXISTS"]);
    assert_eq!(mixed[2].problems[0].start, 4);
    assert_eq!(mixed[5].problems[0].code, "UNKNOWN_SEARCH");
    assert_eq!(batch(vec![search("x", "zug"); 1001]).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(server.engine.status().saved_searches, 3002);

    let dir = server.stop().await;
    let server = TestServer::start_in(dir).await;
    let request = wire::SubscribeRequest { saved_searches: vec!["s2999".to_owned()], ..Default::default() };
    let mut live = Subscriber::ask(&server.client, request).await.unwrap();
    live.caught_up().await;
    server.ingest(vec![crate::support::mention("1", "МАРКА2999", 0)]).await;
    assert_eq!(live.event().await.saved_searches, ["s2999"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_every_mention_is_held_against_are_counted() {
    let server = TestServer::start().await;
    let until_counted = async |count: usize| {
        while server.engine.status().queries.always != count {
            tokio::task::yield_now().await;
        }
    };
    let unfiled = |number: usize| search(&format!("u{number}"), &format!("* NOT word{number}"));
    let request = wire::BatchCreateSavedSearchesRequest {
        saved_searches: (0..UNFILED_QUERIES_MAX - 1).map(unfiled).collect(),
        ..Default::default()
    };
    let created = server.client.saved_searches().batch_create_saved_searches(request).await.unwrap().into_inner();
    assert!(created.creations.iter().all(|creation| creation.saved_search.is_some()));
    until_counted(UNFILED_QUERIES_MAX - 1).await;

    // One batch takes what is left and no more; what is looked up by a word or fact takes none of it.
    let mixed = [unfiled(2000), unfiled(2001), search("filed", "zug"), search("fact", "lang:it NOT zug")];
    let request = wire::BatchCreateSavedSearchesRequest { saved_searches: mixed.to_vec(), ..Default::default() };
    let mixed = server.client.saved_searches().batch_create_saved_searches(request).await.unwrap().into_inner();
    let is_saved: Vec<bool> = mixed.creations.iter().map(|creation| creation.saved_search.is_some()).collect();
    assert_eq!(is_saved, [true, false, true, true]);
    until_counted(UNFILED_QUERIES_MAX).await;

    let refused = requery(&server, "filed", "* NOT bus").await.unwrap_err();
    assert_says(&refused, Code::ResourceExhausted, &["1000 such queries", "lang:it"]);
    let live = |query: &str| wire::SubscribeRequest { query: query.to_owned(), ..Default::default() };
    let refused = Subscriber::ask(&server.client, live("* NOT bus")).await.err().map(|status| status.code());
    assert_eq!(refused, Some(Code::ResourceExhausted));
    assert!(Subscriber::ask(&server.client, live("zug")).await.is_ok());

    // One of them may be edited, and makes room by asking for a word.
    requery(&server, "u0", "* NOT tram").await.unwrap();
    requery(&server, "u0", "tram").await.unwrap();
    until_counted(UNFILED_QUERIES_MAX - 1).await;
    let mut live = Subscriber::ask(&server.client, live("* NOT bus")).await.unwrap();
    live.caught_up().await;
    server.stop().await;
}
