//! Brand profiles and drafts of answers over the wire.

use ascolto::{
    client::Client,
    proto::v1::{self as wire, CheckReplyRequest, CheckReplyResponse, ReplyRule, ReplySeverity},
};
use serde_json::json;
use tonic::{Code, Status};

use crate::support::{
    TestServer, mention,
    plain_http::{get, post},
    status::{assert_says, field},
};

/// What a customer writes to an airline.
fn question(external_id: &str, text: &str) -> wire::Mention {
    wire::Mention {
        platform: "twitter".into(),
        author: Some(wire::Author { handle: "marta".into(), ..Default::default() }),
        ..mention(external_id, &format!("@nordwindair {text}"), 0)
    }
}

async fn check(client: &Client, request: CheckReplyRequest) -> Result<CheckReplyResponse, Status> {
    Ok(client.brands().check_reply(request).await?.into_inner())
}

fn draft(name: &str, text: &str) -> CheckReplyRequest {
    CheckReplyRequest { name: name.into(), text: text.into(), agent: "Ana".into(), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_told_page_by_page_and_one_by_one() {
    let server = TestServer::start().await;
    let mut brands = server.client.brands();
    let mut ids = Vec::new();
    let mut request = wire::ListBrandsRequest { page_size: 2, ..Default::default() };
    loop {
        let page = brands.list_brands(request.clone()).await.unwrap().into_inner();
        ids.extend(page.brands.into_iter().map(|brand| brand.id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(ids, ["caffe-aurora", "luna-bank", "nordwind-air"]);

    let airline = brands.get_brand(wire::GetBrandRequest { id: "nordwind-air".into() }).await.unwrap().into_inner();
    let coverage = airline.coverage.unwrap();
    assert_eq!((coverage.time_zone.as_str(), coverage.week.len()), ("Europe/Copenhagen", 7));
    assert_eq!(
        (coverage.week[0].day.as_str(), coverage.week[0].hours.as_slice()),
        ("monday", &["05:00-20:00".into()][..])
    );
    assert!(airline.opening.unwrap().changes_at.is_some(), "it closes every evening");
    assert!(airline.targets.iter().any(|target| target.priority() == wire::PriorityLevel::Urgent));
    assert!(airline.accounts.iter().any(|account| account.role() == wire::AccountRole::Care));

    let bank = get(server.address, "/v1/brands/luna-bank").await.json();
    assert_eq!(bank["opening"]["isOpen"], json!(true), "{bank}");
    assert!(bank.get("coverage").is_none_or(serde_json::Value::is_null), "round the clock: {bank}");
    assert_eq!(get(server.address, "/v1/brands?page_size=1").await.json()["brands"].as_array().unwrap().len(), 1);

    let unknown = brands.get_brand(wire::GetBrandRequest { id: "nordwind".into() }).await.unwrap_err();
    assert_says(&unknown, Code::NotFound, &["brand", "nordwind"]);
    for id in ["", "Nord Wind", "a/b", "\u{1b}[31m"] {
        let refused = brands.get_brand(wire::GetBrandRequest { id: id.into() }).await.unwrap_err();
        assert_says(&refused, Code::InvalidArgument, &["id", "lower-case"]);
    }
    let refused = brands.list_brands(wire::ListBrandsRequest { page_size: 1001, ..Default::default() }).await;
    assert_says(&refused.unwrap_err(), Code::InvalidArgument, &["page_size", "1000"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_held_against_the_rules_and_its_account_is_proposed() {
    let server = TestServer::start().await;
    server.ingest(vec![question("q", "where is my suitcase? It did not arrive and nobody answers the phone.")]).await;

    let text = "Your suitcase is on its way. Write to anna@post.example or {name}";
    let checked = check(&server.client, draft("twitter/q", text)).await.unwrap();
    assert_eq!((checked.brand.as_str(), checked.may_go_out), ("nordwind-air", false));
    let account = checked.account.clone().unwrap();
    assert_eq!((account.platform.as_str(), account.handle.as_str()), ("twitter", "nordwindcare"));
    assert!(!account.reason.is_empty());
    assert_eq!((checked.language.as_str(), checked.customer_language.as_str()), ("en", "en"));
    assert_eq!((checked.length, checked.length_max), (u32::try_from(text.len()).unwrap(), Some(280)));
    assert_eq!(checked.responsible.unwrap().name, "Head of care");
    let found = |rule: ReplyRule| {
        let finding = checked.findings.iter().find(|finding| finding.rule() == rule).unwrap();
        assert!(!finding.message.is_empty());
        (&text[finding.start as usize..finding.end as usize], finding.severity())
    };
    assert_eq!(found(ReplyRule::PersonalData), ("anna@post.example", ReplySeverity::Must));
    assert_eq!(found(ReplyRule::Placeholder), ("{name}", ReplySeverity::Must));

    let from_house = CheckReplyRequest { account: "@NordwindAir".into(), ..draft("twitter/q", "It arrives at noon.") };
    let checked = check(&server.client, from_house).await.unwrap();
    assert!(checked.may_go_out, "another account of the brand is only a warning: {:?}", checked.findings);
    assert!(
        checked.findings.iter().any(|it| it.rule() == ReplyRule::Account && it.severity() == ReplySeverity::Should)
    );

    let silent = check(&server.client, draft("twitter/q", " \n ")).await.unwrap();
    assert_eq!((silent.may_go_out, silent.findings[0].rule()), (false, ReplyRule::Empty));

    let request = json!({"name": "twitter/q", "text": "Call +39 06 5555 0199 0", "agent": "Ana"});
    let answer = post(server.address, "/v1/replies:check", &request).await.json();
    assert_eq!(answer["findings"][0]["rule"], json!("REPLY_RULE_PERSONAL_DATA"), "{answer}");
    // Nothing of it was recorded.
    assert_eq!(server.found("suitcase OR noon OR call").await, ["q"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_in_every_script_have_findings_at_whole_letters() {
    let server = TestServer::start().await;
    for (language, asked, before, after) in [
        ("th", "กระเป๋าเดินทางของฉันอยู่ที่ไหน ยังไม่ได้รับเลย", "ขออภัยในความล่าช้า กรุณาติดต่อ ", " เพื่อรับความช่วยเหลือ"),
        ("ar", "أين حقيبتي؟ لم تصل حتى الآن", "نعتذر عن التأخير، اكتب إلى ", " وسنساعدك فورا"),
        (
            "ja",
            "スーツケースがまだ届いていません。どこですか？",
            "ご不便をおかけして申し訳ございません。",
            "までご連絡ください",
        ),
        (
            "ru",
            "Где мой чемодан? Он так и не прилетел",
            "Приносим извинения за задержку, напишите на ",
            " и мы поможем",
        ),
    ] {
        server.ingest(vec![question(language, asked)]).await;
        let text = format!("{before}help@post.example{after}");
        let checked = check(&server.client, draft(&format!("twitter/{language}"), &text)).await.unwrap();
        assert_eq!((checked.language.as_str(), checked.customer_language.as_str()), (language, language));
        let places = checked.findings.iter().map(|it| text.get(it.start as usize..it.end as usize));
        let places: Vec<&str> = places.map(|place| place.expect("whole letters")).collect();
        assert!(places.contains(&"help@post.example"), "{language}: {:?}", checked.findings);

        // As long as a text may be, which is far too long for the platform.
        let long: String = text
            .chars()
            .cycle()
            .scan(0, |bytes, c| {
                *bytes += c.len_utf8();
                (*bytes <= 32 * 1024).then_some(c)
            })
            .collect();
        let checked = check(&server.client, draft(&format!("twitter/{language}"), &long)).await.unwrap();
        let length = checked.findings.iter().find(|it| it.rule() == ReplyRule::Length).unwrap();
        assert!(!checked.may_go_out && long.get(length.start as usize..length.end as usize).is_some());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_that_cannot_be_held_against_anything_are_refused() {
    let server = TestServer::start().await;
    let nobodys = mention("nobodys", "Where is my suitcase?", 0);
    server.ingest(vec![question("q", "where is my suitcase?"), question("gone", "and mine?"), nobodys]).await;
    server.delete("twitter/gone").await;
    let good = || draft("twitter/q", "It arrives at noon.");
    for (request, code, words) in [
        (draft("twitter/none", "x"), Code::NotFound, &["mention", "twitter/none"][..]),
        (draft("twitter/gone", "x"), Code::NotFound, &["mention", "twitter/gone"]),
        (draft("twitter", "x"), Code::InvalidArgument, &["name", "platform/external_id"]),
        (draft("forum/nobodys", "x"), Code::InvalidArgument, &["brand", "about no brand; name the brand"]),
        (
            CheckReplyRequest { brand: "sunair".into(), ..good() },
            Code::InvalidArgument,
            &["brand", "sunair", "ListBrands"],
        ),
        (CheckReplyRequest { brand: "Sun Air".into(), ..good() }, Code::InvalidArgument, &["brand", "lower-case"]),
        (
            CheckReplyRequest { account: "sunair".into(), ..good() },
            Code::InvalidArgument,
            &["account", "`sunair`", "known there: `nordwindair`, `nordwindcare`"],
        ),
        // An account of another brand.
        (CheckReplyRequest { account: "lunabank".into(), ..good() }, Code::InvalidArgument, &["account", "lunabank"]),
        (CheckReplyRequest { account: "a\u{202e}\nb".into(), ..good() }, Code::InvalidArgument, &["account", "U+000A"]),
        (CheckReplyRequest { agent: "A".repeat(129), ..good() }, Code::InvalidArgument, &["agent", "128"]),
        (CheckReplyRequest { text: "ы".repeat(512 * 1024), ..good() }, Code::InvalidArgument, &["text", "32768"]),
    ] {
        let refused = check(&server.client, request).await.unwrap_err();
        assert_says(&refused, code, words);
    }
    // A profile may be named where the mention is about none.
    let named = CheckReplyRequest { brand: "nordwind-air".into(), ..draft("forum/nobodys", "It arrives at noon.") };
    let checked = check(&server.client, named).await.unwrap();
    assert_eq!((checked.brand.as_str(), checked.account), ("nordwind-air", None), "no account on that platform");
    let answer = post(server.address, "/v1/replies:check", &json!({"name": "twitter/q", "words": "x"})).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_checked_without_being_used() {
    let server = TestServer::start().await;
    let check = async |text: String| server.client.brands().check_brands(wire::CheckBrandsRequest { text }).await;
    let shipped = check(include_str!("../../index-config/brands.toml").to_owned()).await.unwrap().into_inner();
    assert!(shipped.valid && shipped.problems.is_empty(), "{:?}", shipped.problems);
    assert_eq!(shipped.brands.len(), 3);

    let brand = "[[brand]]\nid = \"sunair\"\ntitle = \"Sun\"\nquery = 'sunair'\n";
    for (text, line, key, said) in [
        (format!("{brand}[brand.coverage]\ntime_zone = \"Europe/Rom\"\n"), 6, "time_zone", "Europe/Rome"),
        (format!("{brand}[[brand.target]]\nfirst_reply_minutes = 0\n"), 5, "brand.target", "from 1 to"),
        (format!("{brand}titel = 'Sun'\n"), 5, "titel", "`title`"),
        (
            "[[brand]]\nid = \"sunair\"\ntitle = \"Sun\"\nquery = 'sunair AND'\n".to_owned(),
            4,
            "query",
            "brand `sunair`",
        ),
        ("\u{0}\u{1}ё".to_owned(), 1, "", ""),
    ] {
        let checked = check(text.clone()).await.unwrap().into_inner();
        assert!(!checked.valid, "{text}");
        let problem = &checked.problems[0];
        assert_eq!((problem.line, problem.key.as_str()), (line, key), "{text}: {problem:?}");
        assert!(problem.message.contains(said), "{text}: {problem:?}");
    }
    let refused = check("#".repeat(1024 * 1024 + 1)).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["1048576"]);
    assert_eq!(field(&refused).as_deref(), Some("text"));
    let none = server.client.brands().get_brand(wire::GetBrandRequest { id: "sunair".into() }).await.unwrap_err();
    assert_eq!(none.code(), Code::NotFound);
    server.stop().await;
}
