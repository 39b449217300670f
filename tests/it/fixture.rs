//! What the server makes of 39,786 real mentions in 85 languages, held against what is known about them.
//!
//! The texts are not ours to give away: where they are not there, this says so and passes. They are looked for in the
//! folder named by `ASCOLTO_DATA`, else in `../shared/data` beside the repository. The bounds stand a little under what was measured;
//! the figures are printed with `cargo test fixture -- --nocapture`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use ascolto::{
    base::SystemClock,
    client::{Client, IngestStream},
    config::IndexConfig,
    engine::{Engine, EngineOptions},
    model::{AccountRole, Brand, BrandAccount, ReplyRules},
    proto::{
        DESCRIPTORS,
        v1::{BatchGetRequest, CountRequest, Mention, Outcome, Status, Version},
    },
    server::{self, ServerOptions},
};
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::Value;
use tokio::net::TcpListener;
use tonic::Code;

/// Share of the mentions with a known language that get it. Many are too short to tell, or in languages that are not told at
/// all, and rightly get `und`. Measured: 0.771.
const LANGUAGE_RIGHT_MIN: f64 = 0.76;
/// Share of those given a language at all that get the right one. Measured: 0.949.
const LANGUAGE_RIGHT_WHERE_NAMED_MIN: f64 = 0.94;
/// Share of the conversations on Twitter that are put together exactly as they were: every one, for who answers what is told by the
/// source and not judged.
const CONVERSATIONS_EXACT_MIN: f64 = 1.0;
/// Share of the customers' messages on Twitter that are found answered, or not, as they were.
const ANSWERED_RIGHT_MIN: f64 = 0.98;
/// Seeds of the random orders in which the conversations arrive.
const ORDERS: [u64; 3] = [1, 2, 3];

const BATCH: usize = 500;
/// Tries of 10 s each.
const SEARCHABLE_TRIES_MAX: u32 = 12;

