use super::{Brands, priority::level_at_first, target::promised};
use crate::{
    base::Timestamp,
    model::{Due, Rest, Sla, Version},
};

/// A mention that comes in later than this many hours after it was written is history.
const HISTORY_HOURS: i64 = 7 * 24;

/// By when an answer is promised, and how that stands; `None` where nobody asked or promised anything. `answered_at` is when the answer
/// was written, where there is one.
///
/// While the customer waits, only [`next_sla`] moves how it stands, so that each step is recorded once; the answer decides it for good. A
/// promise of which a step is recorded stays as it is, unless the mention was opened again behind it.
#[must_use]
pub fn due(version: &Version, answered_at: Option<Timestamp>, brands: &Brands) -> Option<Due> {
    if version.repeats.is_some() || !version.understanding.needs_reply.asked || version.understanding.is_own() {
        return None;
    }
    let since = version.desk().reopened_at.map_or(version.mention.created_at, |at| at.max(version.mention.created_at));
    let kept = version.due.filter(|due| due.sla != Sla::Ok && since <= due.at);
    let due = match kept {
        Some(kept) => kept,
        None => made(version, since, brands)?,
    };
    let sla = match answered_at {
        None => due.sla,
        Some(answered_at) if answered_at < due.at => Sla::Ok,
        Some(_) => Sla::Breached,
    };
    Some(Due { sla, ..due })
}

/// How the promise stands next, once that moment has come; `None` where it stays as it is.
#[must_use]
pub fn next_sla(version: &Version) -> Option<(Timestamp, Sla)> {
    let due = version.due.filter(|_| version.status.is_open())?;
    match due.sla {
        Sla::Ok => Some((due.soon_at, Sla::DueSoon)),
        Sla::DueSoon => Some((due.at, Sla::Breached)),
        Sla::Breached => None,
    }
}

/// The first moment at which time alone changes something of a mention; `None` where it never does.
#[must_use]
pub fn tick_at(version: &Version) -> Option<Timestamp> {
    let desk = version.desk();
    let woken = match &desk.rest {
        Some(Rest::Snoozed { until }) => Some(*until),
        _ => None,
    };
    let expires = desk.claim.iter().map(|claim| claim.expires_at);
    expires.chain(woken).chain(next_sla(version).map(|(at, _)| at)).min()
}

/// The promise for what waits since this moment: of several brands the one that has promised most.
fn made(version: &Version, since: Timestamp, brands: &Brands) -> Option<Due> {
    let mention = &version.mention;
    // What was written long before it came in is history, which nobody has promised to answer.
    if version.ingested_at.duration_since(mention.created_at).as_hours() > HISTORY_HOURS {
        return None;
    }
    let level = level_at_first(version, brands);
    let is_first = version.course.brand_turns == 0;
    let profiles = version.understanding.brands.iter().filter_map(|brand| brands.get(&brand.brand));
    let promises = profiles.filter_map(|brand| promised(brand, &mention.name.platform, level, is_first, since));
    let (soon_at, at) = promises.min_by_key(|(_, at)| *at)?;
    Some(Due { soon_at, at, sla: Sla::Ok })
}

#[cfg(test)]
mod tests;
