//! The one place that makes a gRPC status.
//!
//! Every status carries a sentence for people and, in its details, what programs need: a [`pb::ErrorInfo`] with a
//! stable reason and the figures of the error; for a wrong field a [`pb::BadRequest`]; for a query that cannot be run a
//! `CheckQueryResponse` with all problems and their places. Message and details travel in HTTP/2 trailers, so both are
//! bounded.

use std::collections::HashMap;

use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use super::convert::problem_to_wire;
use crate::{
    base::limits::{STATUS_DETAILS_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX},
    care::Refusal,
    engine::EngineError,
    proto::v1 as wire,
    query::Problem,
};

/// Whose reasons these are, as `google.rpc.ErrorInfo` wants it.
pub(crate) const ERROR_DOMAIN: &str = "ascolto";

/// The type of [`pb::ErrorInfo`] in the details of a status.
pub(crate) const ERROR_INFO_URL: &str = "type.googleapis.com/google.rpc.ErrorInfo";
/// Path of a field in the details: it is ours but for an index, and stays far below.
const FIELD_BYTES_MAX: usize = 256;
const BAD_REQUEST_URL: &str = "type.googleapis.com/google.rpc.BadRequest";

/// The type of the problems of a query in the details of a status.
pub(crate) const PROBLEMS_URL: &str = "type.googleapis.com/ascolto.v1.CheckQueryResponse";

/// The status a use case that was not carried out ends with. What is our own fault is logged here.
pub(crate) fn status_from_engine(error: &EngineError) -> Status {
    let message = error.to_string();
    let figure = |name: &str, value: &dyn ToString| (name.to_owned(), value.to_string());
    match error {
        EngineError::InvalidArgument { field, message: description } => {
            let violation = pb::bad_request::FieldViolation {
                field: cut(field, FIELD_BYTES_MAX).to_owned(),
                description: cut(description, STATUS_MESSAGE_BYTES_MAX).to_owned(),
                ..Default::default()
            };
            let bad_request = pb::BadRequest { field_violations: vec![violation] };
            status(
                Code::InvalidArgument,
                "FIELD_INVALID",
                &message,
                [figure("field", field)],
                Some(any(BAD_REQUEST_URL, &bad_request)),
            )
        }
        EngineError::InvalidQuery { problems } => {
            let count = [figure("problems", &problems.len())];
            status(Code::InvalidArgument, "QUERY_INVALID", &message, count, Some(any_problems(problems)))
        }
        EngineError::NotFound { what, .. } => {
            status(Code::NotFound, "NOT_FOUND", &message, [figure("what", what)], None)
        }
        EngineError::AlreadyExists { what, .. } => {
            status(Code::AlreadyExists, "ALREADY_EXISTS", &message, [figure("what", what)], None)
        }
        EngineError::Stale { what, etag, .. } => {
            let figures = [figure("what", what), figure("etag", etag)];
            status(Code::Aborted, "ETAG_STALE", &message, figures, None)
        }
        EngineError::StepRefused { name, refusal } => {
            // Who holds a token that is stale has to claim anew; the same call again never goes through.
            let code =
                if matches!(refusal, Refusal::StaleToken { .. }) { Code::Aborted } else { Code::FailedPrecondition };
            status(code, refusal.reason(), &message, [figure("mention", name)], None)
        }
        EngineError::ReplyRefused { findings } => {
            status(Code::FailedPrecondition, "REPLY_REFUSED", &message, [figure("findings", &findings.len())], None)
        }
        EngineError::ReferredTo { what, by, .. } => {
            let figures = [figure("what", what), figure("by", &by.join(","))];
            status(Code::FailedPrecondition, "REFERRED_TO", &message, figures, None)
        }
        EngineError::FiringOutOfRange { asked, oldest, newest } => {
            let figures = [figure("asked", asked), figure("oldest", oldest), figure("newest", newest)];
            status(Code::OutOfRange, "FIRING_OUT_OF_RANGE", &message, figures, None)
        }
        EngineError::OutOfRange { asked, oldest, newest } => {
            let figures = [figure("asked", asked), figure("oldest", oldest), figure("newest", newest)];
            status(Code::OutOfRange, "SEQ_OUT_OF_RANGE", &message, figures, None)
        }
        EngineError::BadPageToken { .. } => status(Code::InvalidArgument, "PAGE_TOKEN_INVALID", &message, [], None),
        EngineError::ResourceExhausted { .. } => {
            status(Code::ResourceExhausted, "RESOURCE_EXHAUSTED", &message, [], None)
        }
        // The one code that client libraries take as "the same call may go through in a moment".
        EngineError::NotYetVisible { asked, visible } => {
            let figures = [figure("asked", asked), figure("visible", visible)];
            status(Code::Unavailable, "NOT_YET_VISIBLE", &message, figures, None)
        }
        EngineError::Unavailable { .. } => status(Code::Unavailable, "UNAVAILABLE", &message, [], None),
        EngineError::DataLoss { .. } => {
            tracing::error!(%error, "a call met damaged data");
            status(Code::DataLoss, "DATA_LOSS", &message, [], None)
        }
        EngineError::Internal { .. } => {
            tracing::error!(%error, "a call failed");
            status(Code::Internal, "INTERNAL", &message, [], None)
        }
    }
}

