use super::{Parsed, Severity, parse, time_zone};

mod canonical;
mod limits;
mod mutations;
mod problems;
mod properties;
mod resolving;

fn parse_in_rome(text: &str) -> Parsed {
    parse(text, &time_zone("Europe/Rome").expect("a known zone"))
}

/// `CODE@start..end suggestion` for each problem, a `!` before warnings.
fn told(parsed: &Parsed) -> Vec<String> {
    let one = |problem: &super::Problem| {
        let mark = if problem.severity == Severity::Warning { "!" } else { "" };
        let suggestion = problem.suggestion.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        format!("{mark}{}@{}..{}{suggestion}", problem.code.name(), problem.span.start, problem.span.end)
    };
    parsed.problems.iter().map(one).collect()
}
