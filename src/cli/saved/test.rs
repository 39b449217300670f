use clap::Args;
use jiff::tz::TimeZone;

use super::super::{
    exit::Failure,
    output::Output,
    query_problems,
    render::{
        card::card,
        style::{BAD, CHANGED, GOOD, STRONG, styled},
        time,
    },
    time_argument,
};
use crate::{
    client::Client,
    proto::v1::{
        Hit, PreviewDifference, PreviewQueryRequest, PreviewQueryResponse, PreviewSavedSearchRequest, cost::Class,
    },
};

/// Show what a query finds and costs, or what a change of a saved search would gain and lose.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of a saved search; not needed for a query that is not saved yet
    #[arg(required_unless_present = "query")]
    id: Option<String>,
    /// A query; beside an id, the one that would replace the saved one
    #[arg(long)]
    query: Option<String>,
    /// Hours to look back
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8760), value_name = "N")]
    hours: u32,
    /// Mentions to show of each kind
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i32).range(1..=100), value_name = "N")]
    sample: i32,
    /// Zone of dates without a time in the query, e.g. Europe/Rome; UTC, or that of the saved search, where not given
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ZONE")]
    time_zone: String,
}

pub(super) async fn run(arguments: Arguments, client: &Client, output: &mut Output) -> Result<(), Failure> {
    time_argument::zone(&arguments.time_zone)
        .map_err(|message| Failure::WrongUsage(format!("--time-zone: {message}")))?;
    let query = arguments.query.unwrap_or_default();
    let (hours, sample_size, time_zone) = (arguments.hours, arguments.sample, arguments.time_zone);
    let preview = match arguments.id {
        Some(id) => {
            let request = PreviewSavedSearchRequest { id, query: query.clone(), time_zone, hours, sample_size };
            client.saved_searches().preview_saved_search(request).await?.into_inner()
        }
        None => {
            let request =
                PreviewQueryRequest { query: query.clone(), time_zone, hours, sample_size, old_query: String::new() };
            client.search().preview_query(request).await?.into_inner()
        }
    };
    if output.is_json() {
        output.json(&preview)?;
        return if preview.valid { Ok(()) } else { Err(Failure::Told) };
    }
    let text = if query.is_empty() { &preview.canonical } else { &query };
    query_problems::tell(text, &preview.problems, output)?;
    if !preview.valid {
        return Err(Failure::Told);
    }
    tell(&preview, hours, output)
}

fn tell(preview: &PreviewQueryResponse, hours: u32, output: &mut Output) -> Result<(), Failure> {
    let cost = preview.cost.clone().unwrap_or_default();
    let (style, class) = match cost.class() {
        Class::Low => (GOOD, "low"),
        Class::Medium => (CHANGED, "medium"),
        Class::High => (BAD, "high"),
        Class::Unspecified => (STRONG, "unknown"),
    };
    output.line(&format!("cost    {}: {}", styled(style, class), cost.explanation))?;
    let since = time::minute(preview.created_from.as_ref(), &TimeZone::system());
    output.line(&format!("found   {} created in the last {hours} h (since {since})", preview.count))?;
    let none = PreviewDifference::default();
    let (gained, lost) = (preview.gained.as_ref(), preview.lost.as_ref());
    if gained.is_some() || lost.is_some() {
        let (gained, lost) = (gained.unwrap_or(&none), lost.unwrap_or(&none));
        output.line(&format!("gained  {}", gained.count))?;
        output.line(&format!("lost    {}", lost.count))?;
        hits("gained", &gained.sample, output)?;
        return hits("lost", &lost.sample, output);
    }
    hits("the newest", &preview.sample, output)
}

fn hits(headline: &str, hits: &[Hit], output: &mut Output) -> Result<(), Failure> {
    if hits.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(&styled(STRONG, headline))?;
    for hit in hits {
        let version = hit.version.clone().unwrap_or_default();
        for line in card(&version, &hit.highlights, &TimeZone::system(), output.width()) {
            output.line(&line)?;
        }
    }
    Ok(())
}
