//! Tests that cross rooms or the wire, in one binary: two cores must do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included; a failure is a panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody imports a test binary")]

mod back_ends;
mod bad_input;
mod crash;
mod graceful;
mod http;
mod ingest;
mod layers;
mod search_calls;
mod subscribe;
mod support;
