use ascolto::{
    client::Client,
    proto::v1::{
        CaughtUp, Event, Goodbye, Heartbeat, Mention, SubscribeRequest, event::Change, subscribe_request::Start,
        subscribe_response::Message as Delivery,
    },
};
use tonic::{Status, Streaming};

/// A live subscription as a test reads it.
pub struct Subscriber {
    stream: Streaming<ascolto::proto::v1::SubscribeResponse>,
    /// By which what it watches is replaced.
    pub id: String,
}

impl Subscriber {
    pub async fn begin(client: &Client, query: &str, start: Start) -> Self {
        let request = SubscribeRequest { query: query.to_owned(), start: Some(start), ..SubscribeRequest::default() };
        Self::ask(client, request).await.unwrap()
    }

    pub async fn ask(client: &Client, request: SubscribeRequest) -> Result<Self, Status> {
        let mut stream = client.subscriptions().subscribe(request).await?.into_inner();
        match stream.message().await?.and_then(|first| first.message) {
            Some(Delivery::Begun(begun)) => Ok(Self { stream, id: begun.subscription_id }),
            other => panic!("a stream begins with its id, not {other:?}"),
        }
    }

    /// The next delivery; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Delivery> {
        Some(self.stream.message().await.unwrap()?.message.expect("a delivery has a message"))
    }

    /// The next event; heartbeats and the end of history do not count.
    pub async fn event(&mut self) -> Event {
        loop {
            match self.next().await {
                Some(Delivery::Event(event)) => return event,
                Some(Delivery::Heartbeat(_) | Delivery::CaughtUp(_)) => {}
                other => panic!("an event was due, not {other:?}"),
            }
        }
    }

    pub async fn events(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }

    pub async fn caught_up(&mut self) -> CaughtUp {
        loop {
            match self.next().await {
                Some(Delivery::CaughtUp(caught_up)) => return caught_up,
                Some(Delivery::Heartbeat(_)) => {}
                other => panic!("history should be done, not {other:?}"),
            }
        }
    }

    /// All events up to the end of history, and where that is.
    pub async fn history(&mut self) -> (Vec<Event>, u64) {
        let mut events = Vec::new();
        loop {
            match self.next().await {
                Some(Delivery::Event(event)) => events.push(event),
                Some(Delivery::CaughtUp(CaughtUp { seq })) => return (events, seq),
                Some(Delivery::Heartbeat(_)) => {}
                other => panic!("history is not done, but there is {other:?}"),
            }
        }
    }

    pub async fn heartbeat(&mut self) -> Heartbeat {
        loop {
            match self.next().await {
                Some(Delivery::Heartbeat(heartbeat)) => return heartbeat,
                Some(_) => {}
                None => panic!("the stream ended before a heartbeat"),
            }
        }
    }

    /// Everything up to the goodbye, after which the stream has to end.
    pub async fn goodbye(&mut self) -> (Vec<Event>, Goodbye) {
        let mut events = Vec::new();
        loop {
            match self.next().await {
                Some(Delivery::Event(event)) => events.push(event),
                Some(Delivery::Goodbye(goodbye)) => {
                    assert_eq!(self.next().await, None, "nothing comes after a goodbye");
                    return (events, goodbye);
                }
                Some(_) => {}
                None => panic!("the stream ended without a goodbye"),
            }
        }
    }
}

pub fn mention_of(event: &Event) -> &Mention {
    event.version.as_ref().unwrap().mention.as_ref().unwrap()
}

/// What an event is about, short enough to compare: seq, change, external id.
pub fn told(event: &Event) -> (u64, Change, String) {
    (event.seq, event.change(), mention_of(event).external_id.clone())
}
