//! The one port: gRPC, gRPC-Web, JSON over HTTP, server-sent events, health, reflection and figures.
//!
//! Every call is take, check, call the engine, convert. Wire types end here; no rule about mentions, queries or care may
//! come in, nor anything that reads the store or the index.

mod connection;
mod convert;
mod error;
mod grpc;
mod health;
mod http;
mod layers;
mod metrics;
mod options;
mod run;
mod services;
mod status;
mod stop;
mod webhooks;
mod written_lately;

pub use error::ServerError;
pub use options::{ServerOptions, WebhookOptions};
pub use run::run;
