use std::sync::Arc;

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use http_body_util::{BodyExt, BodyStream, Empty, StreamBody};
use tonic::{Code, Status};

use super::{Methods, Shape, deadline::time_allowed, guard::guarded_call};
use crate::server::{
    ServerOptions,
    metrics::{CallRecord, Metrics},
    status::{clearer, deadline_exceeded, stopping},
    stop::{Stop, Work},
};

/// What lies around a call needs to know this.
#[derive(Clone)]
pub(crate) struct CallContext {
    pub(crate) methods: Arc<Methods>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) options: Arc<ServerOptions>,
    pub(crate) stop: Stop,
    pub(crate) work: Work,
}

/// Runs one gRPC call, whichever way it came in.
pub(crate) async fn around_call(State(context): State<CallContext>, request: Request, next: Next) -> Response {
    let (label, shape) = context.methods.get(request.uri().path());
    let record = context.metrics.call_begins(label, shape);
    let work = matches!(shape, Shape::Unary | Shape::Ingest).then(|| context.work.enter());

    let limit = time_allowed(request.headers(), &context.options);
    let call = guarded_call(next.run(request));
    let answered = if shape == Shape::Unary {
        // A unary answer has its message when its head is there, so this bounds the whole call.
        tokio::time::timeout(limit, call).await.unwrap_or_else(|_| Err(deadline_exceeded(limit)))
    } else {
        call.await
    };
    let mut response = answered.unwrap_or_else(Status::into_http);
    // An answer that is nothing but an error says it in its head, others at their end.
    make_clear(response.headers_mut());
    if response.body().is_end_stream() {
        record.ends(code_in(response.headers()).unwrap_or(Code::Unknown));
        return response;
    }
    let ends_with_server = (shape == Shape::Foreign).then(|| context.stop.clone());
    response.map(|body| watched(body, record, work, ends_with_server))
}

/// Replaces what the gRPC library says of a message it could not read or write.
fn make_clear(headers: &mut HeaderMap) {
    if let Some(status) = Status::from_header_map(headers).filter(|status| status.code() != Code::Ok) {
        // It cannot fail: the message is encoded for headers.
        let _ = clearer(status).add_header(headers);
    }
}

/// The body, its end observed. `held` is dropped with it.
fn watched(body: Body, mut record: CallRecord, held: Option<impl Send + 'static>, end: Option<Stop>) -> Body {
    let frames = BodyStream::new(body).map(move |mut frame| {
        let _ = &held;
        match &mut frame {
            Ok(frame) => {
                if let Some(trailers) = frame.trailers_mut() {
                    make_clear(trailers);
                    record.code_is(code_in(trailers).unwrap_or(Code::Unknown));
                }
            }
            Err(_) => record.code_is(Code::Unknown),
        }
        frame
    });
    let Some(stop) = end else {
        return Body::new(StreamBody::new(frames));
    };
    // Health and reflection streams know nothing of our stop and would hold it up.
    let farewell = async {
        let mut trailers = HeaderMap::new();
        let _ = stopping("the server is stopping").add_header(&mut trailers);
        Some(Ok(trailers))
    };
    let farewell = BodyStream::new(Empty::<Bytes>::new().with_trailers(farewell));
    let farewell = farewell.map(|frame| frame.map_err(axum::Error::new));
    let begun = stop.begun();
    let frames = frames.take_until(begun);
    let farewell = farewell.filter(move |_| std::future::ready(stop.has_begun()));
    Body::new(StreamBody::new(Box::pin(frames.chain(farewell))))
}

fn code_in(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(|code| Code::from_bytes(code.as_bytes()))
}

#[cfg(test)]
mod tests;
