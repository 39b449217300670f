//! Brand profiles and drafts of answers.

use super::{
    checks::{rejection, within, without_control},
    time_to_wire,
};
use crate::{
    base::limits::{AUTHOR_NAME_BYTES_MAX, DESK_NAME_BYTES_MAX, TEXT_BYTES_MAX},
    care::{AccountProposal, Finding, Rule, Severity, coverage::Opening},
    engine::{BrandProblem, CheckedBrands, CheckedReply, EngineError, Rejection, ReplyDraft},
    model::{AccountRule, Brand, BrandAccount, Coverage, ReplyRules, Responsible, Target, Window},
    proto::v1 as wire,
};

/// The draft of an answer.
pub(crate) fn draft_from_wire(request: wire::CheckReplyRequest) -> Result<ReplyDraft, EngineError> {
    let wire::CheckReplyRequest { name: _, text, agent, account, brand } = request;
    let account = account.trim_start_matches(['@', '＠']).to_owned();
    let checked = || {
        within("text", &text, TEXT_BYTES_MAX)?;
        for (field, value, bytes_max) in
            [("agent", &agent, DESK_NAME_BYTES_MAX), ("account", &account, AUTHOR_NAME_BYTES_MAX)]
        {
            within(field, value, bytes_max)?;
            without_control(field, value)?;
        }
        Ok(())
    };
    checked().map_err(invalid)?;
    if !brand.is_empty() {
        brand_id_from_wire("brand", &brand)?;
    }
    Ok(ReplyDraft { text, agent, account, brand })
}

/// The id of a brand.
pub(crate) fn brand_id_from_wire(field: &str, id: &str) -> Result<(), EngineError> {
    let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let checked = within(field, id, AUTHOR_NAME_BYTES_MAX).and_then(|()| {
        if id.is_empty() || !id.bytes().all(is_id) {
            return Err(rejection(field, "is no id of a brand; it is of lower-case letters a-z, digits and -"));
        }
        Ok(())
    });
    checked.map_err(invalid)
}

/// A profile; with how its coverage stands, where that was asked.
pub(crate) fn brand_to_wire(brand: Brand, opening: Option<Opening>) -> wire::Brand {
    wire::Brand {
        id: brand.id,
        title: brand.title,
        query: brand.query,
        accounts: brand.accounts.into_iter().map(account_to_wire).collect(),
        coverage: brand.coverage.as_ref().map(coverage_to_wire),
        opening: opening.map(|opening| wire::Opening {
            is_open: opening.is_open,
            changes_at: opening.changes_at.map(time_to_wire),
        }),
        targets: brand.targets.into_iter().map(target_to_wire).collect(),
        reply_rules: Some(reply_rules_to_wire(brand.reply)),
        responsible: brand.responsible.into_iter().map(responsible_to_wire).collect(),
        reply_threshold: brand.reply_threshold,
        priority_tags: brand.priority_tags.into_iter().collect(),
    }
}

/// Profiles that were only checked.
pub(crate) fn checked_brands_to_wire(checked: CheckedBrands) -> wire::CheckBrandsResponse {
    let problem = |BrandProblem { line, key, message }| wire::BrandProblem {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        key,
        message,
    };
    wire::CheckBrandsResponse {
        valid: checked.problems.is_empty(),
        problems: checked.problems.into_iter().map(problem).collect(),
        brands: checked.brands.into_iter().map(|brand| brand_to_wire(brand, None)).collect(),
    }
}

/// A draft that was held against the rules.
pub(crate) fn checked_reply_to_wire(checked: CheckedReply) -> wire::CheckReplyResponse {
    let account = |AccountProposal { platform, handle, reason }| wire::ProposedAccount { platform, handle, reason };
    wire::CheckReplyResponse {
        may_go_out: checked.may_go_out(),
        brand: checked.brand,
        findings: checked.findings.into_iter().map(finding_to_wire).collect(),
        account: checked.account.map(account),
        language: checked.language,
        customer_language: checked.customer_language,
        length: checked.length,
        length_max: checked.length_max,
        responsible: checked.responsible.map(responsible_to_wire),
    }
}

