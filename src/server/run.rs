use std::{pin::pin, sync::Arc, time::Duration};

use axum::Router;
use futures_util::StreamExt;
use prost_reflect::DescriptorPool;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
    time::Instant,
};
use tonic::transport::server::TcpIncoming;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_web::GrpcWebLayer;

use super::{
    ServerError, ServerOptions, connection, grpc, health,
    http::{self, HttpContext, Json},
    layers::{CallContext, Methods},
    metrics::Metrics,
    services::Context,
    stop::{Stop, Work},
    webhooks::{self, HookContext},
};
use crate::{engine::Engine, proto::DESCRIPTORS, webhook::Caller};

/// After an accept that failed, as it does when the process has no file descriptors left: time for others to close.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long TCP waits on a silent connection before it probes; HTTP/1.1 has no sign of life of its own.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// Serves the port until `shutdown` is ready, then stops gracefully and closes the engine.
///
/// The stop: health says "not serving", no connection and no stream is taken any more, ingest streams are answered to
/// the end, calls at work are finished (for at most half of [`ServerOptions::shutdown_grace`]); then the engine is
/// closed, which says goodbye to subscribers and makes everything durable; at the end of the grace what is still open is
/// cut. What was acknowledged is on disk in any case. Dropping the future cuts everything at once and does not close the
/// engine.
///
/// # Errors
/// [`ServerError::Descriptors`], before anything is served.
pub async fn run(
    engine: Arc<Engine>,
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let (stop, work, metrics) = (Stop::new(), Work::new(), Arc::new(Metrics::new()));
    let options = Arc::new(options);
    let caller = Caller::new(options.webhooks.allow_private)
        .map_err(|error| ServerError::Tls { message: error.to_string() })?
        .with_timeout(options.webhooks.timeout);
    let pool =
        DescriptorPool::decode(DESCRIPTORS).map_err(|error| ServerError::Descriptors { message: error.to_string() })?;
    let json = Arc::new(Json::new(pool.clone()));
    let services = Context {
        engine: engine.clone(),
        clock: options.clock.clone(),
        metrics: metrics.clone(),
        stop: stop.clone(),
        caller: caller.clone(),
        json: json.clone(),
        written: Arc::default(),
    };
    let calls = CallContext {
        methods: Arc::new(Methods::of(&pool)),
        metrics: metrics.clone(),
        options: options.clone(),
        stop: stop.clone(),
        work: work.clone(),
    };
    let (router, reporter) = assemble(services, calls, &options)?;
    let hooks = HookContext {
        engine: engine.clone(),
        clock: options.clock.clone(),
        json,
        caller,
        options: options.webhooks.clone(),
        stop: stop.clone(),
    };
    let hooks = AbortOnDrop(tokio::spawn(webhooks::keep(hooks)));
    let builder = connection::builder(&options);
    let mut incoming = TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(TCP_KEEPALIVE));

    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut healthy = pin!(health::keep(reporter.clone(), engine.clone()));
    loop {
        metrics.connections_are(connections.len());
        tokio::select! {
            () = &mut shutdown => break,
            () = &mut healthy => {}
            Some(_) = connections.join_next() => {}
            Some(accepted) = incoming.next(), if connections.len() < options.connections_max => match accepted {
                Ok(stream) => {
                    connections.spawn(connection::serve(stream, router.clone(), builder.clone(), stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }

    drop(incoming);
    // What is under way is sent again after the next start; nothing is recorded of it any more.
    drop(hooks);
    health::none_serves(&reporter).await;
    stop.begin();
    wind_down(&engine, &work, connections, options.shutdown_grace).await;
    Ok(())
}

/// Everything the port answers with.
fn assemble(
    services: Context,
    calls: CallContext,
    options: &Arc<ServerOptions>,
) -> Result<(Router, HealthReporter), ServerError> {
    let (reporter, health) = health_reporter();
    let grpc = grpc::router(&services, calls, health)?;
    let json = services.json.clone();
    let http = http::router(HttpContext { services, options: options.clone(), json, grpc: grpc.clone() });
    Ok((http.merge(grpc.layer(GrpcWebLayer::new())), reporter))
}

/// A task that ends with whoever began it.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Lets what is at work come to its end, and cuts the rest.
async fn wind_down(engine: &Engine, work: &Work, mut connections: JoinSet<()>, grace: Duration) {
    let begun = Instant::now();
    tracing::info!(connections = connections.len(), "stopping");
    if tokio::time::timeout_at(begun + grace / 2, work.done()).await.is_err() {
        tracing::warn!("calls are still at work; the engine is closed under them");
    }
    let end = begun + grace;
    if tokio::time::timeout_at(end, engine.close()).await.is_err() {
        tracing::error!(?grace, "the engine was not closed in time; what was acknowledged is on disk");
    }
    let all_gone = async { while connections.join_next().await.is_some() {} };
    // hyper's graceful shutdown can wait for ever on a peer that never reads (hyper pull request 4170).
    if tokio::time::timeout_at(end, all_gone).await.is_err() {
        tracing::warn!(connections = connections.len(), "cutting connections that did not end in time");
        connections.shutdown().await;
    }
    tracing::info!(seconds = begun.elapsed().as_secs_f64(), "stopped");
}
