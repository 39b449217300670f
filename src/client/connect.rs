use std::{error::Error, time::Duration};

use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};

use crate::{
    base::limits::MESSAGE_BYTES_MAX,
    proto::v1::{
        alert_service_client::AlertServiceClient, argument_service_client::ArgumentServiceClient,
        author_list_service_client::AuthorListServiceClient, brand_service_client::BrandServiceClient,
        care_service_client::CareServiceClient, correction_service_client::CorrectionServiceClient,
        ingest_service_client::IngestServiceClient, saved_search_service_client::SavedSearchServiceClient,
        search_service_client::SearchServiceClient, subscription_service_client::SubscriptionServiceClient,
        system_service_client::SystemServiceClient, webhook_service_client::WebhookServiceClient,
    },
};

/// A server that does not answer within this is not there; loopback and data centres need milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A ping on a quiet connection: shorter than the minute after which many firewalls forget a connection.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long a ping may stay unanswered before the connection counts as lost.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Answers may be larger than requests: a page of 500 hits of the largest size, with what was understood of them, has 40 MB.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One connection to a server, with a client for each of its services. Cloning shares the connection.
#[derive(Clone, Debug)]
pub struct Client {
    url: String,
    channel: Channel,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Not an address that can be called.
    #[error("`{url}` is not a server address; write it like http://127.0.0.1:7500")]
    BadUrl {
        /// As given.
        url: String,
    },
    /// TLS is not spoken.
    #[error("`{url}` asks for https, which this version does not speak; use http:// on a trusted network")]
    TlsNotSpoken {
        /// As given.
        url: String,
    },
    /// Nobody answered.
    #[error("nothing answers at {url} ({reason}); is `ascolto serve` running there?")]
    NoAnswer {
        /// As given.
        url: String,
        /// What the system said.
        reason: String,
    },
}

impl Client {
    /// Connects to a server, e.g. `http://127.0.0.1:7500`; gives up after five seconds.
    ///
    /// # Errors
    /// [`ConnectError`]; its message says what to do.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let bad_url = || ConnectError::BadUrl { url: url.to_owned() };
        match url.split_once("://") {
            Some(("http", rest)) if !rest.is_empty() => {}
            Some(("https", _)) => return Err(ConnectError::TlsNotSpoken { url: url.to_owned() }),
            _ => return Err(bad_url()),
        }
        let endpoint = Endpoint::from_shared(url.to_owned())
            .map_err(|_| bad_url())?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true);
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| ConnectError::NoAnswer { url: url.to_owned(), reason: root_cause(&error) })?;
        Ok(Self { url: url.to_owned(), channel })
    }

    /// One that connects when it is first used; must be made inside a runtime.
    #[cfg(test)]
    pub(super) fn unconnected() -> Self {
        let url = "http://127.0.0.1:1".to_owned();
        Self { channel: Endpoint::from_static("http://127.0.0.1:1").connect_lazy(), url }
    }

    /// The address it was connected to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Mentions in and out.
    #[must_use]
    pub fn ingest(&self) -> IngestServiceClient<Channel> {
        // Requests are kept within the server's limit by those who make them.
        IngestServiceClient::new(self.channel.clone()).max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    /// Questions about all mentions.
    #[must_use]
    pub fn search(&self) -> SearchServiceClient<Channel> {
        SearchServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Queries with a name.
    #[must_use]
    pub fn saved_searches(&self) -> SavedSearchServiceClient<Channel> {
        SavedSearchServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Named lists of authors.
    #[must_use]
    pub fn author_lists(&self) -> AuthorListServiceClient<Channel> {
        AuthorListServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Live answers.
    #[must_use]
    pub fn subscriptions(&self) -> SubscriptionServiceClient<Channel> {
        SubscriptionServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// When to be told.
    #[must_use]
    pub fn alerts(&self) -> AlertServiceClient<Channel> {
        AlertServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// What people say of mentions.
    #[must_use]
    pub fn corrections(&self) -> CorrectionServiceClient<Channel> {
        CorrectionServiceClient::new(self.channel.clone())
    }

    /// Brand profiles, and what they ask of an answer.
    #[must_use]
    pub fn brands(&self) -> BrandServiceClient<Channel> {
        BrandServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The care desk.
    #[must_use]
    pub fn care(&self) -> CareServiceClient<Channel> {
        CareServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Addresses that are called.
    #[must_use]
    pub fn webhooks(&self) -> WebhookServiceClient<Channel> {
        WebhookServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The argument base.
    #[must_use]
    pub fn arguments(&self) -> ArgumentServiceClient<Channel> {
        ArgumentServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// How the server is.
    #[must_use]
    pub fn system(&self) -> SystemServiceClient<Channel> {
        SystemServiceClient::new(self.channel.clone())
    }
}

/// Whether a call failed because the server went away, so that trying again may help.
#[must_use]
pub fn is_connection_lost(status: &Status) -> bool {
    // A status that has a source was made on this side, of a broken connection; one the server sent has none.
    status.code() == Code::Unavailable || status.source().is_some()
}

/// The innermost error is the one that means something: "connection refused", not "transport error".
fn root_cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_addresses_that_are_none() {
        for url in ["", "localhost:7500", "ftp://localhost", "http://", "http://not a host"] {
            assert!(matches!(Client::connect(url).await, Err(ConnectError::BadUrl { .. })), "{url}");
        }
        assert!(matches!(Client::connect("https://localhost").await, Err(ConnectError::TlsNotSpoken { .. })));
    }

    #[tokio::test]
    async fn says_what_to_do_when_nothing_answers() {
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let error = Client::connect(&format!("http://127.0.0.1:{port}")).await.unwrap_err().to_string();
        assert!(error.contains("nothing answers at") && error.contains("ascolto serve"), "{error}");
        assert!(error.to_lowercase().contains("refused"), "{error}");
    }

    #[test]
    fn tells_a_lost_connection_from_a_refusal() {
        assert!(is_connection_lost(&Status::unavailable("stopping")));
        assert!(!is_connection_lost(&Status::invalid_argument("query")));
        let broken: Box<dyn Error + Send + Sync> = Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert!(is_connection_lost(&Status::from_error(broken)));
    }
}
