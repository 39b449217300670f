use super::Brands;
use crate::{
    base::Timestamp,
    model::{Due, Rest, Sla, Version},
};

/// By when an answer is promised, and how that stands; `None` where nobody asked or promised anything. `answered_at` is when the answer
/// was written, where there is one.
///
/// While the customer waits, only [`next_sla`] moves how it stands, so that each step is recorded once; the answer decides it for good.
#[must_use]
pub fn due(version: &Version, answered_at: Option<Timestamp>, brands: &Brands) -> Option<Due> {
    if version.repeats.is_some() || !version.understanding.needs_reply.asked || version.understanding.is_own() {
        return None;
    }
    let (soon_at, at) = promised(version, brands)?;
    let before = version.due.filter(|due| due.at == at).map_or(Sla::Ok, |due| due.sla);
    let sla = match answered_at {
        None => before,
        Some(answered_at) if answered_at < at => Sla::Ok,
        Some(_) => Sla::Breached,
    };
    Some(Due { soon_at, at, sla })
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

/// When the answer is due soon, and when it is due.
fn promised(_version: &Version, _brands: &Brands) -> Option<(Timestamp, Timestamp)> {
    None
}
