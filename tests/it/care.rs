//! The care desk over the wire: the day of an agent, many agents at once, and what is left after a crash.

use std::collections::{BTreeMap, BTreeSet};

use ascolto::{
    client::Client,
    proto::v1::{
        self as wire, AddNoteStep, AssignStep, Cause, CloseStep, EscalateStep, HandOffStep, PriorityLevel, ReopenStep,
        SnoozeStep, Status, desk_step::Step, event::Change, subscribe_request::Start,
    },
};
use tonic::Code;

use crate::support::{
    Subscriber, TestServer, at, mention,
    plain_http::post,
    program::Program,
    server::{ingest_batch, stream_all},
    status::{assert_says, field, reason},
};

/// A customer's question to an airline.
fn question(external_id: &str, author: &str, second: i64) -> wire::Mention {
    wire::Mention {
        platform: "twitter".into(),
        author: Some(wire::Author { handle: author.into(), ..Default::default() }),
        ..mention(external_id, "@nordwindair dov'è la mia valigia? Where is my suitcase?", second)
    }
}

fn private_message(external_id: &str, author: &str, second: i64) -> wire::Mention {
    wire::Mention {
        kind: wire::Kind::Dm.into(),
        to_handle: "nordwindair".into(),
        ..question(external_id, author, second)
    }
}

async fn claim_next(client: &Client, agent: &str) -> Option<wire::Version> {
    let request = wire::ClaimNextRequest { agent: agent.into(), ..Default::default() };
    client.care().claim_next(request).await.unwrap().into_inner().version
}

async fn claim(client: &Client, name: &str, agent: &str, seconds: i64) -> Result<wire::Version, tonic::Status> {
    let lease = Some(prost_types::Duration { seconds, nanos: 0 });
    let request = wire::ClaimRequest { name: name.into(), agent: agent.into(), lease };
    Ok(client.care().claim(request).await?.into_inner())
}

async fn take(client: &Client, name: &str, token: u64, by: &str, step: Step) -> Result<wire::Version, tonic::Status> {
    let step = Some(wire::DeskStep { step: Some(step) });
    let request = wire::TakeStepRequest { name: name.into(), token, by: by.into(), step };
    Ok(client.care().take_step(request).await?.into_inner())
}

