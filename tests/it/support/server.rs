use std::{net::SocketAddr, path::Path, sync::Arc};

use ascolto::{
    base::{Seq, SystemClock},
    client::{Client, IngestStream},
    config::IndexConfig,
    engine::{Engine, EngineError, EngineOptions},
    proto::v1 as wire,
    server::{ServerOptions, run},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Mentions in one message where a test has many.
const MESSAGE_MENTIONS: usize = 500;

/// How a server of a test is started.
#[derive(Debug, Default)]
pub struct TestOptions {
    /// Where everything lies; a new directory where not given.
    pub data_dir: Option<TempDir>,
    pub store_bytes_max: Option<u64>,
    /// Where the matcher stands still.
    pub stall_matcher_at: Option<u64>,
    /// How the port behaves; as by default where not given.
    pub server: Option<ServerOptions>,
}

/// A whole server in the test's process: engine, port, followers. Dropped without [`TestServer::stop`] it is cut off.
pub struct TestServer {
    pub engine: Arc<Engine>,
    pub address: SocketAddr,
    pub client: Client,
    data_dir: TempDir,
    shutdown: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl TestServer {
    /// On a directory of its own that vanishes with the server.
    pub async fn start() -> Self {
        Self::start_with(TestOptions::default()).await
    }

    /// Where another server has been before.
    pub async fn start_in(data_dir: TempDir) -> Self {
        Self::start_with(TestOptions { data_dir: Some(data_dir), ..TestOptions::default() }).await
    }

    pub async fn start_with(options: TestOptions) -> Self {
        let data_dir = options.data_dir.unwrap_or_else(|| tempfile::tempdir().unwrap());
        let engine = open_engine(data_dir.path(), options.store_bytes_max, options.stall_matcher_at.map(Seq)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, asked) = oneshot::channel();
        let port = options.server.unwrap_or_default();
        let server = Arc::clone(&engine);
        let served = tokio::spawn(async move {
            let asked = async { drop(asked.await) };
            run(server, listener, port, asked).await.unwrap();
        });
        let client = Client::connect(&format!("http://{address}")).await.unwrap();
        Self { engine, address, client, data_dir, shutdown, served }
    }

    /// A second connection.
    pub async fn connect(&self) -> Client {
        Client::connect(&format!("http://{}", self.address)).await.unwrap()
    }

    /// Begins the graceful stop and waits for its end; gives the directory, for a server that follows.
    pub async fn stop(self) -> TempDir {
        let _ = self.shutdown.send(());
        self.served.await.unwrap();
        self.data_dir
    }

    /// One batch.
    pub async fn ingest(&self, mentions: Vec<wire::Mention>) -> Vec<wire::Acknowledgement> {
        ingest_batch(&self.client, mentions).await
    }

    /// Any number of mentions over one stream; all of them have to be taken.
    pub async fn ingest_many(&self, mentions: Vec<wire::Mention>) -> Vec<wire::Acknowledgement> {
        let acknowledged = stream_all(&self.client, mentions).await;
        for acknowledgement in &acknowledged {
            assert_eq!(acknowledgement.rejection, None, "mention {}", acknowledgement.position);
        }
        acknowledged
    }

    pub async fn delete(&self, name: &str) -> u64 {
        let request = wire::DeleteRequest { name: name.to_owned() };
        self.client.ingest().delete(request).await.unwrap().into_inner().seq
    }

    /// A search that sees everything recorded so far.
    pub async fn search(&self, request: wire::SearchRequest) -> wire::SearchResponse {
        let request = wire::SearchRequest { min_seq: self.engine.status().recorded_seq.0, ..request };
        self.client.search().search(request).await.unwrap().into_inner()
    }

    /// The external ids of what a query finds, oldest first.
    pub async fn found(&self, query: &str) -> Vec<String> {
        let request = wire::SearchRequest {
            query: query.to_owned(),
            sort: wire::Sort::Oldest.into(),
            page_size: 500,
            ..Default::default()
        };
        ids(&self.search(request).await)
    }
}

/// The engine as a server opens it. Blocking.
pub fn open_engine(
    data_dir: &Path,
    store_bytes_max: Option<u64>,
    stall_matcher_at: Option<Seq>,
) -> Result<Arc<Engine>, EngineError> {
    Engine::open(EngineOptions {
        data_dir: data_dir.to_owned(),
        index_config: IndexConfig::built_in().unwrap(),
        clock: Arc::new(SystemClock),
        store_bytes_max,
        stall_matcher_at,
    })
}

pub async fn ingest_batch(client: &Client, mentions: Vec<wire::Mention>) -> Vec<wire::Acknowledgement> {
    client.ingest().ingest_batch(wire::IngestBatchRequest { mentions }).await.unwrap().into_inner().acknowledgements
}

/// Sends everything over one stream, in messages of [`MESSAGE_MENTIONS`], and collects the acknowledgements.
pub async fn stream_all(client: &Client, mentions: Vec<wire::Mention>) -> Vec<wire::Acknowledgement> {
    let mut stream = IngestStream::begin(client);
    let mut acknowledged = Vec::new();
    for message in mentions.chunks(MESSAGE_MENTIONS) {
        while stream.room() < message.len() {
            acknowledged.extend(stream.acknowledgements().await.unwrap().expect("the stream is open"));
        }
        stream.send(message.to_vec()).expect("the stream is open");
    }
    stream.finish();
    while let Some(more) = stream.acknowledgements().await.unwrap() {
        acknowledged.extend(more);
    }
    acknowledged
}

/// The external ids of an answer, in its order.
pub fn ids(answer: &wire::SearchResponse) -> Vec<String> {
    let mentions = answer.hits.iter().map(|hit| hit.version.as_ref().unwrap().mention.as_ref().unwrap());
    mentions.map(|mention| mention.external_id.clone()).collect()
}