/// Where the real mentions lie.
fn data() -> Option<PathBuf> {
    let folder = match std::env::var_os("ASCOLTO_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    if folder.join("mentions.ndjson").is_file() {
        return Some(folder);
    }
    println!("skipped: there are no real mentions in {}; ASCOLTO_DATA names their folder", folder.display());
    None
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The files use the names of the proto files, so the JSON mapping reads them as they are, but for the words of `kind`.
fn mentions(path: &Path) -> Vec<Mention> {
    let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
    let message = pool.get_message_by_name("ascolto.v1.Mention").unwrap();
    let mention = |mut line: Value| {
        if let Some(kind) = line.get_mut("kind") {
            *kind = format!("KIND_{}", kind.as_str().unwrap().to_uppercase()).into();
        }
        DynamicMessage::deserialize(message.clone(), line).unwrap().transcode_to().unwrap()
    };
    lines(path).into_iter().map(mention).collect()
}

/// The brands of the file, with the accounts that are theirs.
fn brands(path: &Path) -> Vec<Brand> {
    let brand = |(number, line): (usize, Value)| {
        let title = line["name"].as_str().unwrap();
        let accounts = line["accounts"].as_object().unwrap().iter().flat_map(|(platform, handles)| {
            let handles = handles.as_array().unwrap().iter().map(|handle| handle.as_str().unwrap());
            handles.map(move |handle| BrandAccount {
                platform: platform.clone(),
                handle: handle.to_owned(),
                role: AccountRole::Institutional,
            })
        });
        Brand {
            id: format!("brand-{number}"),
            title: title.to_owned(),
            query: format!("\"{title}\""),
            accounts: accounts.collect(),
            coverage: None,
            targets: Vec::new(),
            responsible: Vec::new(),
            reply_threshold: 1.2,
            reply: ReplyRules::default(),
            priority_tags: Vec::new(),
        }
    };
    lines(path).into_iter().enumerate().map(brand).collect()
}

/// Sends everything over gRPC; all are taken, none twice. The last seq.
async fn ingest(client: &Client, mentions: &[Mention], expected: Outcome) -> u64 {
    let mut stream = IngestStream::begin(client);
    let mut batches = mentions.chunks(BATCH).peekable();
    let (mut acknowledged, mut last_seq) = (0, 0);
    while acknowledged < mentions.len() {
        while stream.room() >= BATCH && batches.peek().is_some() {
            stream.send(batches.next().unwrap().to_vec()).unwrap();
        }
        for acknowledgement in stream.acknowledgements().await.unwrap().expect("the server ended the stream") {
            let mention = &mentions[acknowledged];
            let outcome = acknowledgement.outcome();
            assert_eq!(outcome, expected, "{}/{}: {acknowledgement:?}", mention.platform, mention.external_id);
            last_seq = last_seq.max(acknowledgement.seq);
            acknowledged += 1;
        }
    }
    last_seq
}

/// Counts once everything up to the seq is searchable. A search waits 10 s for that and then asks to be tried again, which a debug build
/// on a busy machine needs.
async fn count_all(client: &Client, min_seq: u64) -> u64 {
    for _ in 0..SEARCHABLE_TRIES_MAX {
        let everything = CountRequest { query: "*".into(), min_seq, ..CountRequest::default() };
        match client.search().count(everything).await {
            Ok(answer) => return answer.into_inner().count,
            Err(status) => assert_eq!(status.code(), Code::Unavailable, "{status}"),
        }
    }
    panic!("seq {min_seq} did not become searchable in {SEARCHABLE_TRIES_MAX} tries of 10 s");
}

/// The newest version of each, in their order.
async fn read_back(client: &Client, mentions: &[Mention]) -> Vec<Version> {
    let mut versions = Vec::with_capacity(mentions.len());
    for batch in mentions.chunks(BATCH) {
        let names = batch.iter().map(|mention| format!("{}/{}", mention.platform, mention.external_id)).collect();
        let answer = client.search().batch_get(BatchGetRequest { names }).await.unwrap().into_inner();
        assert_eq!(answer.missing, Vec::<String>::new());
        versions.extend(answer.versions);
    }
    versions
}

#[tokio::test(flavor = "multi_thread")]
async fn real_mentions_are_taken_and_understood() {
    let Some(data) = data() else { return };
    let mentions = mentions(&data.join("mentions.ndjson"));
    let truths = lines(&data.join("truth.ndjson"));
    assert_eq!(mentions.len(), truths.len());

    let server = RealServer::start(&data).await;
    let client = &server.client;

    let begun = Instant::now();
    let last_seq = ingest(client, &mentions, Outcome::Created).await;
    println!("{} mentions in {:.1} s, last seq {last_seq}", mentions.len(), begun.elapsed().as_secs_f64());
    let counted = count_all(client, last_seq).await;
    assert_eq!(counted, mentions.len() as u64);

    let versions = read_back(client, &mentions).await;
    for (sent, version) in mentions.iter().zip(&versions) {
        let kept = version.mention.as_ref().unwrap();
        assert_eq!((&kept.text, &kept.author, kept.created_at), (&sent.text, &sent.author, sent.created_at));
    }
    languages(&versions, &truths);
    conversations(&versions, &truths);
    server.stop().await;
}

/// Conversations on Twitter arrive in three random orders, and end alike.
#[tokio::test(flavor = "multi_thread")]
async fn real_conversations_end_alike_in_every_order() {
    let Some(data) = data() else { return };
    let threads = lines(&data.join("truth.ndjson")).into_iter().map(|truth| truth["thread_id"].is_string());
    let is_threaded =
        mentions(&data.join("mentions.ndjson")).into_iter().zip(threads).filter(|(_, threaded)| *threaded);
    let mentions: Vec<Mention> =
        is_threaded.map(|(mention, _)| mention).filter(|it| it.platform == "twitter").collect();
    let mut first: Option<Vec<String>> = None;
    for seed in ORDERS {
        let server = RealServer::start(&data).await;
        let mut shuffled = mentions.clone();
        shuffled.sort_by_key(|mention| blake3_of(seed, &mention.external_id));
        ingest(&server.client, &shuffled, Outcome::Created).await;
        let versions = read_back(&server.client, &mentions).await;
        let states = end_states(&versions);
        match &first {
            None => first = Some(states),
            Some(first) => assert!(&states == first, "order {seed} ends otherwise"),
        }
        server.stop().await;
    }
    println!("{} messages of conversations end alike in {} orders", mentions.len(), ORDERS.len());
}

/// What must not depend on the order of arrival; threads by the first name in them.
fn end_states(versions: &[Version]) -> Vec<String> {
    let mut names = BTreeMap::<u64, String>::new();
    let name = |version: &Version| version.mention.as_ref().unwrap().external_id.clone();
    for version in versions {
        let thread = names.entry(version.conversation.as_ref().unwrap().thread_id).or_insert_with(|| name(version));
        *thread = thread.clone().min(name(version));
    }
    let state = |version: &Version| {
        let conversation = version.conversation.clone().unwrap();
        let thread = &names[&conversation.thread_id];
        format!(
            "{} {thread} {:?} {:?} {:?}",
            name(version),
            conversation.status(),
            conversation.answered_by,
            conversation.course
        )
    };
    versions.iter().map(state).collect()
}

/// A key for a random order.
fn blake3_of(seed: u64, id: &str) -> [u8; 32] {
    *blake3::hash(format!("{seed} {id}").as_bytes()).as_bytes()
}

/// A server that knows the brands of the real mentions.
struct RealServer {
    client: Client,
    stop: tokio::sync::oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl RealServer {
    async fn start(data: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index_config =
            IndexConfig { brands: brands(&data.join("brands.ndjson")), ..IndexConfig::built_in().unwrap() };
        let clock = Arc::new(SystemClock);
        let data_dir = folder.path().to_owned();
        let options = EngineOptions { data_dir, index_config, clock, store_bytes_max: None, stall_matcher_at: None };
        let engine = Engine::open(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        // A dropped sender means stop as well.
        let shutdown = async { drop(stopped.await) };
        let served = server::run(engine, listener, ServerOptions::default(), shutdown);
        let served = tokio::spawn(async { served.await.unwrap() });
        Self { client: Client::connect(&url).await.unwrap(), stop, served, _folder: folder }
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.served.await.unwrap();
    }
}

/// A share of things that went right.
#[derive(Clone, Copy, Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    fn value(self) -> f64 {
        f64::from(self.right) / f64::from(self.all.max(1))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.4} ({} of {})", self.value(), self.right, self.all)
    }
}

