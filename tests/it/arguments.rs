//! The argument base over the wire: what is kept, what is suggested, what is covered.

use std::{path::Path, process::Command};

use ascolto::{
    client::Client,
    proto::v1::{self as wire, argument_import::Outcome},
};
use serde_json::json;
use tonic::{Code, Status};

use crate::support::{
    TestServer, at, mention,
    plain_http::{delete, get, post},
    program::Program,
    status::assert_says,
};

fn entry(id: &str, title: &str, examples: &[(&str, &str)], answers: &[(&str, &str)]) -> wire::Argument {
    let example = |(language, text): &(&str, &str)| wire::ArgumentExample {
        text: (*text).into(),
        language: (*language).into(),
        mention: String::new(),
    };
    let answer =
        |(language, text): &(&str, &str)| wire::StandardAnswer { language: (*language).into(), text: (*text).into() };
    wire::Argument {
        id: id.into(),
        title: title.into(),
        examples: examples.iter().map(example).collect(),
        answers: answers.iter().map(answer).collect(),
        ..wire::Argument::default()
    }
}

/// Three problems of an airline, as people put them in five languages.
fn base() -> Vec<wire::Argument> {
    vec![
        entry(
            "luggage-lost",
            "Luggage has not arrived",
            &[
                ("it", "la mia valigia non è arrivata, dove si trova?"),
                ("it", "ho perso la valigia all'aeroporto"),
                ("ru", "мой чемодан не прилетел, где он?"),
                ("ru", "потеряли багаж в аэропорту"),
                ("th", "กระเป๋าเดินทางของฉันหาย อยู่ที่ไหน"),
                ("ja", "荷物が届きません、どこにありますか"),
                ("ar", "حقيبتي لم تصل، أين هي؟"),
                ("en", "my suitcase did not arrive, where is it?"),
            ],
            &[("en", "Please tell us the number on your tag."), ("it", "Ci scriva il numero dell'etichetta.")],
        ),
        entry(
            "refund",
            "Refund of a ticket",
            &[
                ("it", "quando ricevo il rimborso del biglietto?"),
                ("ru", "когда вернут деньги за билет?"),
                ("th", "จะได้เงินคืนค่าตั๋วเมื่อไหร่"),
                ("ja", "航空券の払い戻しはいつですか"),
                ("ar", "متى أسترد ثمن التذكرة؟"),
                ("en", "when do I get my money back for the ticket?"),
            ],
            &[("en", "Refunds take seven days."), ("ja", "払い戻しには七日かかります。")],
        ),
        entry(
            "pets",
            "Animals on board",
            &[
                ("it", "posso portare il mio gatto in cabina?"),
                ("ru", "можно ли взять кошку в салон?"),
                ("ja", "猫を機内に連れて行けますか"),
                ("en", "can I take my cat into the cabin?"),
            ],
            &[("en", "Small animals fly in the cabin.")],
        ),
    ]
}

async fn import(client: &Client, arguments: Vec<wire::Argument>) -> Vec<wire::ArgumentImport> {
    let request = wire::ImportArgumentsRequest { arguments, editor: "anna".into() };
    client.arguments().import_arguments(request).await.unwrap().into_inner().imports
}

async fn put(client: &Client, argument: wire::Argument, etag: &str, editor: &str) -> Result<wire::Argument, Status> {
    let request = wire::PutArgumentRequest {
        argument: Some(argument),
        etag: etag.into(),
        must_be_new: false,
        editor: editor.into(),
    };
    Ok(client.arguments().put_argument(request).await?.into_inner())
}

