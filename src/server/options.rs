use std::{fmt, sync::Arc, time::Duration};

use crate::{
    base::{
        Clock, SystemClock,
        limits::{WEBHOOK_GIVE_UP_HOURS, WEBHOOK_TIMEOUT_SECONDS},
    },
    webhook::BackOff,
};

/// How the port behaves. [`ServerOptions::default`] is what a server on the open net should have.
#[derive(Clone)]
pub struct ServerOptions {
    /// How long a unary call may take where the client does not say. Default 30 s: a search takes milliseconds, a wait
    /// for `min_seq` at most 10 s, and beyond that somebody has long pressed the button again.
    pub request_timeout: Duration,
    /// The longest deadline of a client that is honoured. Default 120 s.
    pub request_timeout_max: Duration,
    /// From the stop signal to the hard end of what is still open. Default 20 s: service managers kill after 30 s or 90 s.
    pub shutdown_grace: Duration,
    /// Connections at once; further ones wait in the system's queue. Default 20,000, twice the subscribers allowed.
    pub connections_max: usize,
    /// Calls and streams at once on one connection. Default 1,024: one client may hold many subscriptions.
    pub connection_streams_max: u32,
    /// How long a connection may be silent before it is asked for a sign of life, and how long that may take. Default
    /// 14 s each: a peer that vanished without a word is found within 30 s.
    pub keepalive: Duration,
    /// The time that mentions are received at. Default: the machine's clock.
    pub clock: Arc<dyn Clock>,
    /// How webhooks are called.
    pub webhooks: WebhookOptions,
}

/// How webhooks are called.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// Also this machine and private networks. Default no: whoever may make a webhook could reach behind the firewall.
    pub allow_private: bool,
    /// For one whole call. Default 10 s.
    pub timeout: Duration,
    /// Between attempts. Default 1 s, doubling up to 10 min.
    pub retry: BackOff,
    /// A batch whose oldest content is as old as this is given up… Default 24 h.
    pub give_up_after: Duration,
    /// …where nothing got through for so long. Default 1 h: a server that comes back after a day gives nothing up for a hiccup.
    pub give_up_failing: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout: Duration::from_secs(WEBHOOK_TIMEOUT_SECONDS),
            retry: BackOff { first: Duration::from_secs(1), last: Duration::from_secs(600) },
            give_up_after: Duration::from_secs(WEBHOOK_GIVE_UP_HOURS * 3600),
            give_up_failing: Duration::from_secs(3600),
        }
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            request_timeout_max: Duration::from_secs(120),
            shutdown_grace: Duration::from_secs(20),
            connections_max: 20_000,
            connection_streams_max: 1024,
            keepalive: Duration::from_secs(14),
            clock: Arc::new(SystemClock),
            webhooks: WebhookOptions::default(),
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("request_timeout", &self.request_timeout)
            .field("request_timeout_max", &self.request_timeout_max)
            .field("shutdown_grace", &self.shutdown_grace)
            .field("connections_max", &self.connections_max)
            .field("connection_streams_max", &self.connection_streams_max)
            .field("keepalive", &self.keepalive)
            .field("webhooks", &self.webhooks)
            .finish_non_exhaustive()
    }
}
