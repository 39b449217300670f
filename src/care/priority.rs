use super::Brands;
use crate::model::{Intent, Kind, Priority, PriorityKind, PriorityLevel, PriorityPart, SentimentLabel, Sla, Version};

/// Followers from which an author reaches many.
const FOLLOWERS_MANY: u64 = 10_000;
/// Followers from which an author reaches very many.
const FOLLOWERS_VERY_MANY: u64 = 100_000;
/// Reactions to the mention itself from which many have read it.
const REACTIONS_MANY: u64 = 500;

/// Points from which a priority is of this level; below the first it is low.
const LEVELS: [(i32, PriorityLevel); 3] =
    [(6, PriorityLevel::Urgent), (3, PriorityLevel::High), (1, PriorityLevel::Normal)];

/// How soon a mention should be answered; `None` where nobody waits.
#[must_use]
pub fn priority(version: &Version, brands: &Brands) -> Option<Priority> {
    if !version.status.is_open() {
        return None;
    }
    let parts = parts(version, brands);
    Some(Priority { level: level(&parts), parts })
}

/// The level without what waiting adds: what a promise goes by, which must not be moved by its own being late.
#[must_use]
pub(super) fn level_at_first(version: &Version, brands: &Brands) -> PriorityLevel {
    let mut parts = parts(version, brands);
    parts.retain(|part| !matches!(part.kind, PriorityKind::Waiting | PriorityKind::Escalated));
    level(&parts)
}

fn level(parts: &[PriorityPart]) -> PriorityLevel {
    let points: i32 = parts.iter().map(|part| part.points).sum();
    LEVELS.iter().find(|(from, _)| points >= *from).map_or(PriorityLevel::Low, |(_, level)| *level)
}

fn parts(version: &Version, brands: &Brands) -> Vec<PriorityPart> {
    let (mention, understanding) = (&version.mention, &version.understanding);
    let mut parts = vec![part(PriorityKind::Asks, 1, String::new())];
    let mut add = |kind, points, detail| parts.push(part(kind, points, detail));
    if mention.kind == Kind::Dm {
        add(PriorityKind::PrivateMessage, 2, String::new());
    }
    if version.course.is_conflict {
        let detail = format!("{} hostile turns in a row, with an answer between", version.course.hostile_turns);
        add(PriorityKind::Conflict, 3, detail);
    }
    if let Some((points, detail)) = reach(version) {
        add(PriorityKind::Reach, points, detail);
    }
    if understanding.sentiment.label == SentimentLabel::Negative {
        add(PriorityKind::Negative, 2, String::new());
    }
    match version.due.map(|due| due.sla) {
        Some(Sla::DueSoon) => add(PriorityKind::Waiting, 2, "the answer is due soon".to_owned()),
        Some(Sla::Breached) => add(PriorityKind::Waiting, 3, "the answer is late".to_owned()),
        Some(Sla::Ok) | None => {}
    }
    if understanding.intents.iter().any(|judged| judged.intent == Intent::Purchase) {
        add(PriorityKind::PurchaseIntent, 2, String::new());
    }
    if let Some(escalation) = &version.desk().escalation {
        add(PriorityKind::Escalated, 4, escalation.reason.clone());
    }
    let rules = understanding.brands.iter().filter_map(|brand| brands.get(&brand.brand)).flat_map(|b| &b.priority_tags);
    let tags = || mention.tags.iter().chain(understanding.tags.iter().map(|set| &set.tag));
    for (tag, points) in rules.filter(|(tag, _)| tags().any(|has| has.eq_ignore_ascii_case(tag))) {
        add(PriorityKind::Rule, *points, tag.clone());
    }
    parts
}

fn reach(version: &Version) -> Option<(i32, String)> {
    let followers = version.mention.author.followers.unwrap_or(0);
    let engagement = version.mention.engagement;
    let reactions = [engagement.likes, engagement.reposts, engagement.replies].into_iter().flatten();
    let reactions = reactions.fold(0_u64, u64::saturating_add);
    match (followers, reactions) {
        (FOLLOWERS_VERY_MANY.., _) => Some((2, format!("{followers} followers"))),
        (FOLLOWERS_MANY.., _) => Some((1, format!("{followers} followers"))),
        (_, REACTIONS_MANY..) => Some((1, format!("{reactions} reactions"))),
        _ => None,
    }
}

const fn part(kind: PriorityKind, points: i32, detail: String) -> PriorityPart {
    PriorityPart { kind, points, detail }
}