fn account_to_wire(account: BrandAccount) -> wire::BrandAccount {
    let BrandAccount { platform, handle, role } = account;
    wire::BrandAccount { platform, handle, role: role.number().cast_signed() }
}

fn coverage_to_wire(coverage: &Coverage) -> wire::Coverage {
    let of_day = |day: String, windows: &[Window]| wire::DayHours {
        day,
        hours: windows.iter().map(ToString::to_string).collect(),
    };
    let week = Coverage::WEEK.into_iter().zip(&coverage.weekly);
    let days = coverage.days.iter().map(|(day, windows)| of_day(day.to_string(), windows));
    let holidays = coverage.holidays.iter();
    let holidays = holidays.map(|((month, day), windows)| of_day(format!("{month:02}-{day:02}"), windows));
    wire::Coverage {
        time_zone: coverage.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        week: week.map(|(day, windows)| of_day(day.to_owned(), windows)).collect(),
        exceptions: days.chain(holidays).collect(),
    }
}

fn target_to_wire(target: Target) -> wire::ReplyTarget {
    wire::ReplyTarget {
        platform: target.platform.unwrap_or_default(),
        priority: target.priority.map_or(0, |level| level.number().cast_signed()),
        first_reply_minutes: target.first_reply_minutes,
        next_reply_minutes: target.next_reply_minutes,
        due_soon_minutes: target.due_soon_minutes,
    }
}

fn reply_rules_to_wire(rules: ReplyRules) -> wire::ReplyRules {
    let account =
        |AccountRule { platform, handle, language, product }| wire::AccountRule { platform, handle, language, product };
    let greetings = rules.greetings.into_iter();
    wire::ReplyRules {
        signature: rules.signature,
        greetings: greetings.map(|(language, phrases)| (language, wire::Phrases { phrases })).collect(),
        avoid: rules.avoid,
        lengths: rules.lengths.into_iter().collect(),
        number_patterns: rules.number_patterns,
        contacts: rules.contacts,
        exclamations_max: rules.exclamations_max,
        accounts: rules.accounts.into_iter().map(account).collect(),
    }
}

fn responsible_to_wire(responsible: Responsible) -> wire::Responsible {
    let Responsible { topic, name, contact } = responsible;
    wire::Responsible { topic, name, contact }
}

pub(crate) fn finding_to_wire(finding: Finding) -> wire::ReplyFinding {
    let severity = match finding.severity {
        Severity::Refuses => wire::ReplySeverity::Must,
        Severity::Warns => wire::ReplySeverity::Should,
    };
    let rule = match finding.rule {
        Rule::Empty => wire::ReplyRule::Empty,
        Rule::Length => wire::ReplyRule::Length,
        Rule::Language => wire::ReplyRule::Language,
        Rule::Greeting => wire::ReplyRule::Greeting,
        Rule::Signature => wire::ReplyRule::Signature,
        Rule::AvoidedWord => wire::ReplyRule::AvoidedWord,
        Rule::PersonalData => wire::ReplyRule::PersonalData,
        Rule::Placeholder => wire::ReplyRule::Placeholder,
        Rule::Tone => wire::ReplyRule::Tone,
        Rule::Account => wire::ReplyRule::Account,
    };
    wire::ReplyFinding {
        rule: rule.into(),
        severity: severity.into(),
        start: finding.span.start,
        end: finding.span.end,
        message: finding.message,
    }
}