async fn list(client: &Client) -> Vec<wire::Argument> {
    let mut request = wire::ListArgumentsRequest { page_size: 2, ..Default::default() };
    let mut all = Vec::new();
    loop {
        let page = client.arguments().list_arguments(request.clone()).await.unwrap().into_inner();
        all.extend(page.arguments);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

async fn ask(client: &Client, request: wire::SuggestRepliesRequest) -> Result<wire::SuggestRepliesResponse, Status> {
    Ok(client.arguments().suggest_replies(request).await?.into_inner())
}

async fn ask_text(client: &Client, text: &str) -> wire::SuggestRepliesResponse {
    ask(client, wire::SuggestRepliesRequest { text: text.into(), ..Default::default() }).await.unwrap()
}

async fn ask_mention(client: &Client, name: &str) -> wire::SuggestRepliesResponse {
    ask(client, wire::SuggestRepliesRequest { name: name.into(), ..Default::default() }).await.unwrap()
}

/// Ids of what is suggested, best first.
fn ids(told: &wire::SuggestRepliesResponse) -> Vec<&str> {
    told.suggestions.iter().map(|reply| reply.argument.as_ref().unwrap().id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_in_any_language_finds_its_entry_with_the_answer_in_its_language() {
    let server = TestServer::start().await;
    import(&server.client, base()).await;
    let cases = [
        ("it", "@nordwindcare buongiorno, dove si trova la mia valigia? Non è arrivata", "luggage-lost", "it", false),
        ("ru", "Здравствуйте, мой чемодан не прилетел вместе со мной", "luggage-lost", "en", true),
        ("th", "กระเป๋าเดินทางหาย ช่วยด้วย", "luggage-lost", "en", true),
        ("ja", "飛行機の荷物がまだ届きません", "luggage-lost", "en", true),
        ("ar", "لم تصل حقيبتي حتى الآن، أين هي؟", "luggage-lost", "en", true),
        ("it2", "quando arriva il rimborso del biglietto cancellato?", "refund", "en", true),
        ("ja2", "航空券の払い戻しはいつになりますか", "refund", "ja", false),
        ("ru2", "Можно ли взять мою кошку с собой в салон самолёта?", "pets", "en", true),
    ];
    let mentions = (1..).zip(&cases).map(|(second, (id, text, ..))| mention(id, text, second));
    server.ingest(mentions.collect()).await;
    for (id, text, entry, answer, is_other) in cases {
        let told = ask_mention(&server.client, &format!("forum/{id}")).await;
        assert_eq!(ids(&told).first(), Some(&entry), "{text}: {told:?}");
        assert!(!told.none_fits && told.best_score >= told.threshold, "{text}: {told:?}");
        assert_eq!(told.best_argument, entry);
        let best = &told.suggestions[0];
        assert_eq!(best.answer.as_ref().unwrap().language, answer, "{text}: {told:?}");
        assert_eq!(best.other_language, is_other, "{text}: in {}", told.language);
        assert!(!best.words.is_empty() && best.words.iter().all(|word| text.contains(word)), "{:?}", best.words);
        assert!(!best.example.as_ref().unwrap().text.is_empty());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_prepared_fits_nothing() {
    let server = TestServer::start().await;
    let empty = ask_text(&server.client, "where is my suitcase").await;
    assert!(empty.none_fits && empty.best_argument.is_empty() && empty.best_score == 0.0, "{empty:?}");
    import(&server.client, base()).await;
    for text in [
        "which tea goes with chocolate cake",
        "tell me a joke about penguins",
        "какой чай подходит к торту",
        "ケーキにはどのお茶が合いますか",
        "🙂🙂",
        "@nordwindcare https://x.example/1 123456",
    ] {
        let told = ask_text(&server.client, text).await;
        assert!(told.none_fits && told.suggestions.is_empty(), "{text}: {told:?}");
        assert!(told.best_score < told.threshold, "{text}: {told:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_valid_now_and_of_the_brand_is_suggested() {
    let server = TestServer::start().await;
    let question = "are you on strike tomorrow? is my plane flying";
    let examples = [("en", "is there a strike tomorrow"), ("en", "does my plane fly in spite of the strike")];
    let in_days = |days: i64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        Some(prost_types::Timestamp { seconds: now as i64 + days * 86_400, nanos: 0 })
    };
    let of = |id: &str, brand: &str, from, until| wire::Argument {
        brand: brand.into(),
        valid_from: from,
        valid_until: until,
        ..entry(id, "Strike", &examples, &[("en", "Look at the board.")])
    };
    import(
        &server.client,
        vec![
            of("expired", "", in_days(-9), in_days(-1)),
            of("not-yet", "", in_days(1), None),
            of("now", "", in_days(-1), in_days(1)),
            of("other-brand", "caffe-aurora", None, None),
            of("own-brand", "nordwind-air", None, None),
        ],
    )
    .await;
    let all =
        ask(&server.client, wire::SuggestRepliesRequest { text: question.into(), count: 20, ..Default::default() });
    assert_eq!(ids(&all.await.unwrap()), ["now", "other-brand", "own-brand"]);
    let of_brand = wire::SuggestRepliesRequest {
        text: question.into(),
        count: 20,
        brand: "nordwind-air".into(),
        ..Default::default()
    };
    assert_eq!(ids(&ask(&server.client, of_brand).await.unwrap()), ["now", "own-brand"]);
    // A mention brings its brand with it.
    server.ingest(vec![mention("1", &format!("nordwind air: {question}"), 1)]).await;
    assert_eq!(ids(&ask_mention(&server.client, "forum/1").await), ["now", "own-brand"]);
    // What expires later is gone from then on, without an edit.
    let listed: Vec<String> = list(&server.client).await.into_iter().map(|argument| argument.id).collect();
    assert_eq!(listed, ["expired", "not-yet", "now", "other-brand", "own-brand"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_editors_the_second_is_told() {
    let server = TestServer::start().await;
    let client = &server.client;
    let made =
        put(client, entry("hours", "Opening hours", &[("en", "when do you open")], &[]), "", "anna").await.unwrap();
    let mine = wire::Argument { title: "Hours".into(), ..made.clone() };
    let theirs = wire::Argument { title: "When we are there".into(), ..made.clone() };
    let (one, other) = tokio::join!(put(client, mine, &made.etag, "anna"), put(client, theirs, &made.etag, "ben"));
    let (kept, refused) = match (one, other) {
        (Ok(kept), Err(refused)) | (Err(refused), Ok(kept)) => (kept, refused),
        both => panic!("{both:?}"),
    };
    assert_says(&refused, Code::Aborted, &["argument `hours`", &kept.etag]);
    let present = list(client).await;
    assert_eq!(present, std::slice::from_ref(&kept));
    assert_eq!(present[0].created_at, made.created_at);

    let new = wire::PutArgumentRequest { argument: Some(kept.clone()), must_be_new: true, ..Default::default() };
    let exists = client.arguments().put_argument(new).await.unwrap_err();
    assert_says(&exists, Code::AlreadyExists, &["argument `hours`"]);
    let missing = put(client, entry("other", "Other", &[], &[]), "1", "").await.unwrap_err();
    assert_says(&missing, Code::NotFound, &["argument `other`"]);
    // The same again is no edit.
    let again = put(client, kept.clone(), &kept.etag, "ben").await.unwrap();
    assert_eq!(again, kept);
    let stale = wire::DeleteArgumentRequest { id: "hours".into(), etag: made.etag.clone() };
    assert_says(&client.arguments().delete_argument(stale).await.unwrap_err(), Code::Aborted, &["hours"]);
    let gone = wire::DeleteArgumentRequest { id: "hours".into(), etag: kept.etag.clone() };
    client.arguments().delete_argument(gone.clone()).await.unwrap();
    assert_says(&client.arguments().delete_argument(gone).await.unwrap_err(), Code::NotFound, &["hours"]);
    assert!(ask_text(client, "when do you open").await.none_fits);
    let anew = put(client, entry("hours", "Opening hours", &[], &[]), "", "anna").await.unwrap();
    assert_ne!(anew.etag, made.etag, "an etag never means two states");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_at_fault_in_an_import_stops_nothing_else() {
    let server = TestServer::start().await;
    let good = base();
    let wrong = [
        (wire::Argument { id: "No".into(), ..good[0].clone() }, "argument.id"),
        (wire::Argument { id: "a".into(), title: " ".into(), ..good[0].clone() }, "argument.title"),
        (wire::Argument { id: "b".into(), brand: "nordwind".into(), ..good[0].clone() }, "`nordwind-air`"),
        (entry("c", "C", &[("en", "?!")], &[]), "argument.examples[0].text"),
        (entry("d", "D", &[("English", "x")], &[]), "argument.examples[0].language"),
        (entry("e", "E", &[], &[("en", "x"), ("en", "y")]), "argument.answers[1].language"),
        (entry("f", "F", &[], &[("en", " ")]), "argument.answers[0].text"),
        (entry("g", "G", &[("en", &"x".repeat(2049))], &[]), "at most 2048"),
        (wire::Argument { links: vec!["javascript:x".into()], ..entry("h", "H", &[], &[]) }, "argument.links[0]"),
        (wire::Argument { valid_from: at(2), valid_until: at(1), ..entry("i", "I", &[], &[]) }, "argument.valid_until"),
        (good[1].clone(), "twice"),
    ];
    let mut arguments = vec![good[0].clone(), good[1].clone()];
    arguments.extend(wrong.iter().map(|(argument, _)| argument.clone()));
    arguments.push(good[2].clone());
    let told = import(&server.client, arguments.clone()).await;
    assert_eq!(told.len(), arguments.len());
    for (number, import) in told.iter().enumerate() {
        let fault = number.checked_sub(2).and_then(|number| wrong.get(number));
        match fault {
            Some((argument, words)) => {
                assert_eq!((import.outcome(), &import.id), (Outcome::Refused, &argument.id));
                assert_eq!((import.code, import.reason.as_str()), (Code::InvalidArgument.into(), "FIELD_INVALID"));
                assert!(import.message.contains(words), "{words}: {}", import.message);
            }
            None => assert_eq!(import.outcome(), Outcome::Created, "{import:?}"),
        }
    }
    assert_eq!(list(&server.client).await.len(), 3);
    let again = import(&server.client, base()).await;
    assert!(again.iter().all(|import| import.outcome() == Outcome::Unchanged), "{again:?}");
    let changed = import(&server.client, vec![wire::Argument { title: "Bags".into(), ..base()[0].clone() }]).await;
    assert_eq!(changed[0].outcome(), Outcome::Updated);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_are_told_what_is_wrong() {
    let server = TestServer::start().await;
    let nothing = wire::SuggestRepliesRequest::default();
    for (request, code, words) in [
        (nothing.clone(), Code::InvalidArgument, "name"),
        (
            wire::SuggestRepliesRequest { name: "forum/1".into(), text: "x".into(), ..nothing.clone() },
            Code::InvalidArgument,
            "text",
        ),
        (wire::SuggestRepliesRequest { name: "forum/1".into(), ..nothing.clone() }, Code::NotFound, "forum/1"),
        (wire::SuggestRepliesRequest { name: "1".into(), ..nothing.clone() }, Code::InvalidArgument, "name"),
        (wire::SuggestRepliesRequest { text: " ".into(), ..nothing.clone() }, Code::InvalidArgument, "text"),
        (
            wire::SuggestRepliesRequest { text: "x".into(), count: 21, ..nothing.clone() },
            Code::InvalidArgument,
            "count: is 21; 1 to 20",
        ),
        (
            wire::SuggestRepliesRequest { text: "x".into(), brand: "nobody".into(), ..nothing.clone() },
            Code::InvalidArgument,
            "brand",
        ),
        (
            wire::SuggestRepliesRequest { text: "x".repeat(32 * 1024 + 1), ..nothing.clone() },
            Code::InvalidArgument,
            "at most 32768",
        ),
    ] {
        assert_says(&ask(&server.client, request).await.unwrap_err(), code, &[words]);
    }
    let coverage = |query: &str, from: i64, before: i64| wire::GetArgumentCoverageRequest {
        query: query.into(),
        created_from: at(from),
        created_before: at(before),
        ..Default::default()
    };
    let mut arguments = server.client.arguments();
    let error = arguments.get_argument_coverage(coverage("(", 1, 2)).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    let error = arguments.get_argument_coverage(coverage("", 2, 1)).await.unwrap_err();
    assert_says(&error, Code::InvalidArgument, &["created_before"]);
    let token = wire::ListArgumentsRequest { page_token: "NO!".into(), ..Default::default() };
    assert_says(&arguments.list_arguments(token).await.unwrap_err(), Code::InvalidArgument, &["page_token"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_mention_becomes_an_example_without_its_author_and_goes_with_it() {
    let server = TestServer::start().await;
    let client = &server.client;
    import(client, base()).await;
    let mut asked =
        mention("p1", "@nordwindcare Anna Rossi here: our parrot flew off in row 12345! call +39 06 5550101", 1);
    asked.author = Some(wire::Author { handle: "anna_r".into(), name: "Anna Rossi".into(), ..Default::default() });
    let mut own = mention("own", "we are on it", 2);
    own.platform = "twitter".into();
    own.author = Some(wire::Author { handle: "nordwindcare".into(), ..Default::default() });
    server.ingest(vec![asked, own, mention("links", "@nordwindcare https://x.example/1 55501", 3)]).await;
    assert!(ask_text(client, "a parrot flew off in my row").await.none_fits);

    let add = |name: &str, argument: &str| wire::AddArgumentExampleRequest {
        name: name.into(),
        argument: argument.into(),
        editor: "ben".into(),
    };
    let added = client.arguments().add_argument_example(add("forum/p1", "pets")).await.unwrap().into_inner();
    let example = added.example.unwrap();
    assert_eq!(example.text, "here: our parrot flew off in row! call");
    assert_eq!(example.mention, "forum/p1");
    let pets = added.argument.unwrap();
    assert_eq!((pets.examples.last(), pets.editor.as_str()), (Some(&example), "ben"));
    assert_eq!(ids(&ask_text(client, "a parrot flew off in my row").await)[0], "pets");
    // Once more changes nothing.
    let again = client.arguments().add_argument_example(add("forum/p1", "pets")).await.unwrap().into_inner();
    assert_eq!(again.argument.unwrap(), pets);

    for (name, argument, code, words) in [
        ("forum/none", "pets", Code::NotFound, "mention"),
        ("forum/p1", "none", Code::NotFound, "argument `none`"),
        ("twitter/own", "pets", Code::InvalidArgument, "own"),
        ("forum/links", "pets", Code::InvalidArgument, "no words of its own"),
    ] {
        let error = client.arguments().add_argument_example(add(name, argument)).await.unwrap_err();
        assert_says(&error, code, &[words]);
    }

    server.delete("forum/p1").await;
    assert!(ask_text(client, "a parrot flew off in my row").await.none_fits);
    let left = list(client).await.into_iter().find(|argument| argument.id == "pets").unwrap();
    assert!(left.examples.iter().all(|example| example.mention.is_empty()), "{left:?}");
    assert_ne!(left.etag, pets.etag);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_tells_the_share_and_proposes_what_is_lacking() {
    let server = TestServer::start().await;
    import(&server.client, base()).await;
    let texts = [
        "@nordwindcare where is my suitcase? It did not arrive",
        "@nordwindcare when do I get my money back for the ticket?",
        "@nordwindcare why is the wifi so slow? I pay for wifi",
        "@nordwindcare wifi is slow, how do I pay for wifi?",
        "hello @nordwindcare, how much is slow wifi?",
        "@nordwindcare is the wifi always so slow?",
        "@nordwindcare what a lovely morning",
    ];
    let post = |(second, text): (i64, &str)| wire::Mention {
        platform: "twitter".into(),
        ..mention(&second.to_string(), text, second)
    };
    server.ingest((1..).zip(texts).map(post).collect()).await;
    server.found("*").await;
    let request = wire::GetArgumentCoverageRequest {
        query: "wifi OR suitcase OR money OR morning".into(),
        created_from: at(0),
        created_before: at(100),
        ..Default::default()
    };
    let told = server.client.arguments().get_argument_coverage(request.clone()).await.unwrap().into_inner();
    assert_eq!((told.mentions, told.looked_at, told.requests, told.covered), (7, 7, 6, 2), "{told:?}");
    let used: Vec<(&str, u64)> = told.used.iter().map(|used| (used.argument.as_str(), used.requests)).collect();
    assert_eq!(used, [("luggage-lost", 1), ("refund", 1)]);
    assert_eq!(told.proposals.len(), 1, "{told:?}");
    let proposal = &told.proposals[0];
    assert_eq!((proposal.requests, proposal.sample.len()), (4, 4));
    assert!(proposal.words.iter().any(|word| word.contains("wifi")), "{proposal:?}");
    assert_eq!(proposal.languages[0].language, "en");
    // The same again is the same.
    let again = server.client.arguments().get_argument_coverage(request).await.unwrap().into_inner();
    assert_eq!(again, told);
    let other = wire::GetArgumentCoverageRequest {
        brand: "caffe-aurora".into(),
        created_from: at(0),
        created_before: at(100),
        ..Default::default()
    };
    let other = server.client.arguments().get_argument_coverage(other).await.unwrap().into_inner();
    assert_eq!((other.mentions, other.requests), (0, 0));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_answer_the_same_are_found() {
    let server = TestServer::start().await;
    let mut arguments = base();
    arguments.push(entry(
        "bags",
        "Suitcases",
        &[
            ("en", "my suitcase did not arrive"),
            ("it", "la mia valigia non è arrivata"),
            ("ru", "мой чемодан не прилетел"),
        ],
        &[],
    ));
    import(&server.client, arguments).await;
    let answer = server.client.arguments().find_duplicate_arguments(wire::FindDuplicateArgumentsRequest {}).await;
    let pairs = answer.unwrap().into_inner().pairs;
    let told: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.one.as_str(), pair.other.as_str())).collect();
    assert_eq!(told, [("bags", "luggage-lost")], "{pairs:?}");
    assert!(pairs[0].score > 0.5 && !pairs[0].words.is_empty(), "{pairs:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_as_json() {
    let server = TestServer::start().await;
    let argument = json!({"id": "hours", "title": "Opening hours", "examples": [{"text": "quando aprite?", "language": "it"}],
        "answers": [{"language": "it", "text": "Alle otto."}], "validUntil": "2100-01-01T00:00:00Z"});
    let made = post(server.address, "/v1/arguments", &json!({"argument": argument, "editor": "anna"})).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.json()["validUntil"], "2100-01-01T00:00:00Z");
    let told = get(server.address, "/v1/arguments:suggest?text=quando%20aprite%20domani%3F").await.json();
    assert_eq!(told["noneFits"], false, "{told}");
    assert_eq!(told["suggestions"][0]["answer"]["text"], "Alle otto.");
    assert_eq!(get(server.address, "/v1/arguments/hours").await.json()["editor"], "anna");
    assert_eq!(get(server.address, "/v1/arguments:duplicates").await.status, 200);
    assert_eq!(get(server.address, "/v1/arguments:coverage?query=x").await.json()["requests"], "0");
    assert_eq!(delete(server.address, "/v1/arguments/hours").await.status, 200);
    assert_eq!(get(server.address, "/v1/arguments/hours").await.status, 404);
    assert!(
        get(server.address, "/metrics").await.text().contains("ascolto_argument_base_asked_total{outcome=\"fits\"} 1")
    );
    server.stop().await;
}

fn ascolto(server: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_ascolto"))
        .args(arguments)
        .args(["--server", server, "--color", "never"])
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

fn write(path: &Path, text: &str) -> String {
    std::fs::write(path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_go_in_and_out_and_entries_survive_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut server = Program::serve(&data);
    let file = write(
        &dir.path().join("base.toml"),
        "[[argument]]\nid = \"hours\"\ntitle = \"Opening hours\"\nexamples = [\"when do you open\", { text = \"ร้านเปิดกี่โมง\", language = \"th\" }]\n\
         [argument.answers]\nth = \"แปดโมงเช้า\"\n\n[[argument]]\nid = \"broken\"\ntitle = \n\n[[argument]]\nid = \"refused\"\ntitle = \"Refused\"\n\
         links = [\"nowhere\"]\n\n[[argument]]\nid = \"refund\"\ntitle = \"Refund\"\nexamples = [\"where is my refund\"]\n",
    );
    let (code, stdout, stderr) = ascolto(&server.url, &["argument", "import", &file]);
    assert_eq!((code, stdout.as_str()), (Some(5), "+ hours\n+ refund\n"), "{stderr}");
    assert!(stderr.contains("base.toml:10: ") && stderr.contains("base.toml:12: argument.links[0]"), "{stderr}");
    let (code, _, stderr) = ascolto(
        &server.url,
        &["argument", "put", "refund", "--answer", "en=Seven days.", "--responsible", "Ben", "--tag", "money"],
    );
    assert_eq!(code, Some(0), "{stderr}");
    let (_, exported, _) = ascolto(&server.url, &["argument", "export"]);
    assert!(exported.contains("\"Seven days.\"") && exported.contains("\"where is my refund\""), "{exported}");

    server.kill();
    let server = Program::serve(&data);
    let (_, again, _) = ascolto(&server.url, &["argument", "export"]);
    assert_eq!(again, exported);
    let copy = write(&dir.path().join("copy.toml"), &exported);
    let (code, stdout, stderr) = ascolto(&server.url, &["argument", "import", &copy]);
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert!(stderr.contains("2 unchanged"), "{stderr}");
    let lines = dir.path().join("base.ndjson").to_str().unwrap().to_owned();
    assert_eq!(ascolto(&server.url, &["argument", "export", &lines]).0, Some(0));
    assert!(ascolto(&server.url, &["argument", "import", &lines]).2.contains("2 unchanged"));

    let (_, told, _) = ascolto(&server.url, &["argument", "suggest", "--text", "พรุ่งนี้ร้านเปิดกี่โมงคะ", "--lang", "th"]);
    assert!(told.contains("Opening hours") && told.contains("แปดโมงเช้า"), "{told}");
    let (_, told, _) = ascolto(&server.url, &["argument", "suggest", "--text", "a joke about penguins"]);
    assert!(told.starts_with("none fits"), "{told}");
    assert!(ascolto(&server.url, &["argument", "show", "refund"]).1.contains("Ben"));
    assert!(ascolto(&server.url, &["argument", "list"]).1.contains("hours"));
    assert_eq!(ascolto(&server.url, &["argument", "duplicates"]).0, Some(0));
    assert_eq!(ascolto(&server.url, &["argument", "coverage"]).0, Some(0));
    assert_eq!(ascolto(&server.url, &["argument", "delete", "refund"]).0, Some(0));
    assert_eq!(ascolto(&server.url, &["argument", "show", "refund"]).0, Some(3));
    let (code, _, stderr) = ascolto(&server.url, &["argument", "put", "new", "--answer", "no language"]);
    assert_eq!(code, Some(2), "{stderr}");
    server.terminate();
    server.ended();
}

/// Sentences of invented words: as many entries and examples as are wanted, none like the other.
fn many(entries: usize) -> Vec<wire::Argument> {
    let word = |number: usize| {
        let syllables = ["ka", "lo", "mi", "tu", "ren", "sa", "vo", "pi", "du", "ne"];
        [number % 10, number / 10 % 10, number / 100 % 10].map(|place| syllables[place]).concat()
    };
    let sentence = |entry: usize, example: usize| {
        let own = [entry * 7, entry * 13 + 5, entry * 29 + example].map(|number| word(number % 1000)).join(" ");
        format!("where is my {own} and when do I get the {}", word((entry + example * 31) % 1000))
    };
    let argument = |number: usize| {
        let examples: Vec<String> = (0..5).map(|example| sentence(number, example)).collect();
        let examples: Vec<(&str, &str)> = examples.iter().map(|text| ("en", text.as_str())).collect();
        entry(&format!("e{number}"), &word(number % 1000), &examples, &[("en", "So it is.")])
    };
    (0..entries).map(argument).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: how long a suggestion takes, held against a plain call of the same run"]
async fn measure_suggestions() {
    for entries in [77, 5000] {
        let server = TestServer::start().await;
        let arguments = many(entries);
        for batch in arguments.chunks(1000) {
            import(&server.client, batch.to_vec()).await;
        }
        let median = |mut times: Vec<u128>| {
            times.sort_unstable();
            times[times.len() / 2]
        };
        let (mut plain, mut asked) = (Vec::new(), Vec::new());
        for number in 0..300 {
            let argument = &arguments[number * 17 % entries];
            let begun = std::time::Instant::now();
            let get = wire::GetArgumentRequest { id: argument.id.clone() };
            server.client.arguments().get_argument(get).await.unwrap();
            plain.push(begun.elapsed().as_micros());
            let begun = std::time::Instant::now();
            let told =
                ask_text(&server.client, &argument.examples[number % 5].text.replace("where", "tell me where")).await;
            asked.push(begun.elapsed().as_micros());
            assert!(!told.none_fits);
        }
        let (plain, asked) = (median(plain), median(asked));
        println!(
            "{entries} entries: a suggestion {asked} µs, a plain call {plain} µs, ratio {:.1}",
            asked as f64 / plain as f64
        );
        server.stop().await;
    }
}
