use std::time::Duration;

use tonic::{Status, Streaming};

use super::{Client, WatchError, is_connection_lost};
use crate::proto::v1::{
    Firing, WatchAlertsRequest, WatchAlertsResponse, alert_goodbye::Kind, watch_alerts_request::Start,
    watch_alerts_response::Message,
};

/// Waits between attempts to come back: doubles from the first to the last, then stays.
const BACK_OFF_FIRST: Duration = Duration::from_millis(250);
const BACK_OFF_LAST: Duration = Duration::from_secs(10);

/// Firings of alerts; it comes back by itself when its connection breaks, and tells none twice.
#[derive(Debug)]
pub struct AlertWatch {
    client: Client,
    request: WatchAlertsRequest,
    stream: Option<Streaming<WatchAlertsResponse>>,
    /// Everything up to this number was told; `None` until a number is known.
    told: Option<u64>,
    back_off: Duration,
}

/// What an [`AlertWatch`] has to tell.
#[derive(Debug)]
pub enum AlertWatchItem {
    /// An alert fired.
    Firing(Box<Firing>),
    /// The connection broke, or the server is going away; the next call tries to come back, after a wait.
    Lost {
        /// What happened.
        reason: String,
        /// How long the next call waits first.
        retry_in: Duration,
    },
    /// The connection is back.
    Resumed,
}

impl AlertWatch {
    /// Begins to watch over an open connection.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn begin(client: &Client, request: WatchAlertsRequest) -> Result<Self, WatchError> {
        let stream = client.alerts().watch_alerts(request.clone()).await?.into_inner();
        let told = match request.start {
            Some(Start::AfterFiring(number)) => Some(number),
            _ => None,
        };
        Ok(Self { client: client.clone(), request, stream: Some(stream), told, back_off: BACK_OFF_FIRST })
    }

    /// Everything up to this number was told.
    #[must_use]
    pub fn told_firing(&self) -> Option<u64> {
        self.told
    }

    /// The next thing to tell. It never ends by itself. Cancel-safe, but a wait before coming back begins anew.
    ///
    /// # Errors
    /// The server refuses it, now or when coming back, or cannot go on.
    pub async fn next(&mut self) -> Result<AlertWatchItem, WatchError> {
        loop {
            let Some(stream) = &mut self.stream else { return self.come_back().await };
            match stream.message().await {
                Ok(Some(WatchAlertsResponse { message: Some(message) })) => {
                    if let Some(item) = self.take(message)? {
                        return Ok(item);
                    }
                }
                Ok(Some(WatchAlertsResponse { message: None })) => {}
                Ok(None) => return Ok(self.lost("the stream ended".to_owned())),
                Err(status) if is_connection_lost(&status) => return Ok(self.lost(status.message().to_owned())),
                Err(status) => return Err(status.into()),
            }
        }
    }

    fn take(&mut self, message: Message) -> Result<Option<AlertWatchItem>, WatchError> {
        self.back_off = BACK_OFF_FIRST;
        match message {
            Message::Firing(firing) => {
                self.told = Some(firing.number);
                Ok(Some(AlertWatchItem::Firing(Box::new(firing))))
            }
            Message::Heartbeat(beat) => {
                self.told = Some(beat.last_firing);
                Ok(None)
            }
            Message::Goodbye(goodbye) => {
                self.told = Some(goodbye.last_firing);
                if goodbye.kind() == Kind::Failed {
                    return Err(Status::internal(goodbye.reason).into());
                }
                Ok(Some(self.lost(goodbye.reason)))
            }
        }
    }

    fn lost(&mut self, reason: String) -> AlertWatchItem {
        self.stream = None;
        AlertWatchItem::Lost { reason, retry_in: self.back_off }
    }

    async fn come_back(&mut self) -> Result<AlertWatchItem, WatchError> {
        tokio::time::sleep(self.back_off).await;
        self.back_off = (self.back_off * 2).min(BACK_OFF_LAST);
        let request = WatchAlertsRequest { start: self.told.map(Start::AfterFiring), ..self.request.clone() };
        self.client = match Client::connect(self.client.url()).await {
            Ok(client) => client,
            Err(error) => return Ok(self.lost(error.to_string())),
        };
        match self.client.alerts().watch_alerts(request).await {
            Ok(response) => {
                self.stream = Some(response.into_inner());
                Ok(AlertWatchItem::Resumed)
            }
            Err(status) if is_connection_lost(&status) => Ok(self.lost(status.message().to_owned())),
            Err(status) => Err(status.into()),
        }
    }
}
