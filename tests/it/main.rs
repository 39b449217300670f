//! Tests that cross rooms or the wire, in one binary: two cores must do.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers too; clippy.toml allows it in the functions marked as tests only"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody imports a test binary")]

mod alerts;
mod arguments;
mod back_ends;
mod bad_input;
mod brands;
mod care;
mod crash;
mod fixture;
mod graceful;
mod http;
mod ingest;
mod language;
mod layers;
mod limits_page;
mod saved_searches;
mod search_calls;
mod subscribe;
mod support;
mod taught;
mod webhooks;
