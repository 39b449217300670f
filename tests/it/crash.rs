//! Killed at a random moment during ingest: nothing acknowledged is missing, nothing is there twice, and a search finds exactly
//! what the log holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use ascolto::proto::v1::{
    self, ingest_service_client::IngestServiceClient, search_service_client::SearchServiceClient,
    subscribe_response::Message, subscription_service_client::SubscriptionServiceClient,
};
use tokio::sync::Notify;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

const KILLS: u64 = 10;
/// Mentions sent in each life of the server at most; more than it can take before it is killed.
const MENTIONS_PER_LIFE: u64 = 50_000;
const BATCH: u64 = 25;

/// A server in a process of its own, so that it can be killed.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(data_dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ascolto"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended before it listened").unwrap();
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().unwrap().trim_end_matches(['.', ',']).to_owned();
            }
        };
        // Somebody has to read on, or a full pipe would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    async fn connect(&self) -> Channel {
        Channel::from_shared(self.url.clone()).unwrap().connect().await.unwrap()
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already dead in most cases.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Mention `number` in its state `edit`: an edit of an older one now and then, some of them replies of a brand.
fn mention(number: u64) -> v1::Mention {
    let edited = number % 7 == 3 && number > 20;
    let id = if edited { number - 14 } else { number };
    v1::Mention {
        platform: "twitter".into(),
        external_id: id.to_string(),
        author: Some(v1::Author { handle: format!("anna{}", id % 50), ..v1::Author::default() }),
        text: if edited {
            format!("edited {number}: where is it?")
        } else {
            format!("word{} where is my order {id}?", id % 9)
        },
        created_at: Some(prost_types::Timestamp { seconds: 1_790_000_000 + id as i64, nanos: 0 }),
        observed_at: Some(prost_types::Timestamp { seconds: 1_790_000_000 + number as i64, nanos: 0 }),
        in_reply_to: if id % 5 == 1 { (id - 1).to_string() } else { String::new() },
        ..v1::Mention::default()
    }
}

/// Sends mentions until the server dies; gives every acknowledgement by the number of its mention. `begun` is told of the first.
async fn feed(channel: Channel, first: u64, begun: Arc<Notify>) -> BTreeMap<u64, u64> {
    let (sender, requests) = tokio::sync::mpsc::channel(8);
    let feeder = tokio::spawn(async move {
        for start in (first..first + MENTIONS_PER_LIFE).step_by(BATCH as usize) {
            let mentions = (start..start + BATCH).map(mention).collect();
            if sender.send(v1::IngestRequest { mentions }).await.is_err() {
                return;
            }
        }
    });
    let mut acknowledged = BTreeMap::new();
    if let Ok(answers) = IngestServiceClient::new(channel).ingest(ReceiverStream::new(requests)).await {
        let mut answers = answers.into_inner();
        while let Ok(Some(answer)) = answers.message().await {
            begun.notify_one();
            for ack in answer.acknowledgements {
                assert_ne!(ack.outcome, v1::Outcome::Rejected as i32, "{:?}", ack.rejection);
                acknowledged.insert(first + ack.position, ack.seq);
            }
        }
    }
    feeder.abort();
    acknowledged
}

/// The whole log as a subscriber reads it, up to the seq.
async fn log(channel: Channel, last: u64) -> Vec<v1::Event> {
    let request = v1::SubscribeRequest {
        query: "*".into(),
        start: Some(v1::subscribe_request::Start::AfterSeq(0)),
        ..v1::SubscribeRequest::default()
    };
    let mut client = SubscriptionServiceClient::new(channel).max_decoding_message_size(16 * 1024 * 1024);
    let mut stream = client.subscribe(request).await.unwrap().into_inner();
    let mut events = Vec::new();
    while (events.len() as u64) < last {
        match stream.message().await.unwrap().unwrap().message.unwrap() {
            Message::Event(event) => events.push(event),
            Message::CaughtUp(_) => break,
            Message::Begun(_) | Message::Heartbeat(_) | Message::Redefined(_) => {}
            Message::Goodbye(goodbye) => panic!("{goodbye:?}"),
        }
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_ten_times_nothing_acknowledged_is_lost_or_doubled() {
    let dir = tempfile::tempdir().unwrap();
    // From the clock: other moments in every run, and printed, so that a failure can be told.
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut acknowledged: BTreeMap<u64, u64> = BTreeMap::new();
    let mut first = 0;
    for life in 0..KILLS {
        let mut server = Process::start(dir.path());
        let begun = Arc::new(Notify::new());
        let feeding = tokio::spawn(feed(server.connect().await, first, Arc::clone(&begun)));
        // Every other life ends at some moment after it acknowledged something, however busy the machine is.
        if life % 2 == 1 {
            let first = tokio::time::timeout(Duration::from_secs(120), begun.notified()).await;
            first.expect("nothing was acknowledged for two minutes");
        }
        // The moment of the kill is the one thing here that time decides.
        let lived_ms = 50 + (seed ^ (life + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)) % 700;
        tokio::time::sleep(Duration::from_millis(lived_ms)).await;
        server.kill();
        acknowledged.extend(feeding.await.unwrap());
        first += MENTIONS_PER_LIFE;
    }
    assert!(acknowledged.len() as u64 >= KILLS / 2 * BATCH, "only {} acknowledged", acknowledged.len());

    let server = Process::start(dir.path());
    let channel = server.connect().await;
    let status = v1::system_service_client::SystemServiceClient::new(channel.clone())
        .get_server_status(v1::GetServerStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    let events = log(channel.clone(), status.recorded_seq).await;

    // Seq without holes, and each version follows the one before it of the same mention.
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    let mut texts: BTreeMap<u64, (String, String)> = BTreeMap::new();
    for (expected, event) in (1..).zip(&events) {
        let version = event.version.as_ref().unwrap();
        let held = version.mention.as_ref().unwrap();
        assert_eq!(event.seq, expected);
        assert_eq!(version.previous_seq, newest.insert(held.external_id.clone(), event.seq).unwrap_or(0));
        texts.insert(event.seq, (held.external_id.clone(), held.text.clone()));
    }
    assert_eq!(events.len() as u64, status.recorded_seq);
    assert_eq!(newest.len() as u64, status.mentions);

    // Every acknowledgement speaks the truth.
    for (number, seq) in &acknowledged {
        let (id, text) = &texts[seq];
        let sent = mention(*number);
        assert_eq!((id, text), (&sent.external_id, &sent.text), "mention {number} acknowledged as {seq}");
    }

    // A search finds what the log holds, each once.
    let mut client = SearchServiceClient::new(channel).max_decoding_message_size(16 * 1024 * 1024);
    let mut found = BTreeSet::new();
    let mut page_token = String::new();
    loop {
        let request = v1::SearchRequest {
            query: "*".into(),
            page_size: 500,
            min_seq: status.recorded_seq,
            page_token: std::mem::take(&mut page_token),
            ..v1::SearchRequest::default()
        };
        let answer = client.search(request).await.unwrap().into_inner();
        assert_eq!(answer.total, newest.len() as u64);
        for hit in answer.hits {
            let version = hit.version.unwrap();
            let id = version.mention.unwrap().external_id;
            assert_eq!(version.seq, newest[&id]);
            assert!(found.insert(id));
        }
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found.len(), newest.len());
    println!("{} acknowledged, {} versions of {} mentions", acknowledged.len(), events.len(), newest.len());
}
