//! Tests that cross rooms or the wire, in one binary: two cores must do.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers too; clippy.toml allows it in the functions marked as tests only"
)]

mod back_ends;
mod crash;
mod fixture;
mod layers;
mod limits_page;
