use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use super::{Agent, UnderClaim, show};
use crate::{
    cli::{
        exit::{Exit, Failure},
        output::Output,
        render::escape::escape,
        time_argument,
    },
    client::Client,
    proto::v1::{
        AddNoteStep, AssignStep, CloseStep, DeskStep, EscalateStep, HandOffStep, IgnoreStep, ReopenStep, SnoozeStep,
        StepOutcome, TakeStepRequest, TakeStepsRequest, desk_step::Step,
    },
};

/// The reason of a step that somebody's claim stands against.
const CLAIMED: &str = "CLAIMED_BY_ANOTHER";

/// One mention, or several.
#[derive(Debug, Args)]
pub struct Target {
    /// Their names: platform/id
    #[arg(required = true)]
    names: Vec<String>,
    #[command(flatten)]
    agent: Agent,
    #[command(flatten)]
    under: UnderClaim,
}

/// One mention.
#[derive(Debug, Args)]
pub struct One {
    /// Its name: platform/id
    name: String,
    #[command(flatten)]
    agent: Agent,
    #[command(flatten)]
    under: UnderClaim,
}

impl From<One> for Target {
    fn from(one: One) -> Self {
        Self { names: vec![one.name], agent: one.agent, under: one.under }
    }
}

/// Say that a mention goes on elsewhere.
#[derive(Debug, Args)]
pub struct HandOff {
    #[command(flatten)]
    one: One,
    /// Where: e-mail, private message, phone, or who
    #[arg(long, value_name = "WHERE")]
    to: String,
    /// What it is known by there, such as the number of a ticket
    #[arg(long, default_value = "", hide_default_value = true)]
    reference: String,
    /// Why
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Ask the responsible person to decide and to answer; it is more urgent then, and theirs.
#[derive(Debug, Args)]
pub struct Escalate {
    #[command(flatten)]
    one: One,
    /// Whom
    #[arg(long, value_name = "NAME")]
    to: String,
    /// Why
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Let mentions rest until a moment.
#[derive(Debug, Args)]
pub struct Snooze {
    #[command(flatten)]
    target: Target,
    /// Until when: 2026-11-28, 2026-11-28T08:00Z, or 2h, 3d from now
    #[arg(long, value_name = "TIME")]
    until: String,
}

/// Say who is to answer mentions; nobody else may claim them then.
#[derive(Debug, Args)]
pub struct Assign {
    #[command(flatten)]
    target: Target,
    /// Whom; anybody where not given
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    to: String,
}

/// Write a note to the other agents.
#[derive(Debug, Args)]
pub struct Note {
    #[command(flatten)]
    one: One,
    /// What they should know
    #[arg(long, value_name = "TEXT")]
    text: String,
}

pub(crate) async fn hand_off(arguments: HandOff, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let HandOff { one, to, reference, reason } = arguments;
    take(one.into(), Step::HandOff(HandOffStep { to, reference, reason }), server, output).await
}

pub(crate) async fn escalate(arguments: Escalate, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Escalate { one, to, reason } = arguments;
    take(one.into(), Step::Escalate(EscalateStep { to, reason }), server, output).await
}

pub(crate) async fn snooze(arguments: Snooze, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let until = moment_ahead(&arguments.until, &TimeZone::system(), Timestamp::now()).map_err(Failure::WrongUsage)?;
    let until = prost_types::Timestamp { seconds: until.as_second(), nanos: until.subsec_nanosecond() };
    take(arguments.target, Step::Snooze(SnoozeStep { until: Some(until) }), server, output).await
}

pub(crate) async fn close(target: Target, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    take(target, Step::Close(CloseStep {}), server, output).await
}

pub(crate) async fn ignore(target: Target, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    take(target, Step::Ignore(IgnoreStep {}), server, output).await
}

pub(crate) async fn reopen(target: Target, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    take(target, Step::Reopen(ReopenStep {}), server, output).await
}

pub(crate) async fn assign(arguments: Assign, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    take(arguments.target, Step::Assign(AssignStep { to: arguments.to }), server, output).await
}

pub(crate) async fn note(arguments: Note, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    take(arguments.one.into(), Step::AddNote(AddNoteStep { text: arguments.text }), server, output).await
}

async fn take(target: Target, step: Step, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let (by, step) = (target.agent.by, Some(DeskStep { step: Some(step) }));
    if let [name] = &target.names[..] {
        let token = target.under.token(&client, name, &by).await?;
        let request = TakeStepRequest { name: name.clone(), token, by, step };
        let version = client.care().take_step(request).await?.into_inner();
        return show(&version, "", output).map(|()| Exit::Done);
    }
    if target.under.token != 0 {
        return Err(Failure::WrongUsage("--token belongs to one claim; name one mention with it".to_owned()));
    }
    let request = TakeStepsRequest { names: target.names, by: by.clone(), step: step.clone() };
    let mut answer = client.care().take_steps(request).await?.into_inner();
    let mut is_all_done = true;
    for outcome in &mut answer.outcomes {
        // Steps with many mentions name no tokens; what is one's own claim goes through by itself.
        if outcome.reason == CLAIMED {
            let token = target.under.token(&client, &outcome.name, &by).await.unwrap_or(0);
            let request = TakeStepRequest { name: outcome.name.clone(), token, by: by.clone(), step: step.clone() };
            if token != 0
                && let Ok(taken) = client.care().take_step(request).await
            {
                let version = taken.into_inner();
                let status = version.conversation.as_ref().map_or(0, |conversation| conversation.status);
                *outcome = StepOutcome { name: outcome.name.clone(), seq: version.seq, status, ..Default::default() };
            }
        }
        is_all_done &= outcome.error.is_empty();
        if output.is_json() {
            output.json_line(outcome)?;
        } else if outcome.error.is_empty() {
            output.line(&format!("{}  done, seq {}", escape(&outcome.name), outcome.seq))?;
        } else {
            output.line(&format!("{}  not done: {}", escape(&outcome.name), escape(&outcome.error)))?;
        }
    }
    Ok(if is_all_done { Exit::Done } else { Exit::PartlyDone })
}

/// A moment as on other command lines, but a length of time counts from now on.
fn moment_ahead(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    match time_argument::ago(text, zone, now) {
        Some(ago) => now.checked_add(now.duration_since(ago)).map_err(|_| format!("`{text}` is too far ahead")),
        None => time_argument::moment(text, zone, now)
            .map_err(|_| format!("`{text}` is no time; write 2026-11-28T08:00:00Z, 2026-11-28, or 2h or 3d from now")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_counts_from_now_on() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let ahead = |text| moment_ahead(text, &TimeZone::UTC, now).unwrap().to_string();
        assert_eq!(ahead("2h"), "2026-11-21T10:00:00Z");
        assert_eq!(ahead("2026-12-01"), "2026-12-01T00:00:00Z");
        assert!(moment_ahead("soon", &TimeZone::UTC, now).unwrap_err().ends_with("from now"));
    }
}
