//! Whole runs against a server that keeps mentions in memory, and that breaks its calls when told to.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use clap::Parser as _;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::{
    StreamExt as _,
    wrappers::{TcpListenerStream, UnboundedReceiverStream},
};
use tonic::{Request, Response, Status, Streaming};

use crate::{
    cli::{
        arguments::{Cli, Command},
        exit::{Exit, Failure},
        output::Output,
    },
    proto::v1::{
        Acknowledgement, DeleteRequest, DeleteResponse, IngestBatchRequest, IngestBatchResponse, IngestRequest,
        IngestResponse, Outcome, Rejection,
        ingest_service_server::{IngestService, IngestServiceServer},
    },
};

/// Takes everything but mentions without text.
#[derive(Clone, Default)]
struct FakeServer {
    taken: Arc<Mutex<Vec<String>>>,
    /// Calls that end after their first message, with this error.
    breaks: Arc<AtomicUsize>,
}

type Answers = UnboundedReceiverStream<Result<IngestResponse, Status>>;

#[tonic::async_trait]
impl IngestService for FakeServer {
    type IngestStream = Answers;

    async fn ingest(&self, request: Request<Streaming<IngestRequest>>) -> Result<Response<Answers>, Status> {
        let (answer, answers) = mpsc::unbounded_channel();
        let (server, mut incoming) = (self.clone(), request.into_inner());
        tokio::spawn(async move {
            let mut position = 0;
            while let Some(Ok(message)) = incoming.next().await {
                let acknowledgements =
                    message.mentions.iter().map(|mention| server.take(&mut position, mention)).collect();
                let _ = answer.send(Ok(IngestResponse { acknowledgements }));
                let is_broken = |left: usize| left.checked_sub(1);
                if server.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, is_broken).is_ok() {
                    let _ = answer.send(Err(Status::unavailable("broken on purpose")));
                    return;
                }
            }
        });
        Ok(Response::new(UnboundedReceiverStream::new(answers)))
    }

    async fn ingest_batch(&self, _: Request<IngestBatchRequest>) -> Result<Response<IngestBatchResponse>, Status> {
        Err(Status::unimplemented("not asked by the command"))
    }

    async fn delete(&self, _: Request<DeleteRequest>) -> Result<Response<DeleteResponse>, Status> {
        Err(Status::unimplemented("not asked by the command"))
    }
}

impl FakeServer {
    fn take(&self, position: &mut u64, mention: &crate::proto::v1::Mention) -> Acknowledgement {
        let mut acknowledgement = Acknowledgement { position: *position, ..Default::default() };
        *position += 1;
        if mention.text.is_empty() {
            acknowledgement.set_outcome(Outcome::Rejected);
            acknowledgement.rejection = Some(Rejection { field: "text".into(), message: "is empty".into() });
            return acknowledgement;
        }
        let mut taken = self.taken.lock().unwrap();
        taken.push(mention.external_id.clone());
        acknowledgement.seq = taken.len() as u64;
        acknowledgement.set_outcome(Outcome::Created);
        acknowledgement
    }

    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = IngestServiceServer::new(self.clone());
        let serving = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(serving.serve_with_incoming(TcpListenerStream::new(listener)));
        url
    }

    fn distinct(&self) -> usize {
        let mut taken = self.taken.lock().unwrap().clone();
        taken.sort();
        taken.dedup();
        taken.len()
    }
}

async fn ingest(url: &str, file: &Path, more: &[&str]) -> Result<Exit, Failure> {
    let file = file.to_str().unwrap();
    let arguments = [["ascolto", "ingest", file, "--quiet", "--output", "json"].as_slice(), more].concat();
    let cli = Cli::try_parse_from(arguments).unwrap();
    let Command::Ingest(arguments) = cli.command else { panic!("another command") };
    super::run(arguments, url, &mut Output::of_process(&cli.shared)).await
}

fn lines(count: usize) -> String {
    (0..count)
        .map(|id| format!("{{\"platform\":\"x\",\"external_id\":\"{id}\",\"text\":\"ciao\",\"created_at\":\"2026-11-21T08:00:00Z\"}}\n"))
        .collect()
}

#[tokio::test]
async fn rejections_of_both_sides_come_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.ndjson");
    let empty = "{\"platform\":\"x\",\"external_id\":\"e\",\"created_at\":\"2026-11-21T08:00:00Z\"}";
    fs::write(&file, format!("{}no json\n{empty}\n{}\n", lines(300), lines(3))).unwrap();
    let server = FakeServer::default();
    let exit = ingest(&server.start().await, &file, &[]).await.unwrap();
    assert_eq!(exit, Exit::PartlyDone);
    assert_eq!(server.distinct(), 300);
    let rejected = fs::read_to_string(folder.path().join("m.ndjson.rejected.ndjson")).unwrap();
    let rejected: Vec<serde_json::Value> = rejected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rejected.len(), 2);
    assert_eq!((&rejected[0]["line"], &rejected[0]["mention"]), (&301.into(), &"no json".into()));
    assert_eq!((&rejected[1]["line"], &rejected[1]["field"]), (&302.into(), &"text".into()));
    assert_eq!(rejected[1]["mention"]["external_id"], "e");
    assert!(!folder.path().join("m.ndjson.progress").exists(), "the book goes away when the file is in");
}

#[tokio::test]
async fn a_lost_connection_is_mended_and_nothing_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.ndjson");
    fs::write(&file, lines(5000)).unwrap();
    let server = FakeServer::default();
    server.breaks.store(1, Ordering::SeqCst);
    assert_eq!(ingest(&server.start().await, &file, &[]).await.unwrap(), Exit::Done);
    assert_eq!(server.distinct(), 5000);
}

#[tokio::test]
async fn an_interrupted_file_is_resumed_behind_what_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.ndjson");
    fs::write(&file, lines(1000)).unwrap();
    let server = FakeServer::default();
    server.breaks.store(1, Ordering::SeqCst);
    let url = server.start().await;
    let failure = ingest(&url, &file, &["--retries", "0"]).await.unwrap_err();
    assert_eq!(failure.exit(), Exit::Unreachable);
    assert!(failure.to_string().contains("--resume"), "{failure}");
    let taken_first = server.distinct();
    assert!((1..1000).contains(&taken_first), "{taken_first}");

    assert_eq!(ingest(&url, &file, &["--resume"]).await.unwrap(), Exit::Done);
    assert_eq!(server.distinct(), 1000);
    assert_eq!(server.taken.lock().unwrap().len(), 1000, "nothing acknowledged was sent again");
}

#[tokio::test]
async fn csv_goes_in_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.csv");
    fs::write(&file, "platform,external_id,created_at,text\nx,1,2026-11-21T08:00:00Z,\"due\nrighe\"\nx,2,2026-11-21T08:00:00Z,ciao\n").unwrap();
    let server = FakeServer::default();
    assert_eq!(ingest(&server.start().await, &file, &[]).await.unwrap(), Exit::Done);
    assert_eq!(*server.taken.lock().unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = "http://127.0.0.1:9";
    for (file, more, reason) in [
        ("nothing.ndjson", [].as_slice(), "nothing.ndjson"),
        (".", &[], "is a folder"),
        ("-", &["--resume"], "--resume needs a file"),
    ] {
        let path = if file == "-" { Path::new("-").to_owned() } else { folder.path().join(file) };
        let failure = ingest(nobody, &path, more).await.unwrap_err().to_string();
        assert!(failure.contains(reason), "{failure}");
    }
}