async fn reply(
    client: &Client,
    name: &str,
    token: u64,
    by: &str,
    text: &str,
) -> Result<wire::RecordReplyResponse, tonic::Status> {
    let request =
        wire::RecordReplyRequest { name: name.into(), token, by: by.into(), text: text.into(), ..Default::default() };
    Ok(client.care().record_reply(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_never_stands_in_the_place_of_another_mention() {
    let server = TestServer::start().await;
    let client = &server.client;
    server.ingest(vec![question("q1", "anna", 0), question("q2", "ben", 10)]).await;
    let reply_as = async |external_id: &str| {
        let request = wire::RecordReplyRequest {
            name: "twitter/q1".into(),
            by: "Ana".into(),
            text: "Arriva domani. ^Ana".into(),
            external_id: external_id.into(),
            ..Default::default()
        };
        client.care().record_reply(request).await
    };
    for taken in ["q1", "q2"] {
        let refused = reply_as(taken).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "REPLY_ID_TAKEN"));
    }
    assert_eq!(server.found("status:needs_reply").await, ["q1", "q2"]);
    // The same reply by its own id, before and after the feed: one mention.
    let first = reply_as("r1").await.unwrap().into_inner().reply.unwrap();
    assert_eq!(reply_as("r1").await.unwrap().into_inner().reply.unwrap().seq, first.seq);
    assert_eq!(server.found("status:needs_reply").await, ["q2"]);
    // What the brand says itself is nobody's to hand off or to close.
    let hand_off = HandOffStep { to: "e-mail".into(), ..Default::default() };
    for step in [Step::HandOff(hand_off), Step::Close(CloseStep {})] {
        assert_eq!(reason(&take(client, "twitter/r1", 0, "Ana", step).await.unwrap_err()), "NOT_WAITING");
    }
    assert_eq!(server.found("status:handed_off OR status:closed").await, [""; 0]);
    server.stop().await;
}

async fn get(client: &Client, name: &str) -> wire::Version {
    client.search().get(wire::GetRequest { name: name.into() }).await.unwrap().into_inner()
}

fn name(version: &wire::Version) -> String {
    let mention = version.mention.as_ref().unwrap();
    format!("{}/{}", mention.platform, mention.external_id)
}

fn status(version: &wire::Version) -> Status {
    version.conversation.as_ref().unwrap().status()
}

fn token(version: &wire::Version) -> u64 {
    version.desk.as_ref().unwrap().claim.as_ref().unwrap().token
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_of_an_agent() {
    let server = TestServer::start().await;
    let client = &server.client;
    let mut live = Subscriber::begin(client, "status:needs_reply OR status:claimed", Start::Now(())).await;
    server.ingest(vec![question("q1", "anna", 0), question("q2", "ben", 10), private_message("dm", "cho", 20)]).await;
    assert_eq!(live.events(3).await.iter().filter(|event| event.change() == Change::Entered).count(), 3);

    // A private message goes before older ones; among equals the oldest is first.
    let first = claim_next(client, "Ana").await.unwrap();
    assert_eq!((name(&first).as_str(), status(&first)), ("twitter/dm", Status::Claimed));
    let priority = first.priority.clone().unwrap();
    assert_eq!(priority.level(), PriorityLevel::High);
    assert!(priority.parts.iter().any(|part| part.kind == "private_message"), "{priority:?}");
    assert_eq!(live.event().await.version.unwrap().cause(), Cause::Claimed);
    let second = claim_next(client, "Ben").await.unwrap();
    assert_eq!(name(&second), "twitter/q1");

    // A token in other hands is no right: it counts up from 1.
    let guessed = reply(client, "twitter/dm", token(&first), "Ben", "Boh").await.unwrap_err();
    assert_eq!(reason(&guessed), "CLAIMED_BY_ANOTHER");

    // Answered, it leaves the queue, and the answer stands in the conversation.
    let recorded = reply(client, "twitter/dm", token(&first), "Ana", "Arriva domani. ^Ana").await.unwrap();
    let (answered, answer) = (recorded.mention.unwrap(), recorded.reply.unwrap());
    assert_eq!(status(&answered), Status::Answered);
    assert_eq!(answered.conversation.as_ref().unwrap().answered_by, name(&answer));
    assert_eq!(answer.mention.as_ref().unwrap().author.as_ref().unwrap().handle, "nordwindcare");
    assert_eq!(answer.desk.as_ref().unwrap().by, "Ana");
    // Whoever lost the connection tries again, and nothing happens twice.
    let again = reply(client, "twitter/dm", token(&first), "Ana", "Arriva domani. ^Ana").await.unwrap();
    assert_eq!(again.reply.unwrap().seq, answer.seq);
    let again = reply(client, "twitter/dm", 0, "Ana", "Arriva domani. ^Ana").await.unwrap();
    assert_eq!(again.reply.unwrap().seq, answer.seq);
    // Whose answer it was stands with the question, too.
    let history = client.care().get_history(wire::GetHistoryRequest { name: "twitter/dm".into() }).await.unwrap();
    let newest = history.into_inner().entries.swap_remove(0);
    assert_eq!((newest.cause(), newest.by.as_str(), newest.detail), (Cause::Answered, "Ana", name(&answer)));
    assert_eq!(server.found("status:answered").await, ["dm"]);
    assert_eq!(server.found("assignee:ben").await, ["q1"]);
    assert_eq!(server.found("needs:reply").await, ["q1", "q2"]);

    // A note, a hand-off, and the end.
    take(client, "twitter/q1", 0, "Ana", Step::AddNote(AddNoteStep { text: "нашлась".into() })).await.unwrap();
    let hand_off = HandOffStep { to: "e-mail".into(), reference: "T-7".into(), reason: "contract".into() };
    let handed_off = take(client, "twitter/q1", token(&second), "Ben", Step::HandOff(hand_off)).await.unwrap();
    assert_eq!(status(&handed_off), Status::HandedOff);
    assert_eq!(server.found("status:handed_off").await, ["q1"]);
    let closed = take(client, "twitter/q1", 0, "Ben", Step::Close(CloseStep {})).await.unwrap();
    assert_eq!(status(&closed), Status::Closed);

    let history = client.care().get_history(wire::GetHistoryRequest { name: "twitter/q1".into() }).await.unwrap();
    let told: Vec<(Cause, String, String)> =
        history.into_inner().entries.iter().map(|it| (it.cause(), it.by.clone(), it.detail.clone())).collect();
    assert_eq!(told[0], (Cause::Closed, "Ben".into(), String::new()));
    assert_eq!(told[1], (Cause::HandedOff, "Ben".into(), "e-mail · T-7 · contract".into()));
    assert_eq!(told[2], (Cause::Noted, "Ana".into(), "нашлась".into()));
    assert_eq!((told[3].0, told[3].1.as_str(), told.len()), (Cause::Claimed, "Ben", 5));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_the_platform_ends_a_claim_and_a_reopened_mention_waits_again() {
    let server = TestServer::start().await;
    let client = &server.client;
    server.ingest(vec![question("q", "anna", 0)]).await;
    let claimed = claim_next(client, "Ana").await.unwrap();
    let care = wire::Author { handle: "nordwindair".into(), ..Default::default() };
    let answer = wire::Mention {
        author: Some(care),
        in_reply_to: "q".into(),
        text: "On its way!".into(),
        ..question("a", "", 60)
    };
    server.ingest(vec![answer]).await;
    assert_eq!(status(&get(client, "twitter/q").await), Status::Answered);
    let late = take(client, "twitter/q", token(&claimed), "Ana", Step::Close(CloseStep {})).await.unwrap_err();
    assert_says(&late, Code::Aborted, &["token 1 is stale"]);

    let reopened = take(client, "twitter/q", 0, "Ana", Step::Reopen(ReopenStep {})).await.unwrap();
    assert_eq!((status(&reopened), reopened.cause()), (Status::NeedsReply, Cause::Reopened));
    let again = claim_next(client, "Ben").await.unwrap();
    assert_eq!((name(&again).as_str(), token(&again)), ("twitter/q", 2));
    let recorded = reply(client, "twitter/q", 2, "Ben", "It is at desk 4. ^Ben").await.unwrap();
    assert_eq!(status(&recorded.mention.unwrap()), Status::Answered);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_runs_out_returns_by_itself_and_says_so() {
    let server = TestServer::start().await;
    let client = &server.client;
    server.ingest(vec![question("q", "anna", 0)]).await;
    let mut live = Subscriber::begin(client, "needs:reply", Start::Now(())).await;
    claim(client, "twitter/q", "Ana", 1).await.unwrap();
    assert_eq!(live.event().await.version.unwrap().cause(), Cause::Claimed);
    // No sleep: the server tells.
    let expired = live.event().await.version.unwrap();
    assert_eq!((expired.cause(), status(&expired)), (Cause::Expired, Status::NeedsReply));

    // Snoozed for a moment, it leaves and comes back.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let until = Some(prost_types::Timestamp { seconds: i64::try_from(now).unwrap() + 2, nanos: 0 });
    take(client, "twitter/q", 0, "Ana", Step::Snooze(SnoozeStep { until })).await.unwrap();
    assert_eq!(live.event().await.change(), Change::Left);
    let woken = live.event().await;
    assert_eq!((woken.change(), woken.version.unwrap().cause()), (Change::Entered, Cause::Woken));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_agents_never_hold_the_same_mention() {
    const MENTIONS: usize = 640;
    let server = TestServer::start().await;
    let questions = (0..MENTIONS).map(|at| question(&at.to_string(), &format!("customer{at}"), 0)).collect();
    server.ingest_many(questions).await;
    let agents = (0..64).map(|agent| {
        let client = server.client.clone();
        tokio::spawn(async move {
            let mut answered = Vec::new();
            while let Some(version) = claim_next(&client, &format!("agent{agent}")).await {
                let name = name(&version);
                reply(&client, &name, token(&version), &format!("agent{agent}"), "Trovata!").await.unwrap();
                answered.push(name);
            }
            answered
        })
    });
    let mut all = Vec::new();
    for agent in agents.collect::<Vec<_>>() {
        all.extend(agent.await.unwrap());
    }
    let each: BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), each.len()), (MENTIONS, MENTIONS));
    assert_eq!(server.client.care().count_queue(wire::CountQueueRequest::default()).await.unwrap().into_inner(), {
        wire::CountQueueResponse::default()
    });
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_assigned_or_escalated_waits_for_that_person() {
    let server = TestServer::start().await;
    let client = &server.client;
    server.ingest(vec![question("q1", "anna", 0), question("q2", "ben", 10), question("q3", "cho", 20)]).await;
    take(client, "twitter/q1", 0, "Ana", Step::Assign(AssignStep { to: "Zoe".into() })).await.unwrap();
    let escalate = EscalateStep { to: "Mia".into(), reason: "a lawyer writes".into() };
    let escalated = take(client, "twitter/q3", 0, "Ana", Step::Escalate(escalate)).await.unwrap();
    assert_eq!(escalated.priority.as_ref().unwrap().level(), PriorityLevel::High);
    assert_eq!(name(&claim_next(client, "Ana").await.unwrap()), "twitter/q2");
    assert_eq!(claim_next(client, "Ana").await, None);
    assert_eq!(name(&claim_next(client, "Mia").await.unwrap()), "twitter/q3");
    let refused = claim(client, "twitter/q1", "Ana", 60).await.unwrap_err();
    assert_says(&refused, Code::FailedPrecondition, &["twitter/q1", "assigned to `Zoe`"]);
    assert_eq!(reason(&refused), "ASSIGNED_TO_ANOTHER");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_steps_are_taken_or_refused_one_by_one() {
    let server = TestServer::start().await;
    let client = &server.client;
    server.ingest(vec![question("q1", "anna", 0), question("q2", "ben", 10)]).await;
    claim(client, "twitter/q2", "Ben", 60).await.unwrap();
    let request = wire::TakeStepsRequest {
        names: vec!["twitter/q1".into(), "twitter/q2".into(), "twitter/none".into()],
        by: "Ana".into(),
        step: Some(wire::DeskStep { step: Some(Step::Close(CloseStep {})) }),
    };
    let outcomes = client.care().take_steps(request).await.unwrap().into_inner().outcomes;
    let told: Vec<(Status, &str)> = outcomes.iter().map(|it| (it.status(), it.reason.as_str())).collect();
    assert_eq!(
        told,
        [(Status::Closed, ""), (Status::Unspecified, "CLAIMED_BY_ANOTHER"), (Status::Unspecified, "NOT_FOUND")]
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_steps_say_what_is_wrong_and_change_nothing() {
    let server = TestServer::start().await;
    let client = &server.client;
    let idle = wire::Mention { text: "nordwind air".into(), ..question("idle", "dee", 5) };
    server.ingest(vec![question("q", "anna", 0), idle, question("gone", "eli", 6)]).await;
    server.delete("twitter/gone").await;
    let before = server.engine.status().recorded_seq;

    for (name, code, words) in [
        ("twitter/none", Code::NotFound, vec!["mention `twitter/none` does not exist"]),
        ("twitter/gone", Code::NotFound, vec!["mention `twitter/gone` does not exist"]),
        ("twitter/idle", Code::FailedPrecondition, vec!["does not wait for an answer", "asks for nothing"]),
        ("twitter", Code::InvalidArgument, vec!["platform/external_id"]),
    ] {
        assert_says(&claim(client, name, "Ana", 60).await.unwrap_err(), code, &words);
    }
    let nobody = claim(client, "twitter/q", "", 60).await.unwrap_err();
    assert_eq!((nobody.code(), field(&nobody).as_deref()), (Code::InvalidArgument, Some("agent")));
    assert_says(
        &claim(client, "twitter/q", "Ana", 0).await.unwrap_err(),
        Code::InvalidArgument,
        &["lease", "24 hours"],
    );
    let stale = reply(client, "twitter/q", 9, "Ana", "Ciao").await.unwrap_err();
    assert_says(&stale, Code::Aborted, &["token 9 is stale", "claim the mention again"]);
    assert_eq!(reason(&stale), "TOKEN_STALE");
    let empty = reply(client, "twitter/q", 0, "Ana", "  ").await.unwrap_err();
    assert_eq!(field(&empty).as_deref(), Some("text"));
    assert_says(&reply(client, "twitter/gone", 0, "Ana", "x").await.unwrap_err(), Code::NotFound, &["twitter/gone"]);
    let request = wire::RecordReplyRequest {
        name: "twitter/q".into(),
        by: "Ana".into(),
        account: "@anna".into(),
        text: "It is here".into(),
        ..Default::default()
    };
    let foreign = client.care().record_reply(request.clone()).await.unwrap_err();
    assert_says(
        &foreign,
        Code::InvalidArgument,
        &["`anna` is no account of brand `nordwind-air` on twitter", "`nordwindcare`"],
    );
    let early = wire::RecordReplyRequest { account: String::new(), created_at: at(-60), ..request };
    assert_says(&client.care().record_reply(early).await.unwrap_err(), Code::InvalidArgument, &["before the mention"]);
    assert_eq!(server.engine.status().recorded_seq, before);

    // The same over JSON.
    let answer = post(server.address, "/v1/queue:claimNext", &serde_json::json!({"agent": ""})).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_outlives_the_server_and_pages_hold_together() {
    let server = TestServer::start().await;
    let questions = (0..7).map(|at| question(&at.to_string(), &format!("customer{at}"), at)).collect();
    server.ingest(questions).await;
    let claimed = claim_next(&server.client, "Ana").await.unwrap();
    let server = TestServer::start_in(server.stop().await).await;
    let client = &server.client;
    // The claim still holds, with its token.
    assert_says(&claim(client, "twitter/0", "Ben", 60).await.unwrap_err(), Code::FailedPrecondition, &["by `Ana`"]);
    let mut request = wire::ListQueueRequest { page_size: 4, ..Default::default() };
    let mut listed = Vec::new();
    loop {
        let page = client.care().list_queue(request.clone()).await.unwrap().into_inner();
        listed.extend(page.items.iter().map(|item| name(item.version.as_ref().unwrap())));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(listed, (1..7).map(|at| format!("twitter/{at}")).collect::<Vec<_>>());
    let request = wire::ListQueueRequest { page_token: "x".into(), ..Default::default() };
    let bad = client.care().list_queue(request).await.unwrap_err();
    assert_eq!(reason(&bad), "PAGE_TOKEN_INVALID");
    reply(client, "twitter/0", token(&claimed), "Ana", "Ecco!").await.unwrap();
    server.stop().await;
}

/// Agents claim and answer while the server is killed: what was acknowledged holds, and nothing is claimed twice.
#[tokio::test(flavor = "multi_thread")]
async fn claims_outlive_a_kill() {
    const MENTIONS: usize = 400;
    let data_dir = tempfile::tempdir().unwrap();
    let mut claims: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut answered = BTreeSet::new();
    for life in 0..3 {
        let program = Program::serve(data_dir.path());
        let client = Client::connect(&program.url).await.unwrap();
        if life == 0 {
            let all = (0..MENTIONS).map(|at| question(&at.to_string(), &format!("customer{at}"), 0)).collect();
            stream_all(&client, all).await;
        }
        let agents: Vec<_> =
            (0..8).map(|agent| tokio::spawn(work(client.clone(), format!("{life}-{agent}")))).collect();
        // Work goes on until this one is through; then the server is killed in the middle of it.
        ingest_batch(&client, vec![question(&format!("late{life}"), "late", 100)]).await;
        tokio::task::spawn_blocking(move || drop(program)).await.unwrap();
        for agent in agents {
            for (name, token, is_answered) in agent.await.unwrap() {
                assert!(claims.entry(name.clone()).or_default().insert(token), "{name} was claimed twice with {token}");
                if is_answered {
                    answered.insert(name);
                }
            }
        }
    }
    let program = Program::serve(data_dir.path());
    let client = Client::connect(&program.url).await.unwrap();
    for name in &answered {
        assert_eq!(status(&get(&client, name).await), Status::Answered, "{name}");
    }
    for (name, tokens) in &claims {
        let version = get(&client, name).await;
        let claim = version.desk.as_ref().and_then(|desk| desk.claim.as_ref());
        let newest = tokens.last().copied().unwrap_or_default();
        assert!(answered.contains(name) || claim.is_none_or(|claim| claim.token >= newest), "{name}");
    }
    assert!(!claims.is_empty(), "the server was killed before anybody had claimed anything");
    tokio::task::spawn_blocking(move || drop(program)).await.unwrap();
}

/// Claims and answers until the server is gone: what was acknowledged, and whether an answer was.
async fn work(client: Client, agent: String) -> Vec<(String, u64, bool)> {
    let mut done = Vec::new();
    loop {
        let request = wire::ClaimNextRequest { agent: agent.clone(), ..Default::default() };
        let Ok(answer) = client.care().claim_next(request).await else { return done };
        let Some(version) = answer.into_inner().version else { return done };
        let (name, token) = (name(&version), token(&version));
        let is_answered = reply(&client, &name, token, &agent, "Ecco!").await.is_ok();
        done.push((name, token, is_answered));
        if !is_answered {
            return done;
        }
    }
}
