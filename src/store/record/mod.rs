//! Versions, saved searches, author lists, durable subscriptions and alerts as the records that lie in the log, and back.
//!
//! Reading trusts nothing: a number no word stands for, or a part that is missing, is an error that says which.

mod alert;
mod argument;
mod desk;
mod read;
#[cfg(test)]
mod tests;
mod webhook;
mod write;

pub(super) use alert::{
    decode_alert, decode_alert_state, decode_firing, encode_alert, encode_alert_state, encode_firing,
};
pub(super) use argument::{decode_argument, encode_argument};
use prost::Message as _;
pub(super) use webhook::{
    decode_dead_letter, decode_webhook, decode_webhook_state, encode_dead_letter, encode_webhook, encode_webhook_state,
};

use crate::{
    base::Timestamp,
    model::{AuthorList, Desk, DurableSubscription, Label, Rest, SavedSearch, SavedSearchRevision, Version},
    proto::record::{
        AuthorListRecord, DurableSubscriptionRecord, LabelRecord, SavedSearchRecord, SavedSearchRevisionRecord,
        VersionRecord,
    },
};

/// Writes the version over the buffer.
pub(super) fn encode_version(version: &Version, buffer: &mut Vec<u8>) -> Result<(), prost::EncodeError> {
    buffer.clear();
    write::version(version).encode(buffer)
}

/// Reads a version; the error says what is wrong with it.
pub(super) fn decode_version(body: &[u8]) -> Result<Version, String> {
    read::version(VersionRecord::decode(body).map_err(|error| error.to_string())?)
}

pub(super) fn encode_saved_search(search: &SavedSearch) -> Vec<u8> {
    write::saved_search(search).encode_to_vec()
}

pub(super) fn decode_saved_search(body: &[u8]) -> Result<SavedSearch, String> {
    read::saved_search(SavedSearchRecord::decode(body).map_err(|error| error.to_string())?)
}

pub(super) fn encode_revision(revision: &SavedSearchRevision) -> Vec<u8> {
    write::saved_search_revision(revision).encode_to_vec()
}

pub(super) fn decode_revision(body: &[u8]) -> Result<SavedSearchRevision, String> {
    read::saved_search_revision(SavedSearchRevisionRecord::decode(body).map_err(|error| error.to_string())?)
}

pub(super) fn encode_author_list(list: &AuthorList) -> Vec<u8> {
    write::author_list(list).encode_to_vec()
}

pub(super) fn decode_author_list(body: &[u8]) -> Result<AuthorList, String> {
    read::author_list(AuthorListRecord::decode(body).map_err(|error| error.to_string())?)
}

pub(super) fn encode_label(label: &Label) -> Vec<u8> {
    write::label(label).encode_to_vec()
}

pub(super) fn decode_label(body: &[u8]) -> Result<Label, String> {
    read::label(LabelRecord::decode(body).map_err(|error| error.to_string())?)
}

pub(super) fn encode_durable_subscription(subscription: &DurableSubscription) -> Vec<u8> {
    write::durable_subscription(subscription).encode_to_vec()
}

pub(super) fn decode_durable_subscription(body: &[u8]) -> Result<DurableSubscription, String> {
    read::durable_subscription(DurableSubscriptionRecord::decode(body).map_err(|error| error.to_string())?)
}

/// Cuts the times to what is stored, so that a version is the same before and after it was.
pub(super) fn cut_to_microseconds(version: &mut Version) {
    let times = [
        &mut version.recorded_at,
        &mut version.ingested_at,
        &mut version.mention.created_at,
        &mut version.mention.observed_at,
        &mut version.course.began_at,
    ];
    let corrected_at = version.correction.as_mut().map(|correction| &mut correction.corrected_at);
    let due = version.due.iter_mut().flat_map(|due| [&mut due.soon_at, &mut due.at]);
    let desk = version.desk.iter_mut().flat_map(|desk| times_of(desk));
    for time in times.into_iter().chain(corrected_at).chain(due).chain(desk) {
        *time = Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(*time);
    }
}

fn times_of(desk: &mut Desk) -> impl Iterator<Item = &mut Timestamp> {
    let until = match &mut desk.rest {
        Some(Rest::Snoozed { until }) => Some(until),
        _ => None,
    };
    let expires_at = desk.claim.as_mut().map(|claim| &mut claim.expires_at);
    let noted_at = desk.notes.iter_mut().map(|note| &mut note.at);
    until.into_iter().chain(expires_at).chain(desk.reopened_at.as_mut()).chain(noted_at)
}
