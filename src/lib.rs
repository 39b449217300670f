//! Ascolto: an open-source server for social listening and social care.
//!
//! `ARCHITECTURE.md` is the map. Imports between these rooms go down only; `tests/it/layers.rs` keeps it so.

pub mod base;
pub mod proto;

pub mod config;
pub mod linear;
pub mod model;
pub mod text;

pub mod alert;
pub mod argument;
pub mod care;
pub mod query;

pub mod enrich;
pub mod index;
pub mod matcher;
pub mod store;
pub mod webhook;

pub mod learn;
pub mod live;

pub mod engine;

pub mod client;
pub mod server;

pub mod cli;
