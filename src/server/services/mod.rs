//! The gRPC services. A method takes, checks, calls the engine and converts; it decides nothing.

mod alert;
mod argument;
mod author_list;
mod brand;
mod care;
mod correction;
mod ingest;
mod ingest_stream;
mod saved_search;
mod search;
mod subscription;
mod system;
mod webhook;

use std::sync::Arc;

pub(crate) use alert::{AlertDeliveries, Alerts};
pub(crate) use argument::Arguments;
pub(crate) use author_list::AuthorLists;
pub(crate) use brand::Brands;
pub(crate) use care::Care;
pub(crate) use correction::Corrections;
pub(crate) use ingest::Ingest;
pub(crate) use saved_search::SavedSearches;
pub(crate) use search::Search;
pub(crate) use subscription::{Deliveries, Subscriptions};
pub(crate) use system::System;
use tonic::Status;
pub(crate) use webhook::Webhooks;

use super::{http::Json, metrics::Metrics, status::status_from_engine, stop::Stop, written_lately::WrittenLately};
use crate::{
    base::Clock,
    engine::{Engine, EngineError},
    webhook::Caller,
};

/// What every service has at hand.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: Stop,
    /// Calls webhooks.
    pub(crate) caller: Caller,
    /// The JSON of messages.
    pub(crate) json: Arc<Json>,
    /// Bytes of versions that searches found lately.
    pub(crate) written: Arc<WrittenLately>,
}

/// So that `?` turns an engine's error into the answer.
impl From<EngineError> for Status {
    fn from(error: EngineError) -> Self {
        status_from_engine(&error)
    }
}
