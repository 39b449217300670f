//! Plain HTTP on the same port: every unary method as JSON, live answers as server-sent events, figures and health.
//!
//! The JSON side is a gateway: it turns a request into the gRPC message, calls the same service through the same layers,
//! and turns the answer back. It knows no method by name; a table binds addresses to methods.
//!
//! JSON is the proto3 JSON mapping: `lowerCamelCase` names out, these or the names of the proto files in; 64-bit numbers
//! as strings; enum values by name; times as RFC 3339. Fields without a value are written too, so that a reader needs no
//! defaults; absent messages and `optional` fields are left out. Unknown names are refused.
//!
//! Nothing here answers another origin's preflight, and a body must be declared as `application/json`: so no web page
//! that a user of this machine happens to open can write here.

mod bindings;
mod error;
mod gateway;
mod json;
mod pages;
mod parameters;
mod watch;
mod watch_alerts;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get, on},
};
pub(crate) use json::Json;

use super::{
    layers::guarded_call,
    services::{Alerts, Context, Subscriptions},
};
use crate::server::ServerOptions;
use error::HttpError;
use gateway::Gateway;

/// What the HTTP side needs.
#[derive(Clone)]
pub(crate) struct HttpContext {
    pub(crate) services: Context,
    pub(crate) options: Arc<ServerOptions>,
    pub(crate) json: Arc<Json>,
    /// The gRPC services with their layers.
    pub(crate) grpc: Router,
}

/// Everything that is not gRPC.
pub(crate) fn router(context: HttpContext) -> Router {
    let gateway =
        Arc::new(Gateway { grpc: context.grpc.clone(), json: context.json.clone(), options: context.options.clone() });
    let mut router = Router::new();
    for binding in &bindings::BINDINGS {
        let gateway = gateway.clone();
        let handler = move |request: Request| gateway.clone().answer(binding, request);
        router = router.route(binding.path, on(binding.verb.filter(), handler));
    }
    let watch = watch::Watch {
        subscriptions: Arc::new(Subscriptions(context.services.clone())),
        metrics: context.services.metrics.clone(),
        json: context.json,
    };
    let watch_alerts = watch_alerts::WatchAlerts {
        alerts: Arc::new(Alerts(context.services.clone())),
        metrics: context.services.metrics.clone(),
        json: watch.json.clone(),
    };
    let pages = pages::Pages {
        engine: context.services.engine,
        metrics: context.services.metrics,
        stop: context.services.stop,
    };
    router
        .route(watch::PATH, on(MethodFilter::GET, watch::answer).with_state(watch))
        .route(watch_alerts::PATH, on(MethodFilter::GET, watch_alerts::answer).with_state(watch_alerts))
        .route("/", get(pages::home))
        .route("/healthz", get(pages::alive))
        .route("/readyz", get(pages::ready).with_state(pages.clone()))
        .route("/metrics", get(pages::figures).with_state(pages))
        .method_not_allowed_fallback(async || HttpError::method_not_allowed().into_response())
        .fallback(pages::not_found)
        .layer(from_fn(caught))
}

/// A panic ends this request only.
async fn caught(request: Request, next: Next) -> Response {
    match guarded_call(next.run(request)).await {
        Ok(response) => response,
        Err(status) => HttpError::from_status(&status).into_response(),
    }
}
