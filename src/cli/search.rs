use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    exit::{Exit, Failure},
    output::Output,
    query_problems,
    render::{card::card, facets::facets, time::to_wire},
    time_argument,
};
use crate::{
    client::Client,
    proto::v1::{SearchRequest, SearchResponse, Sort},
};

/// Find mentions.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to look for, e.g. 'brand:nordwind-air AND sentiment:negative'; '*' finds everything
    query: String,
    /// What comes first
    #[arg(long, value_enum, default_value_t = Order::Newest)]
    sort: Order,
    #[command(flatten)]
    range: Range,
    /// Hits on a page
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=500), value_name = "N")]
    page_size: i32,
    /// Go on where a page ended
    #[arg(long, default_value = "", value_name = "TOKEN")]
    page_token: String,
    /// Get all pages; as JSON, one document for each page
    #[arg(long)]
    all: bool,
    /// Count the values of these fields: platform, type, lang, sentiment, intent, stage, topic, brand, status, country, tag
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "FIELD")]
    facet: Vec<String>,
}

/// Which mentions a question is about; shared with `count`.
#[derive(Debug, Args)]
pub(super) struct Range {
    /// Only mentions created then or later: a time, a date, or 24h, 7d for so long ago
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only mentions created before
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// Zone of dates without a time, e.g. Europe/Rome; UTC where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    pub(super) time_zone: String,
    /// Wait until everything up to this seq is searchable
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "SEQ")]
    pub(super) min_seq: u64,
}

type WireRange = (Option<prost_types::Timestamp>, Option<prost_types::Timestamp>);

impl Range {
    /// From and before, as the wire wants them.
    pub(super) fn to_wire(&self) -> Result<WireRange, Failure> {
        let zone = time_argument::zone(&self.time_zone)
            .map_err(|message| Failure::WrongUsage(format!("--time-zone: {message}")))?;
        let now = Timestamp::now();
        let read = |option: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => time_argument::moment(text, &zone, now)
                .map(|moment| Some(to_wire(moment)))
                .map_err(|message| Failure::WrongUsage(format!("{option}: {message}"))),
        };
        Ok((read("--from", &self.from)?, read("--before", &self.before)?))
    }

    /// The zone that times are shown in: the one asked for, or the machine's.
    fn zone_shown(&self) -> TimeZone {
        match time_argument::zone(&self.time_zone) {
            Ok(zone) if !self.time_zone.is_empty() => zone,
            _ => TimeZone::system(),
        }
    }
}

/// What comes first in a list of hits.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    Newest,
    Oldest,
    Relevance,
    Reach,
    Engagement,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Newest => Self::Newest,
            Order::Oldest => Self::Oldest,
            Order::Relevance => Self::Relevance,
            Order::Reach => Self::Reach,
            Order::Engagement => Self::Engagement,
        }
    }
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let (created_from, created_before) = arguments.range.to_wire()?;
    let zone = arguments.range.zone_shown();
    let client = Client::connect(server).await?;
    let mut request = SearchRequest {
        query: arguments.query,
        created_from,
        created_before,
        sort: Sort::from(arguments.sort).into(),
        page_size: arguments.page_size,
        page_token: arguments.page_token,
        facets: arguments.facet,
        min_seq: arguments.range.min_seq,
        time_zone: arguments.range.time_zone,
    };
    loop {
        let answer = match client.search().search(request.clone()).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => {
                let failure =
                    query_problems::explain(status, &client, &request.query, &request.time_zone, output).await?;
                return Err(failure);
            }
        };
        let is_last = !arguments.all || answer.next_page_token.is_empty();
        if !output.is_json() {
            page(&request, &answer, is_last, &zone, output)?;
        } else if arguments.all {
            output.json_line(&answer)?;
        } else {
            output.json(&answer)?;
        }
        if is_last {
            return Ok(Exit::Done);
        }
        request.page_token = answer.next_page_token;
        // The first page has told them.
        request.facets.clear();
    }
}

/// One page for eyes: cards, and after the last page the totals and facets.
fn page(
    request: &SearchRequest,
    answer: &SearchResponse,
    is_last: bool,
    zone: &TimeZone,
    output: &mut Output,
) -> Result<(), Failure> {
    query_problems::tell(&request.query, &answer.problems, output)?;
    for line in facets(&answer.facets) {
        output.line(&line)?;
    }
    if !answer.facets.is_empty() && answer.total > 0 {
        output.line("")?;
    }
    for hit in &answer.hits {
        let Some(version) = &hit.version else { continue };
        for line in card(version, &hit.highlights, zone, output.width()) {
            output.line(&line)?;
        }
        output.line("")?;
    }
    if is_last {
        output.note(&match answer.total {
            0 => "no mention matches".to_owned(),
            1 => "1 mention matches".to_owned(),
            total => format!("{total} mentions match"),
        })?;
        if !answer.next_page_token.is_empty() {
            output.note(&format!("the next page: --page-token {}", answer.next_page_token))?;
        }
    }
    Ok(())
}
