use std::time::Duration;

use tonic::{Status, Streaming};

use super::{Client, ConnectError, is_connection_lost};
use crate::proto::v1::{
    AcknowledgeSubscriptionRequest, ReplaceSubscriptionRequest, SubscribeRequest, SubscribeResponse, goodbye::Kind,
    subscribe_request::Start, subscribe_response::Message as Delivery,
};

/// Waits between attempts to come back: doubles from the first to the last, then stays.
const BACK_OFF_FIRST: Duration = Duration::from_millis(250);
const BACK_OFF_LAST: Duration = Duration::from_secs(10);

/// A live subscription that comes back by itself when its connection breaks, where it stood, without telling anything twice.
#[derive(Debug)]
pub struct Watch {
    client: Client,
    request: SubscribeRequest,
    stream: Option<Streaming<SubscribeResponse>>,
    covered_seq: u64,
    /// What the server was told is dealt with.
    acknowledged_seq: u64,
    /// It can resume: it has begun behind a seq, or has come behind the snapshot.
    has_position: bool,
    /// As the server calls the open stream.
    subscription_id: String,
    back_off: Duration,
}

/// What a [`Watch`] has to tell.
#[derive(Debug)]
pub enum WatchItem {
    /// The server said something.
    Delivery(Box<Delivery>),
    /// The connection broke, or the server is going away; the next call tries to come back, after a wait.
    Lost {
        /// What happened.
        reason: String,
        /// How long the next call waits first.
        retry_in: Duration,
    },
    /// The connection is back.
    Resumed {
        /// Everything up to here had been told before.
        after_seq: u64,
    },
}

/// Why a watch cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// No connection at the beginning.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server refuses the subscription.
    #[error(transparent)]
    Refused(Box<Status>),
    /// The server ended it for good: its name was taken by another stream, or deleted.
    #[error("{reason}")]
    Ended {
        /// Everything up to here had been told.
        covered_seq: u64,
        /// Why it ended.
        reason: String,
    },
}

impl From<Status> for WatchError {
    fn from(status: Status) -> Self {
        Self::Refused(Box::new(status))
    }
}

