use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use prost::Message;
use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::pb;

use crate::{
    proto::v1 as wire,
    server::{
        metrics::code_name,
        status::{ERROR_INFO_URL, PROBLEMS_URL},
    },
};

/// What a request is answered with that cannot be carried out: `{"error": {…}}` and the HTTP status of the gRPC code.
#[derive(Debug)]
pub(super) struct HttpError {
    http: StatusCode,
    status: &'static str,
    reason: String,
    message: String,
    metadata: std::collections::BTreeMap<String, String>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    code: u16,
    status: &'a str,
    reason: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    metadata: &'a std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "<[Problem]>::is_empty")]
    problems: &'a [Problem],
}

#[derive(Debug, Serialize)]
struct Problem {
    severity: &'static str,
    code: String,
    start: u32,
    end: u32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

impl HttpError {
    fn new(http: StatusCode, status: &'static str, reason: &str, message: impl Into<String>) -> Self {
        let (reason, message) = (reason.to_owned(), message.into());
        Self { http, status, reason, message, metadata: Default::default(), problems: Vec::new() }
    }

    /// The request itself cannot be understood.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", "REQUEST_UNREADABLE", message)
    }

    pub(super) fn too_large(bytes_max: usize) -> Self {
        let message = format!("the body is larger than the {bytes_max} bytes that are allowed; split it");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE", message)
    }

    pub(super) fn not_json() -> Self {
        let message = "the body must be declared as JSON: send the header `Content-Type: application/json`";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "INVALID_ARGUMENT", "NOT_JSON", message)
    }

    pub(super) fn no_such_address(path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        let message = format!("there is nothing at `{path}`; `/` lists the addresses");
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "ADDRESS_UNKNOWN", message)
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "this address does not take this method; `/` lists the addresses with theirs";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED", message)
    }

    pub(super) fn body_too_slow(limit: std::time::Duration) -> Self {
        let message = format!("the body did not arrive within {limit:?}");
        Self::new(StatusCode::REQUEST_TIMEOUT, "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", message)
    }

    /// The same as a gRPC client is told, details included.
    pub(super) fn from_status(status: &Status) -> Self {
        let mut error = Self::new(http_status(status.code()), code_name(status.code()), "", status.message());
        let details = pb::Status::decode(status.details()).unwrap_or_default().details;
        for detail in details {
            match detail.type_url.as_str() {
                ERROR_INFO_URL => {
                    let info = pb::ErrorInfo::decode(detail.value.as_slice()).unwrap_or_default();
                    error.reason = info.reason;
                    error.metadata = info.metadata.into_iter().collect();
                }
                PROBLEMS_URL => {
                    let checked = wire::CheckQueryResponse::decode(detail.value.as_slice()).unwrap_or_default();
                    error.problems = checked.problems.into_iter().map(Problem::from_wire).collect();
                }
                _ => {}
            }
        }
        if error.reason.is_empty() {
            code_name(status.code()).clone_into(&mut error.reason);
        }
        if error.reason == "MESSAGE_TOO_LARGE" {
            error.http = StatusCode::PAYLOAD_TOO_LARGE;
        }
        error
    }

    /// As the body of an answer, and as the data of an event.
    pub(super) fn to_json(&self) -> String {
        let error = Content {
            code: self.http.as_u16(),
            status: self.status,
            reason: &self.reason,
            message: &self.message,
            metadata: &self.metadata,
            problems: &self.problems,
        };
        // Strings and numbers always become JSON.
        serde_json::to_string(&Envelope { error }).unwrap_or_default()
    }
}

impl Problem {
    fn from_wire(problem: wire::Problem) -> Self {
        Self {
            severity: problem.severity().as_str_name(),
            code: problem.code,
            start: problem.start,
            end: problem.end,
            message: problem.message,
            suggestion: problem.suggestion,
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        (self.http, [(header::CONTENT_TYPE, "application/json")], self.to_json()).into_response()
    }
}

/// As `google.rpc.Code` lays down.
fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        // 499: the client closed the request.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Seq, Span},
        engine::EngineError,
        query::{Problem, ProblemCode, Severity},
        server::status::status_from_engine,
    };

    fn json(error: &EngineError) -> serde_json::Value {
        serde_json::from_str(&HttpError::from_status(&status_from_engine(error)).to_json()).unwrap()
    }

    #[test]
    fn an_error_has_code_reason_and_figures() {
        let error = EngineError::OutOfRange { asked: Seq(1), oldest: Seq(5), newest: Seq(9) };
        let expected = serde_json::json!({"error": {
            "code": 400, "status": "OUT_OF_RANGE", "reason": "SEQ_OUT_OF_RANGE",
            "message": "seq 1 is not available: the log holds 5 to 9",
            "metadata": {"asked": "1", "oldest": "5", "newest": "9"},
        }});
        assert_eq!(json(&error), expected);
    }

    #[test]
    fn a_bad_query_shows_its_problems() {
        let problem = Problem {
            severity: Severity::Error,
            code: ProblemCode::LowerCaseOperator,
            span: Span::new(5, 8),
            message: "operators are upper case".to_owned(),
            suggestion: Some("AND".to_owned()),
        };
        let shown = json(&EngineError::InvalidQuery { problems: vec![problem] });
        let expected = serde_json::json!([{
            "severity": "SEVERITY_ERROR", "code": "LOWER_CASE_OPERATOR", "start": 5, "end": 8,
            "message": "operators are upper case", "suggestion": "AND",
        }]);
        assert_eq!(shown["error"]["problems"], expected);
        assert_eq!(shown["error"]["code"], 400);
    }

    #[test]
    fn a_status_without_details_still_has_a_reason() {
        let error = HttpError::from_status(&Status::unimplemented("not here"));
        assert_eq!((error.http.as_u16(), error.reason.as_str()), (501, "UNIMPLEMENTED"));
    }
}
