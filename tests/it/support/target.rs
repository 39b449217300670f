//! What a webhook calls in the tests: HTTP/1.1 by hand over a socket, well or badly behaved.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it.
    Good,
    /// Answers 500 so many times, then is good.
    Failing(u32),
    /// Reads and never answers.
    Silent,
    /// Sends it elsewhere, to itself.
    Redirecting,
    /// Takes it, and talks without an end.
    Endless,
    /// Closes the connection without a word.
    Dropping,
}

/// A delivery as it came.
#[derive(Debug)]
pub struct Received {
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    /// It was taken.
    pub taken: bool,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Seqs of its events.
    pub fn seqs(&self) -> Vec<u64> {
        numbers(&self.json()["events"], "seq")
    }

    /// Numbers of its firings.
    pub fn firings(&self) -> Vec<u64> {
        numbers(&self.json()["firings"], "number")
    }
}

fn numbers(items: &Value, name: &str) -> Vec<u64> {
    items.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().parse().unwrap()).collect()
}

/// A receiver of deliveries. Dropped, nothing answers there any more.
pub struct Receiver {
    pub address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    received: mpsc::UnboundedReceiver<Received>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let behaviour = Arc::new(Mutex::new(behaviour));
        let (out, received) = mpsc::unbounded_channel();
        let shared = Arc::clone(&behaviour);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(BufReader::new(stream), Arc::clone(&shared), out.clone()));
            }
        });
        Self { address, behaviour, received, serving }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?x=1", self.address)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub async fn next(&mut self) -> Received {
        self.received.recv().await.unwrap()
    }

    /// The next that is taken.
    pub async fn taken(&mut self) -> Received {
        loop {
            let received = self.next().await;
            if received.taken {
                return received;
            }
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    mut stream: BufReader<TcpStream>,
    behaviour: Arc<Mutex<Behaviour>>,
    out: mpsc::UnboundedSender<Received>,
) {
    let Some((headers, body)) = read(&mut stream).await else { return };
    let present = {
        let mut behaviour = behaviour.lock().unwrap();
        let present = *behaviour;
        if let Behaviour::Failing(times) = present {
            *behaviour = if times > 1 { Behaviour::Failing(times - 1) } else { Behaviour::Good };
        }
        present
    };
    let answer: &[u8] = match present {
        Behaviour::Good => b"HTTP/1.1 204 No Content\r\n\r\n",
        Behaviour::Failing(_) => b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        Behaviour::Redirecting => b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /hooks\r\nContent-Length: 0\r\n\r\n",
        Behaviour::Endless => b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n",
        Behaviour::Silent | Behaviour::Dropping => b"",
    };
    let _ = out.send(Received { headers, body, taken: present == Behaviour::Good });
    let _ = stream.write_all(answer).await;
    match present {
        Behaviour::Silent => tokio::time::sleep(Duration::from_secs(3600)).await,
        Behaviour::Endless => while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {},
        _ => {}
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<(HashMap<String, String>, Vec<u8>)> {
    let mut line = String::new();
    // What is no text, TLS among it, is not answered.
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    if !line.starts_with("POST ") {
        return None;
    }
    assert_eq!(line.trim_end(), "POST /hooks?x=1 HTTP/1.1");
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some((headers, body))
}