/// The stable reason in a status of ours.
pub(crate) fn reason(status: &Status) -> String {
    let whole = pb::Status::decode(status.details()).unwrap_or_default();
    let info = whole.details.iter().find(|detail| detail.type_url == ERROR_INFO_URL);
    info.and_then(|info| pb::ErrorInfo::decode(info.value.as_slice()).ok()).unwrap_or_default().reason
}

/// More mentions in one message than allowed.
pub(crate) fn too_many(field: &str, count: usize, max: usize) -> Status {
    let message = format!("holds {count}, {max} are allowed in one message; split it");
    status_from_engine(&EngineError::InvalidArgument { field: field.to_owned(), message })
}

/// The call ran out of time.
pub(crate) fn deadline_exceeded(limit: std::time::Duration) -> Status {
    let message = format!(
        "the call was not done within {limit:?}; what it asked to record may still be recorded, and asking again is safe"
    );
    status(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", &message, [], None)
}

/// The server is going away.
pub(crate) fn stopping(message: &str) -> Status {
    status(Code::Unavailable, "STOPPING", message, [], None)
}

/// A handler panicked; the panic itself is in the log.
pub(crate) fn panicked() -> Status {
    status(
        Code::Internal,
        "INTERNAL",
        "internal error: the call failed unexpectedly; the server's log says more",
        [],
        None,
    )
}

/// A broken promise between our own rooms.
pub(crate) fn internal(message: &str) -> Status {
    status_from_engine(&EngineError::Internal { message: message.to_owned() })
}

/// The gRPC library speaks of INTERNAL and OUT_OF_RANGE where the client sent what cannot be read or is too long: says
/// instead what is wrong and whose turn it is. Other statuses pass as they are.
pub(crate) fn clearer(status_of_library: Status) -> Status {
    let text = status_of_library.message();
    if status_of_library.code() == Code::Internal && text.starts_with("failed to decode Protobuf message") {
        let message = format!("the message cannot be read: {text}; texts must be valid UTF-8");
        return status(Code::InvalidArgument, "MESSAGE_UNREADABLE", &message, [], None);
    }
    if status_of_library.code() == Code::OutOfRange && text.contains("decoded message length too large") {
        let message = format!("{text}; put less into one message");
        return status(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", &message, [], None);
    }
    if status_of_library.code() == Code::OutOfRange && text.contains("encoded message length too large") {
        let message = format!("the answer is too large: {text}; ask for a smaller page");
        return status(Code::ResourceExhausted, "ANSWER_TOO_LARGE", &message, [], None);
    }
    status_of_library
}

fn status<const N: usize>(
    code: Code,
    reason: &str,
    message: &str,
    figures: [(String, String); N],
    detail: Option<prost_types::Any>,
) -> Status {
    let message = cut(message, STATUS_MESSAGE_BYTES_MAX);
    let metadata: HashMap<String, String> =
        figures.into_iter().map(|(name, value)| (name, cut(&value, FIELD_BYTES_MAX).to_owned())).collect();
    let info = pb::ErrorInfo { reason: reason.to_owned(), domain: ERROR_DOMAIN.to_owned(), metadata };
    let mut details = vec![any(ERROR_INFO_URL, &info)];
    details.extend(detail);
    let whole = pb::Status { code: code.into(), message: message.to_owned(), details };
    Status::with_details(code, message, whole.encode_to_vec().into())
}

fn any(type_url: &str, message: &impl Message) -> prost_types::Any {
    prost_types::Any { type_url: type_url.to_owned(), value: message.encode_to_vec() }
}

/// As many problems as there is room for, from the first; `CheckQuery` tells the rest.
fn any_problems(problems: &[Problem]) -> prost_types::Any {
    // The message stands in the details a second time, and the reason beside it.
    let room_bytes = STATUS_DETAILS_BYTES_MAX - STATUS_MESSAGE_BYTES_MAX - 512;
    let mut response = wire::CheckQueryResponse::default();
    for problem in problems {
        response.problems.push(problem_to_wire(problem));
        if response.encoded_len() > room_bytes {
            response.problems.pop();
            break;
        }
    }
    any(PROBLEMS_URL, &response)
}

/// The beginning of a text, whole letters, at most so many bytes.
fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests;