fn invalid(at_fault: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config, model::PriorityLevel};

    #[test]
    fn a_profile_is_told_as_it_is_written() {
        let text = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\npriority.tags = { vip = 2 }\n\
            [[brand.account]]\nplatform = \"twitter\"\nhandle = \"acare\"\nrole = \"care\"\n\
            [brand.coverage]\ntime_zone = \"Asia/Kolkata\"\nsaturday = [\"22:00-06:00\", \"9:00-12:30\"]\n\
            [[brand.coverage.exception]]\ndate = \"12-25\"\nhours = []\n\
            [[brand.coverage.exception]]\ndate = \"2026-12-24\"\nhours = [\"05:00-24:00\"]\n\
            [[brand.target]]\npriority = \"high\"\nfirst_reply_minutes = 9\n\
            [brand.reply]\ngreetings = { it = [\"Ciao\"] }\nlengths = { twitter = 200 }\n\
            [[brand.responsible]]\ntopic = \"billing\"\nname = \"Bo\"\n";
        let brand = config::read_brands("brands.toml", text).unwrap().remove(0).brand;
        let told = brand_to_wire(brand, Some(Opening { is_open: true, changes_at: None }));
        let coverage = told.coverage.unwrap();
        assert_eq!((coverage.time_zone.as_str(), coverage.week.len()), ("Asia/Kolkata", 7));
        assert_eq!((coverage.week[5].day.as_str(), coverage.week[0].hours.len()), ("saturday", 0));
        assert_eq!(coverage.week[5].hours, ["09:00-12:30", "22:00-06:00"]);
        let exceptions = coverage.exceptions.iter().map(|it| (it.day.as_str(), it.hours.join(" ")));
        assert_eq!(
            exceptions.collect::<Vec<_>>(),
            [("2026-12-24", "05:00-24:00".to_owned()), ("12-25", String::new())]
        );
        assert_eq!(told.accounts[0].role(), wire::AccountRole::Care);
        assert_eq!(told.targets[0].priority(), wire::PriorityLevel::High);
        assert_eq!((told.targets[0].first_reply_minutes, told.targets[0].next_reply_minutes), (Some(9), None));
        let rules = told.reply_rules.unwrap();
        assert_eq!((rules.greetings["it"].phrases[0].as_str(), rules.lengths["twitter"]), ("Ciao", 200));
        assert_eq!((told.responsible[0].name.as_str(), told.priority_tags["vip"]), ("Bo", 2));
        assert_eq!(told.opening, Some(wire::Opening { is_open: true, changes_at: None }));
    }

    #[test]
    fn numbers_of_words_are_those_of_the_proto_file() {
        for role in crate::model::AccountRole::ALL {
            let wire = wire::AccountRole::try_from(role.number().cast_signed()).unwrap();
            assert_eq!(wire.as_str_name(), format!("ACCOUNT_ROLE_{}", role.word().to_uppercase()));
        }
        for level in PriorityLevel::ALL {
            let wire = wire::PriorityLevel::try_from(level.number().cast_signed()).unwrap();
            assert_eq!(wire.as_str_name(), format!("PRIORITY_LEVEL_{}", level.word().to_uppercase()));
        }
        for rule in [Rule::Empty, Rule::AvoidedWord, Rule::PersonalData, Rule::Account] {
            let finding =
                Finding { rule, severity: Severity::Warns, span: crate::base::Span::new(0, 1), message: String::new() };
            let name = finding_to_wire(finding).rule().as_str_name();
            assert_eq!(name, format!("REPLY_RULE_{}", rule.word().to_uppercase()));
        }
    }

    #[test]
    fn drafts_are_bounded() {
        let default = wire::CheckReplyRequest::default;
        for (request, said) in [
            (wire::CheckReplyRequest { text: "x".repeat(32 * 1024 + 1), ..default() }, "text: has 32769 bytes"),
            (wire::CheckReplyRequest { agent: "x".repeat(129), ..default() }, "agent: has 129 bytes"),
            (wire::CheckReplyRequest { agent: "a\u{1b}b".into(), ..default() }, "agent: `a\\u{1b}b` has the control"),
            (wire::CheckReplyRequest { account: "x".repeat(257), ..default() }, "account: has 257 bytes"),
            (wire::CheckReplyRequest { brand: "Nord wind".into(), ..default() }, "brand: is no id of a brand"),
        ] {
            let error = draft_from_wire(request).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
        let draft = draft_from_wire(wire::CheckReplyRequest { account: "@care".into(), ..default() }).unwrap();
        assert_eq!(draft.account, "care");
    }
}
