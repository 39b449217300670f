use std::str::FromStr;

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::{
        escape::escape,
        event::event,
        style::{CHANGED, DIM, styled},
        time::to_wire,
    },
    time_argument::moment,
};
use crate::{
    client::{Client, Watch, WatchError, WatchItem},
    proto::v1::{
        Redefined, SubscribeRequest, SubscribeResponse, subscribe_request, subscribe_response::Message as Delivery,
    },
};

/// Tell every mention that enters, changes in or leaves a query, as it happens.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The query to watch, e.g. 'needs:reply AND brand:nordwind-air'
    #[arg(required_unless_present_any = ["saved", "folder"])]
    query: Option<String>,
    /// Watch these saved searches instead of a query
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "query")]
    saved: Vec<String>,
    /// Watch the saved searches of this folder and those below it, whichever these are, instead of a query
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["query", "saved"])]
    folder: Option<String>,
    /// Where to begin: now, snapshot (what matches now, then what follows), after=SEQ, or at=TIME (2026-11-21T08:00Z, or 2h for two
    /// hours ago)
    #[arg(long, default_value = "now", value_name = "WHERE")]
    start: Start,
    /// Keep on the server, under this name, what has been shown: started again under it, the watch goes on from there
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Seconds between two signs of life
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60), value_name = "SECONDS")]
    heartbeat: u32,
    /// Zone of dates without a time, e.g. Europe/Rome; UTC where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    time_zone: String,
    /// Say for every mention which clauses match, and where
    #[arg(long)]
    explain: bool,
    /// Show every sign of life, not only those that tell of a delay
    #[arg(short, long)]
    verbose: bool,
}

/// Deliveries shown before the server is told of it, where no sign of life comes between: each telling is a write to its disk.
const ACKNOWLEDGE_EVERY: u32 = 200;

/// Where a subscription begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Now,
    Snapshot,
    After(u64),
    At(Timestamp),
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            None if text == "now" => Ok(Self::Now),
            None if text == "snapshot" => Ok(Self::Snapshot),
            Some(("after", seq)) => {
                seq.parse().map(Self::After).map_err(|_| format!("`{seq}` is no seq; write after=1234"))
            }
            Some(("at", text)) => moment(text, &TimeZone::system(), Timestamp::now()).map(Self::At),
            _ => Err("write now, snapshot, after=SEQ, or at=TIME".to_owned()),
        }
    }
}

