use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use super::WantedArguments;
use crate::{
    cli::{
        exit::{Exit, Failure},
        output::Output,
        render::{
            escape::escape,
            table::{pairs, table},
            time, words,
        },
    },
    client::Client,
    proto::v1::{CountQueueRequest, ListQueueRequest, QueueItem, Wanted},
};

/// Show what waits for an answer, in the order in which it should be answered.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    wanted: WantedArguments,
    /// How many
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Only count what is open
    #[arg(long)]
    count: bool,
}

/// Letters of a text in the table.
const TEXT_CHARS_MAX: usize = 60;

pub(crate) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let wanted = Wanted::from(arguments.wanted);
    let counts = client.care().count_queue(CountQueueRequest { wanted: Some(wanted.clone()) }).await?.into_inner();
    if arguments.count {
        if output.is_json() {
            return output.json(&counts).map(|()| Exit::Done);
        }
        let rows = [
            ("urgent", counts.urgent),
            ("high", counts.high),
            ("normal", counts.normal),
            ("low", counts.low),
            ("claimed", counts.claimed),
            ("snoozed", counts.snoozed),
            ("handed off", counts.handed_off),
        ];
        let mut rows: Vec<_> = rows.iter().map(|(name, count)| (*name, count.to_string())).collect();
        rows.push(("oldest", time::full(counts.oldest_at.as_ref(), &TimeZone::system())));
        for line in pairs(&rows) {
            output.line(&line)?;
        }
        return Ok(Exit::Done);
    }
    let mut items = Vec::new();
    let mut request = ListQueueRequest { wanted: Some(wanted), ..Default::default() };
    while items.len() < arguments.limit {
        request.page_size = i32::try_from((arguments.limit - items.len()).min(1000)).unwrap_or(1000);
        let page = client.care().list_queue(request.clone()).await?.into_inner();
        items.extend(page.items);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if output.is_json() {
        items.iter().try_for_each(|item| output.json_line(item))?;
        return Ok(Exit::Done);
    }
    let now = Timestamp::now();
    let rows: Vec<Vec<String>> = items.iter().map(|item| row(item, now)).collect();
    if rows.is_empty() {
        output.note("nothing waits")?;
        return Ok(Exit::Done);
    }
    for line in table(&["priority", "why", "waiting", "due", "author", "text", "name"], &rows, &[], output.width()) {
        output.line(&line)?;
    }
    let waiting = counts.urgent + counts.high + counts.normal + counts.low;
    output.note(&format!("{} of {waiting} that wait", rows.len()))?;
    Ok(Exit::Done)
}

fn row(item: &QueueItem, now: Timestamp) -> Vec<String> {
    let version = item.version.clone().unwrap_or_default();
    let mention = words::mention(&version);
    let priority = version.priority.clone().unwrap_or_default();
    let why = priority.parts.iter().filter(|part| part.kind != "asks").map(|part| part.kind.replace('_', " "));
    let assignee = version.desk.as_ref().map_or("", |desk| &desk.assignee);
    let assigned = (!assignee.is_empty()).then(|| format!("for {}", escape(assignee)));
    let age = |at: Option<&prost_types::Timestamp>| {
        at.and_then(|at| Timestamp::from_second(at.seconds).ok()).map(|at| now.duration_since(at).as_secs())
    };
    let text = if mention.text.is_empty() { &mention.title } else { &mention.text };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
    vec![
        words::priority(priority.level()),
        why.chain(assigned).collect::<Vec<_>>().join(", "),
        age(mention.created_at.as_ref()).map_or_else(String::new, span),
        due(age(version.due.as_ref().and_then(|due| due.at.as_ref()))),
        words::author(&mention),
        escape(&text).into_owned(),
        words::name(&mention),
    ]
}

/// In how long, or since when, an answer is due.
fn due(late_by: Option<i64>) -> String {
    match late_by {
        None => String::new(),
        Some(seconds) if seconds >= 0 => format!("{} late", span(seconds)),
        Some(seconds) => format!("in {}", span(-seconds)),
    }
}

/// The two largest units of a time.
fn span(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_their_largest_units() {
        assert_eq!([30, 3600, 90_000, -5].map(span), ["0 min", "1 h 0 min", "1 d 1 h", "0 min"]);
        assert_eq!([None, Some(60), Some(-120)].map(due), ["", "1 min late", "in 2 min"]);
    }
}
