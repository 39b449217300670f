//! HTTP/1.1 written by hand over a socket, so that nothing of our own stack can cover for the server.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// An answer whose body has been read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        header(&self.headers, name).unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body, which has to be declared as JSON.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
}

/// An answer whose body is still coming.
pub struct Open {
    pub status: u16,
    headers: Vec<(String, String)>,
    stream: BufReader<TcpStream>,
}

pub async fn get(address: SocketAddr, target: &str) -> Answer {
    send(address, "GET", target, &[], b"").await.whole().await
}

pub async fn delete(address: SocketAddr, target: &str) -> Answer {
    send(address, "DELETE", target, &[], b"").await.whole().await
}

pub async fn post(address: SocketAddr, target: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json")];
    send(address, "POST", target, &headers, body.to_string().as_bytes()).await.whole().await
}

/// Sends a request on a connection of its own and reads the head of the answer.
pub async fn send(address: SocketAddr, verb: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Open {
    let mut head = format!("{verb} {target} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses by the head may close before it has read the body.
    let _ = stream.write_all(body).await;

    let status_line = line(&mut stream).await;
    let status = status_line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let header = line(&mut stream).await;
        let Some((name, value)) = header.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Open { status, headers, stream }
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

impl Open {
    pub fn header(&self, name: &str) -> &str {
        header(&self.headers, name).unwrap_or_default()
    }

    pub async fn whole(mut self) -> Answer {
        let mut body = Vec::new();
        if let Some(length) = header(&self.headers, "content-length") {
            body.resize(length.parse().unwrap(), 0);
            self.stream.read_exact(&mut body).await.unwrap();
        } else {
            while let Some(chunk) = self.chunk().await {
                body.extend(chunk);
            }
        }
        Answer { status: self.status, headers: self.headers, body }
    }

    /// The next piece of a body in chunks; `None` after the last.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let size = usize::from_str_radix(&line(&mut self.stream).await, 16).unwrap();
        let mut chunk = vec![0; size];
        self.stream.read_exact(&mut chunk).await.unwrap();
        line(&mut self.stream).await;
        (size > 0).then_some(chunk)
    }
}
