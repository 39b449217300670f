//! Order and pages, also while mentions arrive.

use super::*;
use crate::support::status::reason;

fn crowd(prefix: &str, seconds: std::ops::Range<i64>) -> Vec<wire::Mention> {
    let figures = |second: i64| wire::Engagement {
        likes: Some(second as u64 % 7),
        views: Some(second as u64 % 5),
        ..Default::default()
    };
    seconds
        .map(|second| wire::Mention {
            author: Some(wire::Author {
                handle: "anna".to_owned(),
                followers: Some(second as u64 % 11),
                ..Default::default()
            }),
            engagement: Some(figures(second)),
            ..mention(&format!("{prefix}{second}"), &format!("{} ende", "zug ".repeat(second as usize % 4 + 1)), second)
        })
        .collect()
}

/// Hits on a page; every page waits for an index commit, so they are few.
const PAGE: usize = 17;

/// All pages of a search; `between` runs before each page but the first.
async fn all_pages(server: &TestServer, request: wire::SearchRequest, between: impl AsyncFn(usize)) -> Vec<String> {
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    for turn in 0.. {
        let answer = server.search(wire::SearchRequest { page_token, ..request.clone() }).await;
        assert!(answer.hits.len() <= PAGE);
        seen.extend(ids(&answer));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
        between(turn).await;
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_shows_each_mention_once_while_others_arrive() {
    let server = TestServer::start().await;
    server.ingest(crowd("m", 0..50)).await;
    for sort in
        [wire::Sort::Newest, wire::Sort::Oldest, wire::Sort::Relevance, wire::Sort::Reach, wire::Sort::Engagement]
    {
        let whole = wire::SearchRequest { sort: sort.into(), page_size: 500, ..query("zug") };
        let first_look = ids(&server.search(whole.clone()).await);
        let paged = wire::SearchRequest { page_size: PAGE as i32, ..whole };
        let seen = all_pages(&server, paged, async |turn| {
            let prefix = format!("{}-{turn}-", sort.as_str_name());
            server.ingest(crowd(&prefix, 100..103)).await;
        })
        .await;
        // Newcomers may stand on later pages; what was there stays in its order, each once.
        let stayed: Vec<&String> = seen.iter().filter(|id| first_look.contains(id)).collect();
        assert_eq!(stayed, first_look.iter().collect::<Vec<_>>(), "{sort:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_mean_what_they_say() {
    let server = TestServer::start().await;
    server.ingest(crowd("m", 0..50)).await;
    let answer = async |sort: wire::Sort| {
        server.search(wire::SearchRequest { sort: sort.into(), page_size: 500, ..query("zug") }).await
    };
    let figures = |answer: &wire::SearchResponse, figure: fn(&wire::Mention) -> i64| -> Vec<i64> {
        answer.hits.iter().map(|hit| figure(hit.version.as_ref().unwrap().mention.as_ref().unwrap())).collect()
    };
    let created = |mention: &wire::Mention| mention.created_at.unwrap().seconds;
    assert!(figures(&answer(wire::Sort::Oldest).await, created).is_sorted());
    assert!(figures(&answer(wire::Sort::Newest).await, created).is_sorted_by(|a, b| a >= b));
    let likes = |mention: &wire::Mention| mention.engagement.unwrap().likes() as i64;
    assert!(figures(&answer(wire::Sort::Engagement).await, likes).is_sorted_by(|a, b| a >= b));
    let relevant = answer(wire::Sort::Relevance).await;
    let scores: Vec<f64> = relevant.hits.iter().map(|hit| hit.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores[0] > scores[49] && scores[49] > 0.0, "{scores:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_of_this_search_is_refused() {
    let server = TestServer::start().await;
    server.ingest(crowd("m", 0..20)).await;
    let first = server.search(wire::SearchRequest { page_size: 7, ..query("zug") }).await;
    let token = first.next_page_token;
    let mut damaged = token.clone();
    let last = if damaged.pop() == Some('0') { '1' } else { '0' };
    damaged.push(last);
    let other_sort = wire::SearchRequest { sort: wire::Sort::Oldest.into(), ..query("zug") };
    for (request, page_token, words) in [
        (query("zug"), "Bitte die nächste Seite", "begin again without it"),
        (query("zug"), damaged.as_str(), "begin again without it"),
        (query("zug ende"), token.as_str(), "belongs to another search"),
        (other_sort, token.as_str(), "belongs to another search"),
    ] {
        let request = wire::SearchRequest { page_token: page_token.to_owned(), ..request };
        let refused = server.client.search().search(request).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &["page_token", words]);
        assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    }
    let conversation =
        wire::GetConversationRequest { name: "forum/m1".to_owned(), page_token: token, ..Default::default() };
    let refused = server.client.search().get_conversation(conversation).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["page_token", "begin again without it"]);
    server.stop().await;
}