impl Watch {
    /// Begins a subscription over an open connection.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn begin(client: &Client, request: SubscribeRequest) -> Result<Self, WatchError> {
        let stream = client.subscriptions().subscribe(request.clone()).await?.into_inner();
        let (covered_seq, has_position) = match request.start {
            Some(Start::AfterSeq(seq)) => (seq, true),
            _ => (0, false),
        };
        Ok(Self {
            client: client.clone(),
            request,
            stream: Some(stream),
            covered_seq,
            acknowledged_seq: 0,
            has_position,
            subscription_id: String::new(),
            back_off: BACK_OFF_FIRST,
        })
    }

    /// All events up to this seq have been told.
    #[must_use]
    pub fn covered_seq(&self) -> u64 {
        self.covered_seq
    }

    /// The next thing to tell. It never ends by itself. Cancel-safe, but a wait before coming back begins anew.
    ///
    /// # Errors
    /// The server refuses the subscription, now or when coming back: its start is no longer kept, a saved search is gone. Or it
    /// ended a durable one for good.
    pub async fn next(&mut self) -> Result<WatchItem, WatchError> {
        loop {
            let Some(stream) = &mut self.stream else {
                return self.come_back().await;
            };
            match stream.message().await {
                Ok(Some(SubscribeResponse { message: Some(Delivery::Goodbye(goodbye)) }))
                    if matches!(goodbye.kind(), Kind::TakenOver | Kind::Deleted) =>
                {
                    self.stream = None;
                    return Err(WatchError::Ended { covered_seq: self.covered_seq, reason: goodbye.reason });
                }
                Ok(Some(SubscribeResponse { message: Some(delivery) })) => {
                    if let Some(item) = self.take(delivery) {
                        return Ok(item);
                    }
                }
                // A kind of message that a newer server sends.
                Ok(Some(SubscribeResponse { message: None })) => {}
                Ok(None) => return Ok(self.lost("the server ended the stream".to_owned())),
                Err(status) if is_connection_lost(&status) => return Ok(self.lost(status.message().to_owned())),
                Err(status) => return Err(status.into()),
            }
        }
    }

    /// Of a durable subscription: everything told so far is dealt with, and must not come again. Of another, or where there is
    /// nothing new to say, nothing happens. May be called again after an error.
    ///
    /// # Errors
    /// The server could not be reached, or does not know the name any more.
    pub async fn acknowledge(&mut self) -> Result<(), Status> {
        let is_new = self.has_position && self.covered_seq > self.acknowledged_seq;
        if self.request.name.is_empty() || !is_new {
            return Ok(());
        }
        let seq = self.covered_seq;
        let request = AcknowledgeSubscriptionRequest { name: self.request.name.clone(), seq };
        self.client.subscriptions().acknowledge_subscription(request).await?;
        self.acknowledged_seq = seq;
        Ok(())
    }

    /// Watches something else from now on, also after coming back. Of the request the query, or the saved searches, or the folder, the
    /// zone and `explain` count; a start with a snapshot begins with what matches now. Gives the seq up to which mentions were judged
    /// as before; [`Self::next`] tells the same as `redefined`, when it comes to it. Call it while [`Self::next`] is polled elsewhere, or
    /// with a stream that is read up to its end: the server answers when the stream has come to it.
    ///
    /// # Errors
    /// The server refuses it, or the stream is not open at present: try again when it is back.
    pub async fn replace(&mut self, wanted: SubscribeRequest) -> Result<u64, Status> {
        let snapshot = matches!(wanted.start, Some(Start::Snapshot(())));
        let request = ReplaceSubscriptionRequest {
            subscription_id: self.subscription_id.clone(),
            query: wanted.query.clone(),
            saved_searches: wanted.saved_searches.clone(),
            folder: wanted.folder.clone(),
            time_zone: wanted.time_zone.clone(),
            explain: wanted.explain,
            snapshot,
        };
        let answer = self.client.subscriptions().replace_subscription(request).await?.into_inner();
        self.turn_to(wanted);
        Ok(answer.seq)
    }

    /// Coming back, it asks for this.
    fn turn_to(&mut self, wanted: SubscribeRequest) {
        let SubscribeRequest { query, saved_searches, folder, time_zone, explain, start, .. } = wanted;
        self.request = SubscribeRequest { query, saved_searches, folder, time_zone, explain, ..self.request.clone() };
        if matches!(start, Some(Start::Snapshot(()))) {
            // Of a snapshot that is cut short nothing counts.
            self.request.start = start;
            self.has_position = false;
        }
    }

    fn take(&mut self, delivery: Delivery) -> Option<WatchItem> {
        self.back_off = BACK_OFF_FIRST;
        match &delivery {
            Delivery::Begun(begun) => {
                self.subscription_id.clone_from(&begun.subscription_id);
                return None;
            }
            // All events of a snapshot carry the seq it shows, so none of them can be the place to resume from.
            Delivery::Event(event) if event.snapshot => {}
            Delivery::Event(event) => {
                if event.seq <= self.covered_seq {
                    return None;
                }
                self.covered_seq = event.seq;
                self.has_position = true;
            }
            Delivery::CaughtUp(caught_up) => {
                self.has_position = true;
                self.cover(caught_up.seq);
            }
            Delivery::Redefined(redefined) => {
                if self.has_position {
                    self.cover(redefined.seq);
                }
            }
            Delivery::Heartbeat(heartbeat) => {
                if self.has_position {
                    self.cover(heartbeat.evaluated_seq);
                }
            }
            Delivery::Goodbye(goodbye) => {
                if self.has_position {
                    self.cover(goodbye.seq);
                }
                let reason = goodbye.reason.clone();
                return Some(self.lost(reason));
            }
        }
        Some(WatchItem::Delivery(Box::new(delivery)))
    }

    fn cover(&mut self, seq: u64) {
        self.covered_seq = self.covered_seq.max(seq);
    }

    fn lost(&mut self, reason: String) -> WatchItem {
        self.stream = None;
        WatchItem::Lost { reason, retry_in: self.back_off }
    }

    async fn come_back(&mut self) -> Result<WatchItem, WatchError> {
        tokio::time::sleep(self.back_off).await;
        self.back_off = (self.back_off * 2).min(BACK_OFF_LAST);
        let request = self.resume_request();
        self.client = match Client::connect(self.client.url()).await {
            Ok(client) => client,
            Err(error) => return Ok(self.lost(error.to_string())),
        };
        match self.client.subscriptions().subscribe(request).await {
            Ok(response) => {
                self.stream = Some(response.into_inner());
                Ok(WatchItem::Resumed { after_seq: self.covered_seq })
            }
            Err(status) if is_connection_lost(&status) => Ok(self.lost(status.message().to_owned())),
            Err(status) => Err(status.into()),
        }
    }

    fn resume_request(&self) -> SubscribeRequest {
        let mut request = self.request.clone();
        // A snapshot that was cut short has to begin anew; everything else resumes where it stood.
        if self.has_position {
            request.start = Some(Start::AfterSeq(self.covered_seq));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{CaughtUp, Event, Goodbye, Heartbeat};

    fn watch(start: Option<Start>) -> Watch {
        let covered_seq = if let Some(Start::AfterSeq(seq)) = start { seq } else { 0 };
        Watch {
            client: Client::unconnected(),
            request: SubscribeRequest { start, ..Default::default() },
            stream: None,
            covered_seq,
            acknowledged_seq: 0,
            has_position: matches!(start, Some(Start::AfterSeq(_))),
            subscription_id: String::new(),
            back_off: BACK_OFF_FIRST,
        }
    }

    fn event(seq: u64, snapshot: bool) -> Delivery {
        Delivery::Event(Event { seq, snapshot, ..Default::default() })
    }

    #[tokio::test]
    async fn a_snapshot_cut_short_begins_anew() {
        let mut watch = watch(Some(Start::Snapshot(())));
        assert!(watch.take(event(9, true)).is_some());
        assert!(watch.take(event(9, true)).is_some());
        watch.take(Delivery::Heartbeat(Heartbeat { evaluated_seq: 9, ..Default::default() }));
        assert_eq!(watch.resume_request().start, Some(Start::Snapshot(())));
        watch.take(Delivery::CaughtUp(CaughtUp { seq: 9 }));
        assert_eq!(watch.resume_request().start, Some(Start::AfterSeq(9)));
    }

    #[tokio::test]
    async fn what_comes_before_the_end_of_history_is_a_place_too() {
        for start in [Start::Now(()), Start::Snapshot(())] {
            let mut watch = watch(Some(start));
            assert!(watch.take(event(9, false)).is_some());
            assert_eq!(watch.resume_request().start, Some(Start::AfterSeq(9)));
        }
    }

    #[tokio::test]
    async fn who_has_turned_to_something_else_comes_back_to_that() {
        let mut watch = watch(Some(Start::AfterSeq(3)));
        watch.take(event(5, false));
        let bus = SubscribeRequest { query: "bus".to_owned(), ..Default::default() };
        watch.turn_to(bus.clone());
        let resumed = watch.resume_request();
        assert_eq!((resumed.query.as_str(), resumed.start), ("bus", Some(Start::AfterSeq(5))));
        watch.turn_to(SubscribeRequest { start: Some(Start::Snapshot(())), ..bus });
        assert!(watch.take(event(9, true)).is_some());
        assert_eq!(watch.resume_request().start, Some(Start::Snapshot(())));
        watch.take(Delivery::CaughtUp(CaughtUp { seq: 9 }));
        assert_eq!(watch.resume_request().start, Some(Start::AfterSeq(9)));
    }

    #[tokio::test]
    async fn nothing_is_told_twice() {
        let mut watch = watch(Some(Start::AfterSeq(3)));
        assert!(watch.take(event(3, false)).is_none());
        assert!(watch.take(event(5, false)).is_some());
        assert!(watch.take(event(5, false)).is_none());
        watch.take(Delivery::Heartbeat(Heartbeat { evaluated_seq: 8, ..Default::default() }));
        assert_eq!(watch.resume_request().start, Some(Start::AfterSeq(8)));
    }

    #[tokio::test]
    async fn goodbye_is_a_lost_connection_with_a_place() {
        let mut watch = watch(None);
        watch.take(Delivery::CaughtUp(CaughtUp { seq: 4 }));
        let item =
            watch.take(Delivery::Goodbye(Goodbye { seq: 6, reason: "stopping".to_owned(), ..Default::default() }));
        assert!(matches!(item, Some(WatchItem::Lost { reason, .. }) if reason == "stopping"));
        assert_eq!(watch.resume_request().start, Some(Start::AfterSeq(6)));
    }
}
