//! What an error tells a program: its details, read as a client in another language would.

use ascolto::proto::v1::CheckQueryResponse;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

/// The stable reason of an error.
pub fn reason(status: &Status) -> String {
    let info = detail::<pb::ErrorInfo>(status, "type.googleapis.com/google.rpc.ErrorInfo");
    info.map(|info| info.reason).unwrap_or_default()
}

/// The figures of an error.
pub fn figure(status: &Status, name: &str) -> Option<String> {
    detail::<pb::ErrorInfo>(status, "type.googleapis.com/google.rpc.ErrorInfo")?.metadata.remove(name)
}

/// The field at fault.
pub fn field(status: &Status) -> Option<String> {
    let bad = detail::<pb::BadRequest>(status, "type.googleapis.com/google.rpc.BadRequest")?;
    Some(bad.field_violations.first()?.field.clone())
}

/// What is wrong with a query.
pub fn problems(status: &Status) -> Option<CheckQueryResponse> {
    detail(status, "type.googleapis.com/ascolto.v1.CheckQueryResponse")
}

/// Fails unless the error has this code and its sentence all of these words.
pub fn assert_says(status: &Status, code: Code, words: &[&str]) {
    assert_eq!(status.code(), code, "{status}");
    for word in words {
        assert!(status.message().contains(word), "no {word:?} in {:?}", status.message());
    }
}

fn detail<M: Message + Default>(status: &Status, type_url: &str) -> Option<M> {
    let whole = pb::Status::decode(status.details()).unwrap();
    let found = whole.details.iter().find(|detail| detail.type_url == type_url)?;
    Some(M::decode(found.value.as_slice()).unwrap())
}
