use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{self, ClientConfig, RootCertStore, pki_types::ServerName},
};

use super::{Target, address::Allowed};
use crate::base::limits::{WEBHOOK_ANSWER_BYTES_MAX, WEBHOOK_TIMEOUT_SECONDS};

/// The head of an answer; hyper allows no less.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Fields in the head of an answer.
const HEAD_FIELDS_MAX: usize = 64;

/// Calls webhooks, one connection a call: nothing of one is ever left for another.
#[derive(Clone)]
pub struct Caller {
    tls: TlsConnector,
    allowed: Allowed,
    timeout: Duration,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Names the delivery; the same at every attempt.
    pub id: String,
    /// When this attempt is made, in seconds since 1970.
    pub timestamp: i64,
    /// Over id, timestamp and body.
    pub signature: String,
    /// JSON.
    pub body: Bytes,
}

/// Why a call is not a delivery.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The name leads nowhere.
    #[error("`{host}` cannot be found: {reason}")]
    NotFound {
        /// The name.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The name leads where no webhook may.
    #[error(
        "`{host}` leads to {address}, which is no address of the public net; where that is wanted, start the server with \
         --allow-private-webhooks"
    )]
    Forbidden {
        /// The name.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// Nobody takes the call.
    #[error("cannot connect to {address}: {reason}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
    /// There is no safe connection.
    #[error("no TLS with `{host}`: {reason}")]
    Tls {
        /// The name.
        host: String,
        /// Why.
        reason: String,
    },
    /// It took too long.
    #[error("no whole answer within {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// It wants the call elsewhere.
    #[error("the answer is {status}, a redirect; redirects are not followed, so give the address it leads to")]
    Redirected {
        /// Its status.
        status: StatusCode,
    },
    /// It does not take it.
    #[error("the answer is {status}; only 2xx means taken")]
    Refused {
        /// Its status.
        status: StatusCode,
    },
    /// It answers without an end.
    #[error("the answer is longer than {WEBHOOK_ANSWER_BYTES_MAX} bytes; answer with nothing")]
    AnswerTooLong,
    /// The connection broke, or what came is no HTTP.
    #[error("the connection broke: {reason}")]
    Broken {
        /// In the library's words.
        reason: String,
    },
}

impl Caller {
    /// One that trusts the certificate authorities browsers trust. With `allow_private` it also calls this machine and private
    /// networks.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(allow_private: bool) -> Result<Self, rustls::Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            allowed: Allowed { private: allow_private },
            timeout: Duration::from_secs(WEBHOOK_TIMEOUT_SECONDS),
        })
    }

    /// With another time than [`WEBHOOK_TIMEOUT_SECONDS`] for a whole call.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Where a target leads now, as far as calls may go there; one address at least.
    ///
    /// # Errors
    /// [`CallError::NotFound`], [`CallError::Forbidden`], [`CallError::TimedOut`].
    pub async fn resolve(&self, target: &Target) -> Result<Vec<SocketAddr>, CallError> {
        let host = || target.host.clone();
        let found = timeout(self.timeout, tokio::net::lookup_host((target.host.as_str(), target.port)));
        let found = found.await.map_err(|_| self.timed_out())?;
        let found: Vec<SocketAddr> =
            found.map_err(|error| CallError::NotFound { host: host(), reason: error.to_string() })?.collect();
        let Some(first) = found.first().copied() else {
            return Err(CallError::NotFound { host: host(), reason: "it has no address".to_owned() });
        };
        let allowed: Vec<SocketAddr> =
            found.into_iter().filter(|address| self.allowed.contains(address.ip())).collect();
        if allowed.is_empty() {
            return Err(CallError::Forbidden { host: host(), address: first.ip() });
        }
        Ok(allowed)
    }

    /// Sends a message. The target has taken it when this gives a status.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, target: &Target, message: &Message) -> Result<StatusCode, CallError> {
        timeout(self.timeout, self.call_unhurried(target, message)).await.map_err(|_| self.timed_out())?
    }

    async fn call_unhurried(&self, target: &Target, message: &Message) -> Result<StatusCode, CallError> {
        // The address that was checked is the one that is called, whatever the name leads to a moment later.
        let stream = connect(self.resolve(target).await?).await?;
        if !target.is_tls {
            return exchange(stream, target, message).await;
        }
        let tls = |reason: String| CallError::Tls { host: target.host.clone(), reason };
        let name = ServerName::try_from(target.host.clone()).map_err(|error| tls(error.to_string()))?;
        let stream = self.tls.connect(name, stream).await.map_err(|error| tls(error.to_string()))?;
        exchange(stream, target, message).await
    }

    fn timed_out(&self) -> CallError {
        CallError::TimedOut { seconds: self.timeout.as_secs() }
    }
}

/// The first that answers.
async fn connect(addresses: Vec<SocketAddr>) -> Result<TcpStream, CallError> {
    let mut failure = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = Some(CallError::Connect { address, reason: error.to_string() }),
        }
    }
    Err(failure.unwrap_or_else(|| CallError::Broken { reason: "there is no address".to_owned() }))
}

async fn exchange<S>(stream: S, target: &Target, message: &Message) -> Result<StatusCode, CallError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX).max_headers(HEAD_FIELDS_MAX);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    let request = Request::post(target.path.as_str())
        .header(header::HOST, &target.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("ascolto/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.timestamp)
        .header("webhook-signature", &message.signature)
        .body(Full::new(message.body.clone()))
        .map_err(|error| CallError::Broken { reason: error.to_string() })?;
    let answer = async {
        let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
        let (head, body) = answer.into_parts();
        let rest = Limited::new(body, WEBHOOK_ANSWER_BYTES_MAX).collect().await;
        if head.status.is_redirection() {
            return Err(CallError::Redirected { status: head.status });
        }
        if !head.status.is_success() {
            return Err(CallError::Refused { status: head.status });
        }
        match rest {
            Ok(_) => Ok(head.status),
            Err(error) if error.is::<LengthLimitError>() => Err(CallError::AnswerTooLong),
            Err(error) => Err(CallError::Broken { reason: error.to_string() }),
        }
    };
    // Both on this task: when the call is over, so is its connection.
    tokio::select! {
        biased;
        answer = answer => answer,
        Err(error) = connection => Err(broken(&error)),
    }
}

fn broken(error: &hyper::Error) -> CallError {
    let innermost = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    CallError::Broken { reason: innermost.map_or_else(|| error.to_string(), |source| format!("{error}: {source}")) }
}
