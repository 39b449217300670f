use std::{error::Error, sync::Arc};

use axum::{
    RequestExt, Router,
    body::{Body, to_bytes},
    extract::{RawPathParams, Request},
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderValue, Method, Version, header};
use http_body_util::{BodyExt, LengthLimitError};
use prost_reflect::{MessageDescriptor, MethodDescriptor};
use serde_json::Value;
use tonic::{Code, Status};
use tower::ServiceExt;

use super::{
    bindings::{Binding, Verb},
    error::HttpError,
    json::Json,
    parameters::{as_json, parameters, path_fields},
};
use crate::{
    base::limits::MESSAGE_BYTES_MAX,
    server::{
        ServerOptions,
        status::{clearer, internal},
    },
};

/// From this size on JSON is read and written off the threads that serve everyone: it takes more than 500 µs.
const BLOCKING_BYTES_MIN: usize = 64 * 1024;
/// A gRPC message in a body: one byte for compression, four for the length.
const FRAME_HEAD_BYTES: usize = 5;

/// Turns HTTP requests into gRPC calls in the same process.
pub(super) struct Gateway {
    pub(super) grpc: Router,
    pub(super) json: Arc<Json>,
    pub(super) options: Arc<ServerOptions>,
}

impl Gateway {
    /// Carries out the call behind an address.
    pub(super) async fn answer(self: Arc<Self>, binding: &'static Binding, request: Request) -> Response {
        match self.carry_out(binding, request).await {
            Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
            Err(error) => error.into_response(),
        }
    }

    async fn carry_out(self: Arc<Self>, binding: &Binding, mut request: Request) -> Result<String, HttpError> {
        let method = self
            .json
            .method(binding.method)
            .ok_or_else(|| HttpError::from_status(&internal(&format!("address {} has no method", binding.path))))?;
        let variables = request.extract_parts::<RawPathParams>().await;
        let variables = variables.map_err(|error| HttpError::bad_request(error.to_string()))?;
        let deadline = request.headers().get("grpc-timeout").cloned();
        let from_address = path_fields(variables.iter());
        let text = match binding.verb {
            Verb::Post => self.body(request).await?,
            Verb::Get | Verb::Delete => from_query(&method.input(), request.uri(), from_address)?,
        };
        let message = self.read(method.input(), text).await.map_err(|message| {
            HttpError::bad_request(format!("the request is no {}: {message}", method.input().name()))
        })?;
        let answer = self.call(&method, &message, deadline).await.map_err(|status| HttpError::from_status(&status))?;
        self.write(method.output(), answer).await.map_err(|message| HttpError::from_status(&internal(&message)))
    }

    /// The body of a `POST`, bounded in size and time.
    async fn body(&self, request: Request) -> Result<Bytes, HttpError> {
        if request.uri().query().is_some_and(|query| !query.is_empty()) {
            return Err(HttpError::bad_request("a POST has its fields in the body; leave out the query string"));
        }
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(HttpError::not_json());
        }
        let limit = self.options.request_timeout;
        let body = tokio::time::timeout(limit, to_bytes(request.into_body(), MESSAGE_BYTES_MAX)).await;
        body.map_err(|_| HttpError::body_too_slow(limit))?.map_err(|error| {
            if error.source().is_some_and(|source| source.is::<LengthLimitError>()) {
                HttpError::too_large(MESSAGE_BYTES_MAX)
            } else {
                HttpError::bad_request(format!("the body broke off: {error}"))
            }
        })
    }

    async fn read(&self, message: MessageDescriptor, text: Bytes) -> Result<Vec<u8>, String> {
        let json = self.json.clone();
        off_thread_if(text.len() >= BLOCKING_BYTES_MIN, move || json.read(message, &text)).await
    }

    async fn write(&self, message: MessageDescriptor, bytes: Bytes) -> Result<String, String> {
        let json = self.json.clone();
        off_thread_if(bytes.len() >= BLOCKING_BYTES_MIN, move || json.write(message, &bytes)).await
    }

    /// Calls the service as a gRPC client would, without a socket between.
    async fn call(
        &self,
        method: &MethodDescriptor,
        message: &[u8],
        deadline: Option<HeaderValue>,
    ) -> Result<Bytes, Status> {
        let mut request = Request::new(Body::from(frame(message)?));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        *request.uri_mut() = path.parse().map_err(|_| internal("a method's name is no address"))?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        if let Some(deadline) = deadline {
            headers.insert("grpc-timeout", deadline);
        }

        let Ok(response) = self.grpc.clone().oneshot(request).await;
        if let Some(status) = Status::from_header_map(response.headers()) {
            refuse(status)?;
        }
        let body = response.into_body().collect().await;
        let body = body.map_err(|error| internal(&format!("an answer broke off: {error}")))?;
        if let Some(status) = body.trailers().and_then(Status::from_header_map) {
            refuse(status)?;
        }
        let bytes = body.to_bytes();
        if bytes.len() < FRAME_HEAD_BYTES {
            return Err(internal("an answer has no message"));
        }
        Ok(bytes.slice(FRAME_HEAD_BYTES..))
    }
}

fn refuse(status: Status) -> Result<(), Status> {
    if status.code() == Code::Ok { Ok(()) } else { Err(clearer(status)) }
}

fn frame(message: &[u8]) -> Result<Bytes, Status> {
    let length =
        u32::try_from(message.len()).map_err(|_| internal("a message of 4 GiB came through the body limit"))?;
    let mut frame = BytesMut::with_capacity(FRAME_HEAD_BYTES + message.len());
    frame.put_u8(0);
    frame.put_u32(length);
    frame.put_slice(message);
    Ok(frame.freeze())
}

fn from_query(
    message: &MessageDescriptor,
    uri: &http::Uri,
    from_address: Vec<(&'static str, String)>,
) -> Result<Bytes, HttpError> {
    let mut fields = parameters(uri).map_err(HttpError::bad_request)?;
    fields.extend(from_address.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let object: Value = as_json(message, fields).map_err(HttpError::bad_request)?;
    Ok(object.to_string().into())
}

/// Runs work here, or, where it is long, on a thread for such work.
async fn off_thread_if<T: Send + 'static>(
    is_long: bool,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    if !is_long {
        return work();
    }
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(format!("reading or writing JSON failed: {error}")))
}
