use std::io::Read as _;

use clap::Args;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::{escape::escape, problem::problem, table::pairs, words},
};
use crate::{
    base::limits::TEXT_BYTES_MAX,
    client::Client,
    proto::v1::{CheckReplyRequest, CheckReplyResponse, Problem, ReplyFinding, ReplySeverity, problem::Severity},
};

/// Check the draft of an answer against the rules of its brand and of its platform, and point at what is wrong.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The mention that is answered: platform/id
    name: String,
    /// The words of the draft; - or nothing reads them from standard input
    text: Option<String>,
    /// Who writes it, for the signature
    #[arg(
        long,
        alias = "by",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true,
        env = "ASCOLTO_AGENT"
    )]
    agent: String,
    /// The account of the brand it is to go out from; the one that should answer where not given
    #[arg(long, value_name = "HANDLE", default_value = "", hide_default_value = true)]
    account: String,
    /// In whose name; the brand of the mention where not given
    #[arg(long, value_name = "BRAND", default_value = "", hide_default_value = true)]
    brand: String,
}

pub(super) async fn run(arguments: Arguments, server: &str, output: &mut Output) -> Result<Exit, Failure> {
    let client = Client::connect(server).await?;
    let text = match arguments.text {
        Some(text) if text != "-" => text,
        _ => read_text()?,
    };
    let request = CheckReplyRequest {
        name: arguments.name,
        text: text.clone(),
        agent: arguments.agent,
        account: arguments.account,
        brand: arguments.brand,
    };
    let checked = client.brands().check_reply(request).await?.into_inner();
    if output.is_json() {
        output.json(&checked)?;
        return Ok(if checked.may_go_out { Exit::Done } else { Exit::Failed });
    }
    for finding in &checked.findings {
        for line in problem(&text, &as_problem(finding), output.width()) {
            output.complaint(&line)?;
        }
    }
    for line in pairs(&facts(&checked)) {
        output.line(&line)?;
    }
    if checked.may_go_out { Ok(Exit::Done) } else { Err(Failure::Told) }
}

/// A finding as the problem of a text, which is shown with its place.
fn as_problem(finding: &ReplyFinding) -> Problem {
    let severity = match finding.severity() {
        ReplySeverity::Should => Severity::Warning,
        ReplySeverity::Must | ReplySeverity::Unspecified => Severity::Error,
    };
    Problem {
        severity: severity.into(),
        code: words::reply_rule(finding.rule()),
        start: finding.start,
        end: finding.end,
        message: finding.message.clone(),
        suggestion: None,
    }
}

fn facts(checked: &CheckReplyResponse) -> Vec<(&'static str, String)> {
    let verdict = match (checked.may_go_out, checked.findings.is_empty()) {
        (true, true) => "in order",
        (true, false) => "may go out; look again",
        (false, _) => "must be mended",
    };
    let length = match checked.length_max {
        Some(max) => format!("{} of {max}", checked.length),
        None => checked.length.to_string(),
    };
    let mut facts = vec![
        ("draft", verdict.to_owned()),
        ("brand", escape(&checked.brand).into_owned()),
        ("length", length),
        (
            "language",
            format!("{}, the customer's is {}", escape(&checked.language), escape(&checked.customer_language)),
        ),
    ];
    if let Some(account) = &checked.account {
        facts.push(("answer from", format!("@{}: {}", escape(&account.handle), escape(&account.reason))));
    }
    if let Some(responsible) = &checked.responsible {
        let contact = match responsible.contact.as_str() {
            "" => String::new(),
            contact => format!(", {}", escape(contact)),
        };
        facts.push(("responsible", format!("{}{contact}", escape(&responsible.name))));
    }
    facts
}

fn read_text() -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more tells that there was more.
    let mut input = std::io::stdin().lock().take(TEXT_BYTES_MAX as u64 + 1);
    input.read_to_string(&mut text).map_err(|error| Failure::Failed(format!("cannot read the draft: {error}")))?;
    Ok(text.trim_end().to_owned())
}
