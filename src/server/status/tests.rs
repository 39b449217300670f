use super::*;
use crate::{
    base::{Seq, Span},
    query::{ProblemCode, Severity},
};

fn problem(message: String) -> Problem {
    Problem {
        severity: Severity::Error,
        code: ProblemCode::UnknownField,
        span: Span::new(3, 11),
        message,
        suggestion: Some("lang:".to_owned()),
    }
}

fn details(status: &Status) -> pb::Status {
    pb::Status::decode(status.details()).unwrap()
}

fn info(status: &Status) -> pb::ErrorInfo {
    let details = details(status);
    let any = details.details.iter().find(|any| any.type_url == ERROR_INFO_URL).unwrap();
    pb::ErrorInfo::decode(any.value.as_slice()).unwrap()
}

fn problems(status: &Status) -> Vec<wire::Problem> {
    let details = details(status);
    let any = details.details.iter().find(|any| any.type_url == PROBLEMS_URL).unwrap();
    wire::CheckQueryResponse::decode(any.value.as_slice()).unwrap().problems
}

#[test]
fn every_error_has_its_code_and_reason() {
    let text = || "x".to_owned();
    let table = [
        (EngineError::InvalidArgument { field: text(), message: text() }, Code::InvalidArgument, "FIELD_INVALID"),
        (EngineError::InvalidQuery { problems: vec![problem(text())] }, Code::InvalidArgument, "QUERY_INVALID"),
        (EngineError::NotFound { what: "mention", name: text() }, Code::NotFound, "NOT_FOUND"),
        (EngineError::AlreadyExists { what: "saved search", name: text() }, Code::AlreadyExists, "ALREADY_EXISTS"),
        (
            EngineError::OutOfRange { asked: Seq(1), oldest: Seq(5), newest: Seq(9) },
            Code::OutOfRange,
            "SEQ_OUT_OF_RANGE",
        ),
        (EngineError::BadPageToken { message: text() }, Code::InvalidArgument, "PAGE_TOKEN_INVALID"),
        (EngineError::ResourceExhausted { message: text() }, Code::ResourceExhausted, "RESOURCE_EXHAUSTED"),
        (EngineError::NotYetVisible { asked: Seq(9), visible: Seq(5) }, Code::Unavailable, "NOT_YET_VISIBLE"),
        (EngineError::Unavailable { message: text() }, Code::Unavailable, "UNAVAILABLE"),
        (EngineError::DataLoss { message: text() }, Code::DataLoss, "DATA_LOSS"),
        (EngineError::Internal { message: text() }, Code::Internal, "INTERNAL"),
    ];
    for (error, code, reason) in table {
        let status = status_from_engine(&error);
        assert_eq!((status.code(), info(&status).reason.as_str()), (code, reason), "{error:?}");
        assert_eq!(status.message(), error.to_string());
        assert_eq!(info(&status).domain, ERROR_DOMAIN);
    }
}

#[test]
fn a_cursor_outside_the_log_comes_with_the_oldest_and_newest() {
    let status = status_from_engine(&EngineError::OutOfRange { asked: Seq(1), oldest: Seq(5), newest: Seq(9) });
    let figures = info(&status).metadata;
    assert_eq!((figures["asked"].as_str(), figures["oldest"].as_str(), figures["newest"].as_str()), ("1", "5", "9"));
}

#[test]
fn problems_of_a_query_keep_code_place_and_mend() {
    let status = status_from_engine(&EngineError::InvalidQuery { problems: vec![problem("no such field".to_owned())] });
    let problems = problems(&status);
    let first = &problems[0];
    assert_eq!((first.code.as_str(), first.start, first.end), ("UNKNOWN_FIELD", 3, 11));
    assert_eq!((first.message.as_str(), first.suggestion.as_deref()), ("no such field", Some("lang:")));
}

#[test]
fn nothing_is_longer_than_trailers_bear() {
    let long = "ю".repeat(20_000);
    let errors = [
        EngineError::InvalidArgument { field: long.clone(), message: long.clone() },
        EngineError::NotFound { what: "mention", name: long.clone() },
        EngineError::Internal { message: long.clone() },
        EngineError::InvalidQuery { problems: vec![problem(long)] },
        EngineError::InvalidQuery { problems: (0..50).map(|n| problem(format!("{n} {}", "x".repeat(150)))).collect() },
    ];
    for error in errors {
        let status = status_from_engine(&error);
        assert!(status.message().len() <= STATUS_MESSAGE_BYTES_MAX, "{}", status.message().len());
        assert!(status.details().len() <= STATUS_DETAILS_BYTES_MAX, "{}", status.details().len());
    }
}

#[test]
fn problems_that_do_not_fit_are_counted_and_the_first_are_kept() {
    let many = (0..50).map(|n| problem(format!("{n} {}", "x".repeat(150)))).collect();
    let status = status_from_engine(&EngineError::InvalidQuery { problems: many });
    assert_eq!(info(&status).metadata["problems"], "50");
    let kept = problems(&status);
    assert!(kept.len() > 5 && kept[0].message.starts_with("0 "), "{}", kept.len());
}

#[test]
fn the_library_is_made_to_speak_clearly() {
    let utf8 = wire::IngestBatchRequest::decode(&b"\x0a\x03\x32\x01\xff"[..]).unwrap_err();
    let unreadable = clearer(Status::internal(utf8.to_string()));
    assert_eq!(unreadable.code(), Code::InvalidArgument);
    assert!(unreadable.message().contains("Mention.text"), "{}", unreadable.message());

    let long = clearer(Status::out_of_range("Error, decoded message length too large: found 9 bytes"));
    assert_eq!((long.code(), info(&long).reason.as_str()), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));

    let answer = clearer(Status::out_of_range("Error, encoded message length too large: found 9 bytes"));
    assert_eq!((answer.code(), info(&answer).reason.as_str()), (Code::ResourceExhausted, "ANSWER_TOO_LARGE"));

    let other = clearer(Status::internal("a fault of ours"));
    assert_eq!((other.code(), other.message()), (Code::Internal, "a fault of ours"));
}
