use std::{pin::pin, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::net::TcpStream;

use super::{ServerOptions, stop::Stop};

/// How long a peer may take to send its first byte, and over HTTP/1.1 the whole head of a request. Every client sends
/// at once; who does not only holds a place.
const FIRST_BYTES_TIMEOUT: Duration = Duration::from_secs(15);
/// What one HTTP/2 stream may send before it waits for us: two messages of 500 ordinary mentions.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
/// The same for all streams of one connection together: bounds the memory a connection takes.
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Head of a request. 16 KiB is what most servers take.
const HEADER_LIST_BYTES_MAX: u32 = 16 * 1024;
/// Streams opened and reset at once before the connection is closed as an attack (CVE-2023-44487).
const PENDING_RESETS_MAX: usize = 20;

/// How connections are spoken on: HTTP/1.1 or HTTP/2, whichever the client begins with.
pub(super) fn builder(options: &ServerOptions) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(FIRST_BYTES_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(options.keepalive)
        .keep_alive_timeout(options.keepalive)
        .max_concurrent_streams(options.connection_streams_max)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX);
    builder
}

/// Serves one connection to its end. After the stop signal it takes no further requests and ends with the last answer.
pub(super) async fn serve(stream: TcpStream, router: Router, builder: Builder<TokioExecutor>, stop: Stop) {
    let mut stopping = pin!(stop.begun());
    let mut first = [0];
    let begins = tokio::select! {
        read = tokio::time::timeout(FIRST_BYTES_TIMEOUT, stream.peek(&mut first)) => matches!(read, Ok(Ok(1))),
        () = &mut stopping => false,
    };
    if !begins {
        return;
    }
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = &mut stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients that vanish are everyday life.
        tracing::debug!(%error, "a connection broke off");
    }
}
