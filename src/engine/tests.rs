mod alerts;
mod corrections;
mod orders;
mod taught;
mod verify;

use std::{collections::BTreeMap, sync::Arc};

use tempfile::TempDir;

use super::*;
use crate::{
    base::{
        ManualClock, Seq,
        limits::{IN_FLIGHT_BYTES_MAX, IN_FLIGHT_MENTIONS_MAX},
    },
    config::IndexConfig,
    model::{Author, Cause, Engagement, Kind, Mention, MentionName, SavedSearch, Status},
};

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn open(dir: &TempDir) -> Arc<Engine> {
    open_limited(dir, None)
}

fn open_limited(dir: &TempDir, store_bytes_max: Option<u64>) -> Arc<Engine> {
    Engine::open(EngineOptions {
        data_dir: dir.path().to_owned(),
        index_config: IndexConfig::built_in().unwrap(),
        clock: Arc::new(ManualClock::new(moment(100_000))),
        store_bytes_max,
        stall_matcher_at: None,
    })
    .unwrap()
}

fn name(id: &str) -> MentionName {
    MentionName { platform: "twitter".into(), external_id: id.into() }
}

/// A mention by `handle`, so many seconds into the story.
pub(super) fn mention(id: &str, handle: &str, text: &str, second: i64) -> Mention {
    Mention {
        author: Author { handle: handle.into(), ..Author::default() },
        text: text.into(),
        ..Mention::new(name(id), Kind::Post, moment(second))
    }
}

fn reply(id: &str, handle: &str, text: &str, second: i64, to: &str) -> Mention {
    Mention { kind: Kind::Reply, in_reply_to: Some(to.into()), ..mention(id, handle, text, second) }
}

async fn ingest(engine: &Engine, mentions: Vec<Mention>) -> Vec<(Outcome, u64)> {
    let pending = engine.submit(mentions).await.unwrap();
    pending.acknowledged().await.unwrap().into_iter().map(|ack| (ack.outcome, ack.seq.0)).collect()
}

