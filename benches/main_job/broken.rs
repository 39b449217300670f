//! Clients as the net makes them: one that stops reading, and some that are gone without a word.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use ascolto::{
    client::Client,
    proto::v1::{GetServerStatusRequest, SubscribeRequest, SubscribeResponse, subscribe_response::Message},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tonic::Streaming;

use crate::server::Server;

/// Connections that break off without a word.
const HALF_OPEN: u64 = 20;
/// Between two looks at the server.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// When the server is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A subscriber of everything that does not read what it is told.
pub(crate) struct Deaf {
    stream: Streaming<SubscribeResponse>,
    live_after: u64,
}

impl Deaf {
    /// Subscribes, and stops reading as soon as it is live.
    pub(crate) async fn begin(client: &Client) -> anyhow::Result<Self> {
        let request = SubscribeRequest { query: "*".to_owned(), ..SubscribeRequest::default() };
        let mut stream = client.subscriptions().subscribe(request).await?.into_inner();
        loop {
            if let Some(Message::CaughtUp(live)) = stream.message().await?.context("the stream ended")?.message {
                return Ok(Self { stream, live_after: live.seq });
            }
        }
    }

    /// Reads again; how many events had waited for it. Every version since it went live must be among them, once, in order.
    pub(crate) async fn read_up_to(mut self, last_seq: u64) -> anyhow::Result<u64> {
        let mut reached = self.live_after;
        while reached < last_seq {
            let message = self.stream.message().await?.context("the stream ended")?.message;
            if let Some(Message::Event(event)) = message {
                anyhow::ensure!(event.seq == reached + 1, "version {} comes after {reached}", event.seq);
                reached = event.seq;
            }
        }
        Ok(reached - self.live_after)
    }
}

/// Lets some subscribers vanish without a word, and waits until the server has noticed it of the last one.
pub(crate) async fn seconds_until_found(server: &Server) -> anyhow::Result<f64> {
    let client = server.connect().await?;
    // Those who have hung up are not gone at the same instant.
    let before = 0;
    wait_for_subscriptions(&client, before).await?;
    let net = Net::between(server).await?;
    let mut gone = Vec::new();
    for _ in 0..HALF_OPEN {
        let through = Client::connect(&net.url).await?;
        let request = SubscribeRequest { query: "*".to_owned(), ..SubscribeRequest::default() };
        gone.push(through.subscriptions().subscribe(request).await?);
    }
    anyhow::ensure!(subscriptions(&client).await? == before + HALF_OPEN, "not all are subscribed");
    net.is_cut.send_replace(true);
    let began = Instant::now();
    wait_for_subscriptions(&client, before).await?;
    Ok(began.elapsed().as_secs_f64())
}

/// Until no more than so many are open.
async fn wait_for_subscriptions(client: &Client, at_most: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    while subscriptions(client).await? > at_most {
        anyhow::ensure!(began.elapsed() < PATIENCE, "{} are still open", subscriptions(client).await?);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn subscriptions(client: &Client) -> anyhow::Result<u64> {
    let status = client.system().get_server_status(GetServerStatusRequest {}).await?.into_inner();
    Ok(status.subscriptions)
}

/// A net that carries bytes until it is cut; from then on nothing comes through, and neither side is told.
struct Net {
    url: String,
    is_cut: Arc<watch::Sender<bool>>,
}

impl Net {
    async fn between(server: &Server) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let far = server.address().to_owned();
        let is_cut = Arc::new(watch::channel(false).0);
        let cut = Arc::clone(&is_cut);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (far, mut cut) = (far.clone(), cut.subscribe());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(far).await else { return };
                    let is_cut = tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => false,
                        cut = cut.wait_for(|cut| *cut) => cut.is_ok(),
                    };
                    if is_cut {
                        // Both ends stay open, and nobody moves a byte.
                        tokio::time::sleep(PATIENCE).await;
                    }
                });
            }
        });
        Ok(Self { url, is_cut })
    }
}
