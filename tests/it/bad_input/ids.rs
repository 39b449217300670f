//! Ids of platforms can hold nearly every character; each has to come back as it went in, whichever way it is asked for.

use ascolto::proto::v1::{GetConversationRequest, GetRequest, Outcome};

use crate::support::{
    TestServer, mention,
    plain_http::{delete, get},
};

/// A few of every plane of Unicode, and everything that means something in an address, a path, a query or a database.
fn ids() -> Vec<String> {
    let mut ids: Vec<String> = (0..=16_u32)
        .flat_map(|plane| [0x41, 0xe9, 0x300, 0x5d0, 0x3042, 0xd7ff, 0xe000, 0xffff].map(|low| plane << 16 | low))
        .filter_map(char::from_u32)
        .map(|letter| format!("id{letter}"))
        .collect();
    ids.extend((0x20..0x7f).map(|byte| format!("a{}b", char::from(byte))));
    let special = [
        "%2F",
        "%",
        "..",
        "../../etc/passwd",
        "a//b/",
        "/",
        "//",
        "?q=1#x",
        "it's; DROP TABLE log",
        "\"*\"",
        ":",
        "é",
        "e\u{301}",
    ];
    ids.extend(special.map(str::to_owned));
    ids.push("ж".repeat(256));
    ids
}

/// Every byte but letters and digits as `%XX`, slashes too.
fn encoded(id: &str) -> String {
    id.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_id_comes_back_as_it_went_in() {
    let server = TestServer::start().await;
    let ids = ids();
    let mentions = (0..).zip(&ids).map(|(second, id)| mention(id, "x", second)).collect();
    let told = server.ingest(mentions).await;
    assert!(told.iter().all(|told| told.outcome() == Outcome::Created), "no two are the same, and none is refused");
    let mut search = server.client.search();
    for (seq, id) in (1_u64..).zip(&ids) {
        let name = format!("forum/{id}");
        let version = search.get(GetRequest { name: name.clone() }).await.unwrap().into_inner();
        assert_eq!((version.seq, &version.mention.unwrap().external_id), (seq, id));
        let answer = get(server.address, &format!("/v1/mentions/forum/{}", encoded(id))).await;
        assert_eq!((answer.status, &answer.json()["mention"]["externalId"]), (200, &serde_json::json!(id)), "{id:?}");
        let conversation = GetConversationRequest { name, ..Default::default() };
        assert_eq!(search.get_conversation(conversation).await.unwrap().into_inner().thread_id, seq);
        let query = format!("id:\"forum/{}\"", id.replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(server.found(&query).await, [id.as_str()], "{query}");
    }
    for id in ids.iter().step_by(7) {
        let answer = delete(server.address, &format!("/v1/mentions/forum/{}", encoded(id))).await;
        assert_eq!(answer.status, 200, "{id:?} {}", answer.text());
    }
    server.stop().await;
}
