//! The whole product from outside: a real engine on a directory of its own, a real port, the real wire.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "these are tests, helpers included; a failure is a panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody imports a test binary")]

mod bad_input;
mod graceful;
mod http;
mod ingest;
mod search_calls;
mod subscribe;
mod support;