async fn found(engine: &Engine, query: &str) -> Vec<String> {
    let request = SearchRequest {
        query: query.into(),
        min_seq: engine.status().recorded_seq,
        sort: Sort::Oldest,
        ..SearchRequest::default()
    };
    let answer = engine.search(request).await.unwrap();
    answer.hits.iter().map(|hit| hit.version.mention.name.external_id.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_changes_nothing_and_older_never_overwrites_newer() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let first = mention("1", "anna", "the crew was lovely", 10);
    let edited = Mention { text: "the crew was awful".into(), observed_at: moment(30), ..first.clone() };
    let late = Mention { text: "the crew was okay".into(), observed_at: moment(20), ..first.clone() };
    let liked = Mention {
        engagement: Engagement { likes: Some(7), ..Engagement::default() },
        observed_at: moment(40),
        ..edited.clone()
    };
    assert_eq!(ingest(&engine, vec![first.clone(), first]).await, [(Outcome::Created, 1), (Outcome::Unchanged, 1)]);
    assert_eq!(ingest(&engine, vec![edited.clone()]).await, [(Outcome::Updated, 2)]);
    assert_eq!(ingest(&engine, vec![late]).await, [(Outcome::Unchanged, 2)]);
    assert_eq!(ingest(&engine, vec![liked]).await, [(Outcome::Updated, 3)]);
    // Figures that are not told stay.
    let again = Mention { observed_at: moment(50), ..edited };
    assert_eq!(ingest(&engine, vec![again]).await, [(Outcome::Unchanged, 3)]);
    let version = engine.get(&name("1")).await.unwrap();
    assert_eq!((version.cause, version.mention.engagement.likes), (Cause::Engagement, Some(7)));
    assert_eq!(found(&engine, "lovely").await, Vec::<String>::new());
    assert_eq!(found(&engine, "awful").await, ["1"]);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_mention_is_gone_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let first = mention("1", "anna", "where is my suitcase?", 10);
    ingest(&engine, vec![first.clone(), reply("2", "ben", "same here", 11, "1")]).await;
    let seq = engine.delete(&name("1")).await.unwrap();
    assert_eq!(engine.delete(&name("1")).await.unwrap(), seq);
    assert_eq!(
        ingest(&engine, vec![Mention { observed_at: moment(99), ..first }]).await,
        [(Outcome::Unchanged, seq.0)]
    );
    assert!(matches!(engine.get(&name("1")).await, Err(EngineError::NotFound { .. })));
    assert!(matches!(engine.delete(&name("3")).await, Err(EngineError::NotFound { .. })));
    assert_eq!(found(&engine, "*").await, ["2"]);
    // Its words have left those who answered it too.
    assert_eq!(engine.get(&name("2")).await.unwrap().parent, None);
    let conversation = engine.conversation(&name("1"), 0, "").await.unwrap();
    assert_eq!(conversation.versions.len(), 1);
    assert_eq!(engine.status().mentions, 1);
    engine.close().await;
}

/// A conversation between two customers and the brand, with a thread that comes together late.
fn conversation() -> Vec<Mention> {
    vec![
        mention("q", "anna", "@nordwindair where is my suitcase?", 10),
        reply("a", "nordwindcare", "Sorry, Anna! Which flight was it?", 20, "q"),
        reply("f", "anna", "NW 113", 30, "a"),
        reply("j", "ben", "@nordwindair mine too, can you help?", 25, "q"),
        reply("t", "anna", "thanks!", 60, "b"),
        reply("b", "nordwindcare", "Found it, it comes tomorrow.", 50, "f"),
        reply("c1", "cara", "what a circle", 70, "c2"),
        reply("c2", "dora", "round and round", 71, "c1"),
        reply("m", "eva", "@nordwindair will this ever be answered?", 80, "missing"),
    ]
}

/// Everything about a state that must not depend on the order of arrival. Threads by their members.
async fn end_state(engine: &Engine) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    let mut threads: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for id in conversation().into_iter().map(|mention| mention.name.external_id) {
        let version = engine.get(&name(&id)).await.unwrap();
        let brands: Vec<_> = version.understanding.brands.iter().map(|brand| (&brand.brand, &brand.reasons)).collect();
        let state = format!(
            "{} {:?} {:?} {:?} {:?}",
            version.status,
            version.answered_by.as_ref().map(|name| &name.external_id),
            version.parent.as_ref().map(|parent| &parent.text),
            version.understanding.needs_reply.reasons,
            brands,
        );
        threads.entry(version.thread.0).or_default().push(id.clone());
        states.insert(id, state);
    }
    let mut groups: Vec<String> = threads.into_values().map(|ids| ids.join(" ")).collect();
    groups.sort();
    states.insert("threads".into(), groups.join(" | "));
    states
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_of_arrival_ends_in_the_same_conversation() {
    let mut first: Option<BTreeMap<String, String>> = None;
    for turn in 0..12_usize {
        let dir = tempfile::tempdir().unwrap();
        let engine = open(&dir);
        let mut mentions = conversation();
        let count = mentions.len();
        // A few rotations, backwards too, and swaps of neighbours.
        mentions.rotate_left(turn % count);
        if turn % 2 == 1 {
            mentions.reverse();
        }
        mentions.swap(turn % count, (turn * 5 + 3) % count);
        for mention in mentions {
            ingest(&engine, vec![mention]).await;
        }
        let state = end_state(&engine).await;
        engine.close().await;
        match &first {
            None => first = Some(state),
            Some(first) => assert_eq!(&state, first, "turn {turn}"),
        }
    }
    let state = first.unwrap();
    assert!(state["q"].starts_with("answered Some(\"a\")"), "{}", state["q"]);
    // Who joined in asks for themselves, and was not answered.
    assert!(state["j"].starts_with("needs_reply None"), "{}", state["j"]);
    assert!(state["f"].starts_with("answered Some(\"b\")"), "{}", state["f"]);
    assert!(state["f"].contains("FollowUp"), "{}", state["f"]);
    assert!(state["t"].starts_with("none None"), "{}", state["t"]);
    assert_eq!(state["threads"], "c1 c2 | m | q a f j t b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_deleted_answers_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, conversation()).await;
    engine.delete(&name("b")).await.unwrap();
    let version = engine.get(&name("f")).await.unwrap();
    assert_eq!((version.status, version.cause), (Status::NeedsReply, Cause::Reopened));
    engine.close().await;
}

/// What a subscription tells until it is caught up: `change id cause`.
async fn told(subscription: &mut Subscription) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        match subscription.next().await.unwrap() {
            Delivery::Event(event) => told.push(format!(
                "{:?} {} {}{}",
                event.change,
                event.version.mention.name.external_id,
                event.version.cause,
                if event.is_snapshot { " in snapshot" } else { "" }
            )),
            Delivery::CaughtUp { .. } => return told,
            Delivery::Begun { .. } | Delivery::Heartbeat { .. } | Delivery::Redefined(_) => {}
            Delivery::Goodbye { reason, .. } => panic!("{reason}"),
        }
    }
}

