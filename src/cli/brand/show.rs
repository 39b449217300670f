use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::{
    cli::{
        exit::Failure,
        output::Output,
        render::{
            escape::escape,
            style::{STRONG, styled},
            table::{pairs, table},
            time, words,
        },
    },
    client::Client,
    proto::v1::{Brand, Coverage, DayHours, ListBrandsRequest, PriorityLevel, ReplyRules},
};

/// A table, or a JSON document for each brand.
pub(super) async fn list(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut request = ListBrandsRequest::default();
    loop {
        let page = client.brands().list_brands(request.clone()).await?.into_inner();
        for brand in page.brands {
            if output.is_json() {
                output.json_line(&brand)?;
            } else {
                let accounts = brand.accounts.len().to_string();
                let answers = answers(&brand);
                rows.push(vec![brand.id, brand.title, accounts, answers, brand.query]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if output.is_json() {
        return Ok(());
    }
    if rows.is_empty() {
        return output.note("there are no brands; `ascolto serve --index-config DIR` reads them from DIR/brands.toml");
    }
    for line in table(&["id", "title", "accounts", "answers", "query"], &rows, &[2], output.width()) {
        output.line(&line)?;
    }
    Ok(())
}

/// Everything about one brand.
pub(super) fn one(brand: &Brand, output: &mut Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(brand);
    }
    let mut facts = vec![
        ("id", escape(&brand.id).into_owned()),
        ("title", escape(&brand.title).into_owned()),
        ("query", escape(&brand.query).into_owned()),
        ("reply threshold", brand.reply_threshold.to_string()),
        ("answers", answers(brand)),
    ];
    if let Some(coverage) = &brand.coverage {
        facts.push(("time zone", escape(&coverage.time_zone).into_owned()));
    }
    for line in pairs(&facts) {
        output.line(&line)?;
    }
    let accounts = brand.accounts.iter().map(|account| {
        vec![account.platform.clone(), format!("@{}", account.handle), words::account_role(account.role())]
    });
    section("accounts", &["platform", "handle", "role"], accounts, &[], output)?;
    section("coverage", &["day", "hours"], brand.coverage.iter().flat_map(coverage_rows), &[], output)?;
    let targets = brand.targets.iter().map(|target| {
        let minutes = |minutes: Option<u32>| minutes.map_or_else(String::new, |minutes| minutes.to_string());
        let priority = match target.priority() {
            PriorityLevel::Unspecified => "any".to_owned(),
            level => words::priority(level),
        };
        let platform = if target.platform.is_empty() { "any" } else { &target.platform };
        vec![
            platform.to_owned(),
            priority,
            minutes(target.first_reply_minutes),
            minutes(target.next_reply_minutes),
            target.due_soon_minutes.map_or_else(|| "a quarter".to_owned(), |minutes| minutes.to_string()),
        ]
    });
    let head = ["platform", "priority", "first reply, min", "next, min", "due soon before, min"];
    section("reply targets", &head, targets, &[2, 3, 4], output)?;
    let responsible = brand.responsible.iter().map(|one| {
        let topic = if one.topic.is_empty() { "everything else" } else { &one.topic };
        vec![topic.to_owned(), one.name.clone(), one.contact.clone()]
    });
    section("responsible", &["topic", "name", "contact"], responsible, &[], output)?;
    let rules = brand.reply_rules.iter().flat_map(rule_rows);
    section("rules for answers", &["rule", "value"], rules, &[], output)?;
    let tags: BTreeMap<_, _> = brand.priority_tags.iter().collect();
    let tags = tags.into_iter().map(|(tag, points)| vec![tag.clone(), points.to_string()]);
    section("priority by tag", &["tag", "points"], tags, &[1], output)
}

/// A table under a head; nothing where there are no rows.
fn section(
    title: &str,
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    numbers: &[usize],
    output: &mut Output,
) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(&styled(STRONG, title))?;
    table(head, &rows, numbers, output.width()).iter().try_for_each(|line| output.line(line))
}

/// Whether it answers now, and until when; in the zone of the reader.
fn answers(brand: &Brand) -> String {
    if brand.coverage.is_none() {
        return "round the clock".to_owned();
    }
    let Some(opening) = &brand.opening else { return String::new() };
    let state = if opening.is_open { "now, until" } else { "not now, from" };
    match &opening.changes_at {
        Some(at) => format!("{state} {}", time::minute(Some(at), &TimeZone::system())),
        None if opening.is_open => "now".to_owned(),
        None => "not within two years".to_owned(),
    }
}

/// Days with the same hours as the day before them in one row.
fn coverage_rows(coverage: &Coverage) -> Vec<Vec<String>> {
    let mut rows: Vec<(String, String, &[String])> = Vec::new();
    for DayHours { day, hours } in &coverage.week {
        match rows.last_mut() {
            Some((_, last, same)) if *same == hours.as_slice() => last.clone_from(day),
            _ => rows.push((day.clone(), day.clone(), hours)),
        }
    }
    let week = rows.into_iter().map(|(first, last, hours)| {
        let days = if first == last { first } else { format!("{first} to {last}") };
        vec![days, in_words(hours)]
    });
    let exceptions = coverage.exceptions.iter().map(|it| vec![it.day.clone(), in_words(&it.hours)]);
    week.chain(exceptions).collect()
}

fn in_words(hours: &[String]) -> String {
    if hours.is_empty() { "closed".to_owned() } else { hours.join(", ") }
}

fn rule_rows(rules: &ReplyRules) -> Vec<Vec<String>> {
    let greetings: BTreeMap<_, _> = rules.greetings.iter().collect();
    let lengths: BTreeMap<_, _> = rules.lengths.iter().collect();
    let mut rows = vec![("signature".to_owned(), rules.signature.clone())];
    let greeting = |(language, them): (&String, &crate::proto::v1::Phrases)| {
        (format!("greeting in {language}"), them.phrases.join(", "))
    };
    rows.extend(greetings.into_iter().map(greeting));
    rows.push(("avoid".to_owned(), rules.avoid.join(", ")));
    rows.extend(lengths.into_iter().map(|(platform, max)| (format!("length on {platform}"), max.to_string())));
    rows.push(("numbers like".to_owned(), rules.number_patterns.join(", ")));
    rows.push(("own contacts".to_owned(), rules.contacts.join(", ")));
    rows.push(("exclamation marks".to_owned(), rules.exclamations_max.map_or_else(String::new, |max| max.to_string())));
    rows.extend(rules.accounts.iter().map(|rule| {
        let language = Some(&rule.language).filter(|it| !it.is_empty()).map(|it| format!(" in {it}"));
        let product = Some(&rule.product).filter(|it| !it.is_empty()).map(|it| format!(" about {it}"));
        let (language, product) = (language.unwrap_or_default(), product.unwrap_or_default());
        (format!("answers on {}{language}{product}", rule.platform), format!("@{}", rule.handle))
    }));
    rows.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| vec![name, value]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_the_same_hours_are_one_row() {
        let day = |day: &str, hours: &[&str]| DayHours {
            day: day.to_owned(),
            hours: hours.iter().map(|it| (*it).to_owned()).collect(),
        };
        let coverage = Coverage {
            time_zone: "UTC".to_owned(),
            week: vec![
                day("monday", &["05:00-13:00", "14:00-20:00"]),
                day("tuesday", &["05:00-13:00", "14:00-20:00"]),
                day("wednesday", &["09:00-10:00"]),
                day("thursday", &["05:00-13:00", "14:00-20:00"]),
                day("friday", &[]),
                day("saturday", &[]),
                day("sunday", &[]),
            ],
            exceptions: vec![day("12-25", &[])],
        };
        assert_eq!(
            coverage_rows(&coverage),
            [
                ["monday to tuesday", "05:00-13:00, 14:00-20:00"],
                ["wednesday", "09:00-10:00"],
                ["thursday", "05:00-13:00, 14:00-20:00"],
                ["friday to sunday", "closed"],
                ["12-25", "closed"],
            ]
        );
    }
}