fn languages(versions: &[Version], truths: &[Value]) {
    let (mut of_all, mut of_named) = (Share::default(), Share::default());
    let mut by_language: BTreeMap<&str, (Share, Share)> = BTreeMap::new();
    for (version, truth) in versions.iter().zip(truths) {
        let Some(expected) = truth["lang"].as_str().filter(|_| truth["quality"].is_null()) else { continue };
        let code = version.understanding.as_ref().unwrap().language.as_ref().unwrap().code.as_str();
        let (all, named) = by_language.entry(expected).or_default();
        of_all.add(code == expected);
        all.add(code == expected);
        if code != "und" {
            of_named.add(code == expected);
            named.add(code == expected);
        }
    }
    for (language, (all, named)) in &by_language {
        println!("  {language}: right {all}, where a language is named {named}");
    }
    println!("language: right {of_all}, where a language is named {of_named}");
    assert!(of_all.value() >= LANGUAGE_RIGHT_MIN, "language right: {of_all}");
    assert!(of_named.value() >= LANGUAGE_RIGHT_WHERE_NAMED_MIN, "language right where named: {of_named}");
}

fn conversations(versions: &[Version], truths: &[Value]) {
    let mut answered = Share::default();
    // The numbers of the server's threads by the thread of the truth, and the other way round.
    let (mut found, mut meant) = (BTreeMap::<&str, BTreeSet<u64>>::new(), BTreeMap::<u64, BTreeSet<&str>>::new());
    for (version, truth) in versions.iter().zip(truths) {
        let Some(thread) = truth["thread_id"].as_str().filter(|_| truth["platform"] == "twitter") else { continue };
        let conversation = version.conversation.as_ref().unwrap();
        found.entry(thread).or_default().insert(conversation.thread_id);
        meant.entry(conversation.thread_id).or_default().insert(thread);
        let Some(expected) = truth["answered"].as_bool() else { continue };
        answered.add(expected == (conversation.status() == Status::Answered));
    }
    let mut exact = Share::default();
    for threads in found.values() {
        exact.add(threads.len() == 1 && threads.iter().all(|thread| meant[thread].len() == 1));
    }
    println!("conversations put together as they were: {exact}");
    println!("answered or not as it was: {answered}");
    assert!(exact.value() >= CONVERSATIONS_EXACT_MIN, "conversations: {exact}");
    assert!(answered.value() >= ANSWERED_RIGHT_MIN, "answered: {answered}");
}