fn subscribe_to(query: &str, start: SubscribeStart) -> SubscribeRequest {
    SubscribeRequest {
        to: SubscribeTo::Query(query.into()),
        start,
        name: None,
        heartbeat_seconds: 1,
        time_zone: String::new(),
        explain: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_tells_what_enters_changes_and_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let mut live = engine.subscribe(subscribe_to("needs:reply", SubscribeStart::Now)).await.unwrap();
    assert_eq!(told(&mut live).await, Vec::<String>::new());
    ingest(&engine, conversation()[..2].to_vec()).await;
    for expected in [(Change::Entered, "q", Cause::Ingested), (Change::Left, "q", Cause::Answered)] {
        let event = loop {
            if let Delivery::Event(event) = live.next().await.unwrap() {
                break event;
            }
        };
        assert_eq!((event.change, event.version.mention.name.external_id.as_str(), event.version.cause), expected);
    }
    // The same from the log, for one who comes later.
    let mut late = engine.subscribe(subscribe_to("needs:reply", SubscribeStart::After(Seq::ZERO))).await.unwrap();
    assert_eq!(told(&mut late).await, ["Entered q ingested", "Left q answered"]);
    ingest(&engine, conversation()[2..4].to_vec()).await;
    let request =
        SearchRequest { query: "*".into(), min_seq: engine.status().recorded_seq, ..SearchRequest::default() };
    engine.count(request).await.unwrap();
    let mut shown = engine.subscribe(subscribe_to("needs:reply", SubscribeStart::Snapshot)).await.unwrap();
    assert_eq!(told(&mut shown).await, ["Entered f ingested in snapshot", "Entered j ingested in snapshot"]);
    let ahead = engine.subscribe(subscribe_to("*", SubscribeStart::After(Seq(9999)))).await;
    assert!(matches!(ahead, Err(EngineError::OutOfRange { .. })));
    engine.close().await;
    let goodbye = loop {
        match live.next().await {
            Some(Delivery::Goodbye { reason, .. }) => break reason,
            Some(_) => {}
            None => panic!("no goodbye"),
        }
    };
    assert_eq!(goodbye, "the server is stopping");
    assert!(live.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_reads_late_misses_nothing_and_holds_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let mut slow = engine.subscribe(subscribe_to("*", SubscribeStart::Now)).await.unwrap();
    assert!(told(&mut slow).await.is_empty());
    let count = 5_000;
    for start in (0..count).step_by(500) {
        let batch = (start..start + 500).map(|at| mention(&at.to_string(), "anna", "one of many", at)).collect();
        ingest(&engine, batch).await;
    }
    let mut seqs = Vec::new();
    while seqs.len() < count as usize {
        if let Delivery::Event(event) = slow.next().await.unwrap() {
            seqs.push(event.seq.0);
        }
    }
    assert!(seqs.iter().copied().eq(1..=count as u64));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_where_it_stood() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, conversation()).await;
    let search = SavedSearch::new("waiting", "needs:reply");
    engine.create_saved_search(search.clone()).await.unwrap();
    assert!(matches!(engine.create_saved_search(search).await, Err(EngineError::AlreadyExists { .. })));
    let before = end_state(&engine).await;
    let seq = engine.status().recorded_seq;
    engine.close().await;
    assert!(matches!(engine.submit(conversation()).await.err(), Some(EngineError::Unavailable { .. })));
    drop(engine);

    let engine = open(&dir);
    assert_eq!(engine.status().recorded_seq, seq);
    // The index was committed at the stop: nothing has to be made good.
    assert_eq!(engine.index.visible_seq(), seq);
    assert_eq!(end_state(&engine).await, before);
    let mut watched = SubscribeRequest {
        to: SubscribeTo::SavedSearches(vec!["waiting".into()]),
        ..subscribe_to("", SubscribeStart::Snapshot)
    };
    let mut subscription = engine.subscribe(watched.clone()).await.unwrap();
    assert_eq!(told(&mut subscription).await, ["Entered j ingested in snapshot", "Entered m ingested in snapshot"]);
    watched.to = SubscribeTo::SavedSearches(vec!["nobody".into()]);
    assert!(matches!(engine.subscribe(watched).await, Err(EngineError::NotFound { .. })));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_refuses_and_serves() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open_limited(&dir, Some(400 * 1024));
    let text = "a long story ".repeat(200);
    let mut recorded = 0;
    let refusal = loop {
        let pending = engine.submit(vec![mention(&recorded.to_string(), "anna", &text, recorded)]).await.unwrap();
        match pending.acknowledged().await {
            Ok(_) => recorded += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, EngineError::ResourceExhausted { .. }), "{refusal}");
    assert!(recorded > 10);
    assert_eq!(engine.status().recorded_seq.0, recorded as u64);
    assert_eq!(found(&engine, "*").await.len(), 20);
    engine.close().await;
    drop(engine);
    let engine = open(&dir);
    assert_eq!(engine.status().recorded_seq.0, recorded as u64);
    ingest(&engine, vec![mention("more", "anna", &text, 0)]).await;
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_vanish_make_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let (understood, never) = oneshot::channel();
    // The committer waits for this, and everything waits behind it.
    let held_up = engine.hand_over(Work::Ingest(never), None).await.unwrap();
    for turn in 0..4 {
        let some = (0..100).map(|at| mention(&format!("{turn} {at}"), "anna", "where is it?", at)).collect();
        drop(engine.submit(some).await.unwrap());
    }
    let (mentions, bytes) = engine.in_flight.free();
    assert_eq!(mentions, IN_FLIGHT_MENTIONS_MAX - 400);
    assert!((1..=IN_FLIGHT_BYTES_MAX - 400 * "where is it?".len()).contains(&bytes), "{bytes}");
    assert!(understood.send(Vec::new()).is_ok());
    assert!(matches!(held_up.await.unwrap(), Ok(Recorded::Ingested(none)) if none.is_empty()));
    ingest(&engine, vec![mention("last", "anna", "here it is", 0)]).await;
    assert_eq!(engine.in_flight.free(), (IN_FLIGHT_MENTIONS_MAX, IN_FLIGHT_BYTES_MAX));
    assert_eq!(engine.status().mentions, 401, "what was handed over is recorded all the same");
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_that_cannot_be_understood_harm_only_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let (understood, never) = oneshot::channel();
    let lost = engine.hand_over(Work::Ingest(never), None).await.unwrap();
    let next = engine.submit(vec![mention("1", "anna", "where is it?", 0)]).await.unwrap();
    // As by a panic.
    drop(understood);
    assert!(matches!(lost.await.unwrap(), Err(EngineError::Internal { .. })));
    assert_eq!(next.acknowledged().await.unwrap()[0].seq, Seq(1));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_together_while_mentions_arrive() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let some =
        |from: i64| (from..from + 50).map(|at| mention(&at.to_string(), "anna", "tea and more tea", at)).collect();
    ingest(&engine, some(0)).await;
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance, Sort::Reach] {
        let mut request = SearchRequest {
            query: "tea".into(),
            sort,
            page_size: 20,
            min_seq: engine.status().recorded_seq,
            ..SearchRequest::default()
        };
        let first = engine.search(request.clone()).await.unwrap();
        let mut ids: Vec<String> = first.hits.iter().map(|hit| hit.version.mention.name.to_string()).collect();
        request.page_token = first.next_page_token;
        while !request.page_token.is_empty() {
            ingest(&engine, some(1_000 * ids.len() as i64 + sort as i64 * 100)).await;
            request.min_seq = engine.status().recorded_seq;
            let page = engine.search(request.clone()).await.unwrap();
            ids.extend(page.hits.iter().map(|hit| hit.version.mention.name.to_string()));
            request.page_token = page.next_page_token;
            if ids.len() > 80 {
                break;
            }
        }
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{sort:?}: a mention twice");
        assert!(ids.len() as u64 >= first.total.min(80), "{sort:?}: a mention missing");
    }
    let foreign = SearchRequest { query: "tea".into(), page_token: "00ff".into(), ..SearchRequest::default() };
    assert!(matches!(engine.search(foreign).await, Err(EngineError::BadPageToken { .. })));
    engine.close().await;
}