impl From<Start> for subscribe_request::Start {
    fn from(start: Start) -> Self {
        match start {
            Start::Now => Self::Now(()),
            Start::Snapshot => Self::Snapshot(()),
            Start::After(seq) => Self::AfterSeq(seq),
            Start::At(moment) => Self::AtTime(to_wire(moment)),
        }
    }
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let request = SubscribeRequest {
        query: arguments.query.unwrap_or_default(),
        saved_searches: arguments.saved,
        folder: arguments.folder.unwrap_or_default(),
        start: Some(arguments.start.into()),
        heartbeat_seconds: arguments.heartbeat,
        time_zone: arguments.time_zone,
        explain: arguments.explain,
        name: arguments.name,
    };
    let mut watch = match Watch::begin(&client, request.clone()).await {
        Ok(watch) => watch,
        Err(WatchError::Refused(status)) => {
            return Err(query_problems::explain(*status, &client, &request.query, &request.time_zone, output).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let mut unacknowledged = 0;
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    loop {
        tokio::select! {
            item = watch.next() => {
                let item = item?;
                let is_resting = matches!(&item, WatchItem::Delivery(delivery)
                    if matches!(**delivery, Delivery::CaughtUp(_) | Delivery::Heartbeat(_)));
                tell(item, arguments.verbose, output)?;
                unacknowledged += 1;
                if is_resting || unacknowledged >= ACKNOWLEDGE_EVERY {
                    // What cannot be said now is said with the next; coming back, the watch hears why.
                    let _ = watch.acknowledge().await;
                    unacknowledged = 0;
                }
            }
            _ = &mut interrupt => {
                let _ = watch.acknowledge().await;
                if watch.covered_seq() > 0 {
                    output.note(&format!("to go on from here: --start after={}", watch.covered_seq()))?;
                }
                return Err(Failure::Interrupted);
            }
        }
    }
}

fn tell(item: WatchItem, is_verbose: bool, output: &mut Output) -> Result<(), Failure> {
    match item {
        WatchItem::Delivery(delivery) if output.is_json() => {
            output.json_line(&SubscribeResponse { message: Some(*delivery) })
        }
        WatchItem::Delivery(delivery) => {
            for line in lines(&delivery, is_verbose, output.width()) {
                output.line(&line)?;
            }
            output.flush()
        }
        WatchItem::Lost { reason, retry_in } => output.note(&styled(
            CHANGED,
            &format!("connection lost ({}); trying again in {} ms", escape(&reason), retry_in.as_millis()),
        )),
        WatchItem::Resumed { after_seq } => {
            output.note(&styled(DIM, &format!("connected again, after seq {after_seq}")))
        }
    }
}

fn redefined_lines(redefined: &Redefined) -> Vec<String> {
    let named = |id: &str| if id.is_empty() { "the query".to_owned() } else { format!("`{}`", escape(id)) };
    let mut lines = Vec::new();
    let edited: Vec<String> = redefined.saved_searches.iter().map(|id| named(id)).collect();
    for (ids, what) in [(&redefined.added, "is watched"), (&redefined.removed, "is no longer watched")] {
        if !ids.is_empty() {
            let ids: Vec<String> = ids.iter().map(|id| named(id)).collect();
            lines.push(styled(CHANGED, &format!("· {} {what} from seq {} on", ids.join(", "), redefined.seq + 1)));
        }
    }
    let comes_and_goes = !redefined.added.is_empty() || !redefined.removed.is_empty();
    if !edited.is_empty() || (redefined.resting.is_empty() && !comes_and_goes) {
        let edited = if edited.is_empty() { named("") } else { edited.join(", ") };
        lines.push(styled(CHANGED, &format!("· {edited} asks something else from seq {} on", redefined.seq + 1)));
    }
    lines.extend(redefined.resting.iter().map(|resting| {
        let (what, reason) = (named(&resting.saved_search), escape(&resting.reason));
        styled(CHANGED, &format!("· {what} rests until it is mended: {reason}"))
    }));
    lines
}

/// What a person sees of a delivery; nothing of a heartbeat that tells nothing.
fn lines(delivery: &Delivery, is_verbose: bool, width: usize) -> Vec<String> {
    match delivery {
        Delivery::Event(one) => event(one, &TimeZone::system(), width),
        Delivery::Begun(_) => Vec::new(),
        Delivery::CaughtUp(caught_up) => vec![styled(DIM, &format!("· live from seq {}", caught_up.seq))],
        Delivery::Heartbeat(heartbeat) => {
            let behind = heartbeat.recorded_seq.saturating_sub(heartbeat.evaluated_seq);
            if behind == 0 && !is_verbose {
                return Vec::new();
            }
            vec![styled(
                DIM,
                &format!(
                    "· recorded {}, evaluated {}, {behind} behind",
                    heartbeat.recorded_seq, heartbeat.evaluated_seq
                ),
            )]
        }
        Delivery::Redefined(redefined) => redefined_lines(redefined),
        // A watch turns goodbyes into lost connections, as it comes back after either.
        Delivery::Goodbye(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::Heartbeat;

    #[test]
    fn reads_where_to_begin() {
        for (text, expected) in [
            ("now", Some(Start::Now)),
            ("snapshot", Some(Start::Snapshot)),
            ("after=17", Some(Start::After(17))),
            ("at=2026-11-21T08:00Z", Some(Start::At("2026-11-21T08:00:00Z".parse().unwrap()))),
            ("at=noon", None),
            ("after=-1", None),
            ("after=", None),
            ("later", None),
        ] {
            assert_eq!(text.parse::<Start>().ok(), expected, "{text}");
        }
    }

    #[test]
    fn heartbeats_speak_only_of_delays() {
        let beat = |evaluated_seq| Delivery::Heartbeat(Heartbeat { recorded_seq: 9, evaluated_seq, sent_at: None });
        assert!(lines(&beat(9), false, 80).is_empty());
        assert_eq!(lines(&beat(9), true, 80).len(), 1);
        assert!(lines(&beat(4), false, 80)[0].contains("5 behind"));
    }
}
