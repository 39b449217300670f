use jiff::tz::TimeZone;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{
        escape::escape,
        style::{BAD, GOOD, styled},
        table::pairs,
        time,
    },
};
use crate::{
    client::Client,
    proto::v1::{Follower, GetServerStatusRequest},
};

/// Fails when a follower has stopped, so that scripts notice.
pub(super) async fn run(server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let status = client.system().get_server_status(GetServerStatusRequest {}).await?.into_inner();
    if output.is_json() {
        output.json(&status)?;
    } else {
        let mut rows = vec![
            ("server", format!("{}, version {}", escape(client.url()), escape(&status.program_version))),
            ("since", time::full(status.started_at.as_ref(), &TimeZone::system())),
            ("mentions", status.mentions.to_string()),
            ("log", log_range(status.oldest_seq, status.recorded_seq)),
            ("saved searches", status.saved_searches.to_string()),
            ("subscriptions", status.subscriptions.to_string()),
        ];
        for follower in &status.followers {
            rows.push((follower.name.as_str(), follower_state(follower, status.recorded_seq)));
        }
        // A follower's name is a constant of the server, but it comes over the wire like everything else.
        let escaped: Vec<(String, String)> =
            rows.into_iter().map(|(name, value)| (escape(name).into_owned(), value)).collect();
        let rows: Vec<(&str, String)> = escaped.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        for line in pairs(&rows) {
            output.line(&line)?;
        }
    }
    let has_stopped = status.followers.iter().any(|follower| !follower.problem.is_empty());
    Ok(if has_stopped { Exit::Failed } else { Exit::Done })
}

fn log_range(oldest_seq: u64, recorded_seq: u64) -> String {
    if recorded_seq < oldest_seq { "empty".to_owned() } else { format!("seq {oldest_seq} to {recorded_seq}") }
}

fn follower_state(follower: &Follower, recorded_seq: u64) -> String {
    if !follower.problem.is_empty() {
        return styled(BAD, &format!("stopped at seq {}: {}", follower.seq, escape(&follower.problem)));
    }
    match recorded_seq.saturating_sub(follower.seq) {
        0 => styled(GOOD, "up to date"),
        behind => format!("{behind} versions behind"),
    }
}