#[tokio::test]
async fn marks_are_the_same_from_a_part_of_the_document_as_from_all_of_it() {
    let dir = TempDir::new().unwrap();
    let engine = open(&dir);
    let review =
        Mention { title: "Refund, refund".into(), ..mention("1", "anna", "The refund never came 😡 #refund", 1) };
    ingest(&engine, vec![review, mention("2", "refund", "Ёлка refund caffè 返金です", 2)]).await;
    let queries = [
        "refund",
        "title:refund OR author:refund",
        "refund AND lang:en",
        "(refund AND from:anna) OR caffè",
        "refund AND (platform:forum OR NOT title:refund OR \"never came\")",
        "refund AND NOT (title:nothing OR from:nobody)",
        "返金 OR 😡",
        "from:anna",
        "refund AND (published:>now-1d OR caffè)",
        "*",
    ];
    // Asked again the places of the page before are at hand; an edit makes another version, with other places.
    for text in ["refund 返金 caffè", "caffè: refund", "caffè: refund"] {
        ingest(&engine, vec![mention("3", "anna", text, 3)]).await;
        for query in queries {
            let min_seq = engine.status().recorded_seq;
            let request = SearchRequest { query: query.into(), min_seq, ..SearchRequest::default() };
            let answer = engine.search(request).await.unwrap();
            assert!(!answer.hits.is_empty(), "{query}");
            let parsed = crate::query::parse(query, &jiff::tz::TimeZone::UTC).query.unwrap().closed().unwrap();
            for hit in answer.hits {
                let whole = crate::query::Document::of(&hit.version);
                let places = crate::matcher::highlights(&parsed.root, &whole, moment(100_000));
                assert_eq!(hit.highlights, places, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn what_an_author_wrote_before_decides_where_the_words_leave_doubt_also_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let short = "mandate info";
    let language = async |engine: &Engine, id: &str, handle: &str| {
        ingest(engine, vec![mention(id, handle, short, 50)]).await;
        engine.get(&name(id)).await.unwrap().understanding.language.clone()
    };
    let engine = open(&dir);
    let alone = language(&engine, "1", "nobody").await;
    for (id, second) in [("2", 2), ("3", 3), ("4", 4)] {
        let text = "Il servizio clienti non risponde da due settimane, quando mi richiamate per il rimborso?";
        ingest(&engine, vec![mention(id, "anna", text, second)]).await;
    }
    let after = language(&engine, "5", "Anna").await;
    assert!(alone.code != "it" && after.code == "it", "{alone:?} {after:?}");
    assert_eq!(after.evidence, crate::model::LanguageEvidence::History);
    engine.close().await;
    let engine = open(&dir);
    assert_eq!(language(&engine, "6", "anna").await, after);
    engine.close().await;
}
