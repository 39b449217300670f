//! The figures that `/metrics` shows. A registry of its own for every server: two servers in one process do not mix.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use tonic::Code;

use super::layers::Shape;
use crate::{base::Seq, engine::EngineStatus, proto::v1 as wire};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: Arc<str>,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FollowerLabels {
    follower: &'static str,
}

type HistogramFamily = Family<MethodLabels, Histogram, fn() -> Histogram>;
type UnsignedGauge = Gauge<u64, AtomicU64>;

/// What is counted.
pub(crate) struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    seconds: HistogramFamily,
    streams: Family<MethodLabels, Gauge>,
    mentions_answered: Family<OutcomeLabels, Counter>,
    connections: Gauge,
    recorded_seq: UnsignedGauge,
    mentions: UnsignedGauge,
    saved_searches: UnsignedGauge,
    subscriptions: UnsignedGauge,
    unfiled_queries: UnsignedGauge,
    follower_seq: Family<FollowerLabels, UnsignedGauge>,
    follower_lag: Family<FollowerLabels, UnsignedGauge>,
    argument_base_asked: Family<OutcomeLabels, Counter>,
    arguments: UnsignedGauge,
    resident_bytes: UnsignedGauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        // 0.5 ms to 33 s in doubling steps: from a lookup to the longest default deadline.
        let seconds: HistogramFamily =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 2.0, 17)));
        let mut metrics = Self {
            registry: Registry::default(),
            calls: Family::default(),
            seconds,
            streams: Family::default(),
            mentions_answered: Family::default(),
            connections: Gauge::default(),
            recorded_seq: Gauge::default(),
            mentions: Gauge::default(),
            saved_searches: Gauge::default(),
            subscriptions: Gauge::default(),
            unfiled_queries: Gauge::default(),
            follower_seq: Family::default(),
            follower_lag: Family::default(),
            argument_base_asked: Family::default(),
            arguments: Gauge::default(),
            resident_bytes: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let ours = self.registry.sub_registry_with_prefix("ascolto");
        ours.register("calls", "Calls that ended, by method and gRPC code", self.calls.clone());
        ours.register_with_unit("call", "How long unary calls took", Unit::Seconds, self.seconds.clone());
        ours.register("open_streams", "Streams that are open", self.streams.clone());
        ours.register("mentions_answered", "Mentions acknowledged, by outcome", self.mentions_answered.clone());
        ours.register(
            "argument_base_asked",
            "Questions to the argument base, by outcome",
            self.argument_base_asked.clone(),
        );
        ours.register("arguments", "Entries of the argument base", self.arguments.clone());
        ours.register("connections", "Connections that are open", self.connections.clone());
        ours.register("recorded_seq", "The newest version on disk", self.recorded_seq.clone());
        ours.register("mentions", "Mentions that are not deleted", self.mentions.clone());
        ours.register("saved_searches", "Saved searches", self.saved_searches.clone());
        ours.register("subscriptions", "Live subscriptions", self.subscriptions.clone());
        ours.register(
            "unfiled_queries",
            "Live and saved queries that require no word and no fact, so that every mention is held against them",
            self.unfiled_queries.clone(),
        );
        ours.register("follower_seq", "Everything up to this seq is done", self.follower_seq.clone());
        ours.register("follower_lag_versions", "Versions recorded and not done", self.follower_lag.clone());
        let resident = self.resident_bytes.clone();
        self.registry.register_with_unit("process_resident_memory", "Resident memory", Unit::Bytes, resident);
    }

    /// A call begins; the record is to be told how it ends.
    pub(crate) fn call_begins(self: &Arc<Self>, method: Arc<str>, shape: Shape) -> CallRecord {
        if shape.is_stream() {
            self.streams.get_or_create(&MethodLabels { method: method.clone() }).inc();
        }
        // Dropped without a word, the client went away.
        CallRecord { metrics: self.clone(), method, shape, begun: Instant::now(), code: Code::Cancelled }
    }

    /// A mention was acknowledged or rejected.
    pub(crate) fn mention_answered(&self, outcome: wire::Outcome) {
        let outcome = match outcome {
            wire::Outcome::Created => "created",
            wire::Outcome::Updated => "updated",
            wire::Outcome::Unchanged => "unchanged",
            wire::Outcome::Rejected => "rejected",
            wire::Outcome::Unspecified => "unspecified",
        };
        self.mentions_answered.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// The argument base answered a question, or said that none fits.
    pub(crate) fn argument_base_was_asked(&self, fits: bool) {
        let outcome = if fits { "fits" } else { "none_fits" };
        self.argument_base_asked.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// How many connections are open.
    pub(crate) fn connections_are(&self, count: usize) {
        self.connections.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Everything as text, in the OpenMetrics format that Prometheus reads.
    ///
    /// # Errors
    /// None in practice: it is written into a string.
    pub(crate) fn text(&self, engine: &EngineStatus) -> Result<String, fmt::Error> {
        self.recorded_seq.set(engine.recorded_seq.0);
        self.mentions.set(engine.mentions);
        self.saved_searches.set(engine.saved_searches);
        self.subscriptions.set(engine.subscriptions);
        self.arguments.set(engine.arguments);
        self.unfiled_queries.set(engine.queries.always as u64);
        for follower in &engine.followers {
            let labels = FollowerLabels { follower: follower.name };
            let Seq(lag) = Seq(engine.recorded_seq.0.saturating_sub(follower.seq.0));
            self.follower_seq.get_or_create(&labels).set(follower.seq.0);
            self.follower_lag.get_or_create(&labels).set(lag);
        }
        if let Some(bytes) = std::fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_bytes) {
            self.resident_bytes.set(bytes);
        }
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

/// The line `VmRSS:   123 kB` of `/proc/self/status`. Unlike `statm` it does not count in pages of a size to be asked for.
fn resident_bytes(process_status: &str) -> Option<u64> {
    let line = process_status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// One call, counted when it is dropped.
pub(crate) struct CallRecord {
    metrics: Arc<Metrics>,
    method: Arc<str>,
    shape: Shape,
    begun: Instant,
    code: Code,
}

impl CallRecord {
    /// How the call ended.
    pub(crate) fn code_is(&mut self, code: Code) {
        self.code = code;
    }

    /// The call ended so.
    pub(crate) fn ends(mut self, code: Code) {
        self.code = code;
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        let labels = MethodLabels { method: self.method.clone() };
        if self.shape.is_stream() {
            self.metrics.streams.get_or_create(&labels).dec();
        }
        if self.shape == Shape::Unary {
            self.metrics.seconds.get_or_create(&labels).observe(self.begun.elapsed().as_secs_f64());
        }
        let labels = CallLabels { method: self.method.clone(), code: code_name(self.code) };
        self.metrics.calls.get_or_create(&labels).inc();
    }
}

/// The name of a code as in gRPC's own documents.
pub(crate) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests;
