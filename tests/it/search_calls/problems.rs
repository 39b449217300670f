//! What is wrong with a question: all of it, at its place, with the mend.

use super::*;
use crate::support::status::{field, problems, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_run_says_what_is_wrong_where() {
    let server = TestServer::start().await;
    let text = "кофе langauge:it AND";
    let refused = server.client.search().search(query(text)).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "QUERY_INVALID"));
    let told = problems(&refused).unwrap().problems;
    let shown: Vec<_> = told
        .iter()
        .map(|problem| (problem.code.as_str(), &text[problem.start as usize..problem.end as usize]))
        .collect();
    assert_eq!(shown, [("UNKNOWN_FIELD", "langauge:"), ("MISSING_OPERAND", "AND")]);
    assert_eq!(told[0].suggestion.as_deref(), Some("lang:"));
    assert_eq!(refused.message(), told[0].message, "the first one is the sentence");

    // Count, subscribe and saving say the same.
    let count = wire::CountRequest { query: text.to_owned(), ..Default::default() };
    let refused = server.client.search().count(count).await.unwrap_err();
    assert_eq!(problems(&refused).unwrap().problems, told);
    let subscribe = wire::SubscribeRequest { query: text.to_owned(), ..Default::default() };
    let refused = server.client.subscriptions().subscribe(subscribe).await.unwrap_err();
    assert_eq!(problems(&refused).unwrap().problems, told);
    let saved = wire::SavedSearch { id: "x".to_owned(), query: text.to_owned(), ..Default::default() };
    let saved = wire::CreateSavedSearchRequest { saved_search: Some(saved), ..Default::default() };
    let refused = server.client.saved_searches().create_saved_search(saved).await.unwrap_err();
    assert_eq!(problems(&refused).unwrap().problems, told);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_query_runs_and_tells_the_doubt() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", "coffee or tea", 0)]).await;
    let answer = server.search(query("coffee or tea")).await;
    assert_eq!(answer.total, 1);
    let doubt = &answer.problems[0];
    assert_eq!((doubt.severity(), doubt.code.as_str()), (wire::problem::Severity::Warning, "LOWER_CASE_OPERATOR"));
    assert_eq!((doubt.start, doubt.end, doubt.suggestion.as_deref()), (7, 9, Some("OR")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_checked_without_running_it() {
    let server = TestServer::start().await;
    let check = async |text: &str| {
        let request = wire::CheckQueryRequest { query: text.to_owned(), ..Default::default() };
        server.client.search().check_query(request).await.unwrap().into_inner()
    };
    let good = check("espresso   lang:(it OR de)").await;
    assert!(good.valid && good.problems.is_empty(), "{good:?}");
    assert_eq!(check(&good.canonical).await.canonical, good.canonical);
    let bad = check("(espresso").await;
    assert!(!bad.valid);
    assert_eq!((bad.problems[0].code.as_str(), bad.problems[0].start), ("UNBALANCED_BRACKET", 0));
    let huge = check(&"tasse ".repeat(12_000)).await;
    assert_eq!(huge.problems[0].code, "TOO_LONG");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_request_name_the_field() {
    let server = TestServer::start().await;
    for (request, at_fault, words) in [
        (wire::SearchRequest { sort: 77, ..query("*") }, "sort", "3 relevance"),
        (wire::SearchRequest { page_size: 501, ..query("*") }, "page_size", "1 to 500"),
        (wire::SearchRequest { page_size: -1, ..query("*") }, "page_size", "1 to 500"),
        (wire::SearchRequest { facets: vec!["mood".to_owned()], ..query("*") }, "facets[0]", "sentiment"),
    ] {
        let refused = server.client.search().search(request).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &[at_fault, words]);
        assert_eq!(field(&refused).as_deref(), Some(at_fault));
    }
    for name in ["", "forum", "forum/", "Forum/1", "forum/\u{0}"] {
        let refused = server.client.search().get(wire::GetRequest { name: name.to_owned() }).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &["name"]);
    }
    server.stop().await;
}
