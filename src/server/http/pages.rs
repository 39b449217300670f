use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::header;
use tonic::Status;

use super::{bindings::BINDINGS, error::HttpError, watch, watch_alerts};
use crate::{
    engine::Engine,
    server::{
        metrics::Metrics,
        status::{internal, stopping},
        stop::Stop,
    },
};

/// What the pages show.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) engine: Arc<Engine>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stop: Stop,
}

/// What this is, and what can be asked where.
pub(super) async fn home() -> String {
    let mut page = format!(
        "Ascolto {}: a server for social listening and social care.\n\n\
         gRPC (with reflection and health) and gRPC-Web, package ascolto.v1, on this same port.\n\n\
         The same calls as JSON:\n",
        env!("CARGO_PKG_VERSION")
    );
    for binding in &BINDINGS {
        // Writing into a string cannot fail.
        let path = binding.path.replace("{*", "{");
        let _ = writeln!(page, "  {:6} {path:45} {}", binding.verb.name(), binding.method);
    }
    let _ = writeln!(page, "\nLive, as server-sent events:\n  GET    {:45} SubscriptionService/Subscribe", watch::PATH);
    let _ = writeln!(page, "  GET    {:45} AlertService/WatchAlerts", watch_alerts::PATH);
    page.push_str(
        "\nOperation:\n  GET    /healthz   the process is alive\n  GET    /readyz    it can take calls\n  \
         GET    /metrics   figures for Prometheus\n",
    );
    page
}

/// The process is alive: it answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Everything that follows the log does so, and the server is not going away.
pub(super) async fn ready(State(pages): State<Pages>) -> Response {
    if pages.stop.has_begun() {
        return HttpError::from_status(&stopping("the server is stopping")).into_response();
    }
    let followers = pages.engine.status().followers;
    let stuck = followers.into_iter().find_map(|follower| Some((follower.name, follower.problem?)));
    match stuck {
        None => "ready\n".into_response(),
        Some((name, problem)) => {
            HttpError::from_status(&Status::unavailable(format!("the {name} does not follow: {problem}")))
                .into_response()
        }
    }
}

/// Figures for Prometheus.
pub(super) async fn figures(State(pages): State<Pages>) -> Response {
    match pages.metrics.text(&pages.engine.status()) {
        Ok(text) => {
            let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, content_type)], text).into_response()
        }
        Err(error) => HttpError::from_status(&internal(&error.to_string())).into_response(),
    }
}

/// No such address: each kind of client is told in its own words.
pub(super) async fn not_found(request: Request) -> Response {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|value| value.starts_with("application/grpc")) {
        let path: String = request.uri().path().chars().take(200).collect();
        return Status::unimplemented(format!(
            "there is no service at `{path}`; ask the reflection service for the list"
        ))
        .into_http();
    }
    HttpError::no_such_address(request.uri().path()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use futures_util::FutureExt;

    use super::*;

    fn answer(content_type: &str) -> Response {
        let request = Request::builder().uri("/v2/x").header(header::CONTENT_TYPE, content_type);
        not_found(request.body(Body::empty()).unwrap()).now_or_never().unwrap()
    }

    #[test]
    fn home_lists_every_address() {
        let page = home().now_or_never().unwrap();
        for binding in &BINDINGS {
            assert!(page.contains(binding.method), "{}", binding.method);
        }
        assert!(page.contains("/v1/mentions/{platform}/{external_id}"), "{page}");
    }

    #[test]
    fn an_unknown_address_is_told_in_the_client_s_own_words() {
        let http = answer("text/plain");
        assert_eq!(http.status(), 404);
        let body = to_bytes(http.into_body(), 4096).now_or_never().unwrap().unwrap();
        let shown: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(shown["error"]["message"], "there is nothing at `/v2/x`; `/` lists the addresses");

        let grpc = answer("application/grpc");
        assert_eq!((grpc.status().as_u16(), grpc.headers()["grpc-status"].to_str().unwrap()), (200, "12"));
    }
}
