//! `grpc.health.v1`: each service by itself, and the empty name for the whole server.

use std::{sync::Arc, time::Duration};

use tonic_health::{ServingStatus, server::HealthReporter};

use crate::engine::{Engine, EngineStatus};

/// How often the engine is asked.
const INTERVAL: Duration = Duration::from_secs(1);

const INGEST: &str = "ascolto.v1.IngestService";
const SEARCH: &str = "ascolto.v1.SearchService";
const SUBSCRIPTION: &str = "ascolto.v1.SubscriptionService";
const SAVED_SEARCH: &str = "ascolto.v1.SavedSearchService";
const ALERT: &str = "ascolto.v1.AlertService";
const ARGUMENT: &str = "ascolto.v1.ArgumentService";
const AUTHOR_LIST: &str = "ascolto.v1.AuthorListService";
const CORRECTION: &str = "ascolto.v1.CorrectionService";
const BRAND: &str = "ascolto.v1.BrandService";
const CARE: &str = "ascolto.v1.CareService";
const SYSTEM: &str = "ascolto.v1.SystemService";
const WEBHOOK: &str = "ascolto.v1.WebhookService";
const WHOLE: &str = "";
const ALL: [&str; 13] = [
    INGEST,
    SEARCH,
    SUBSCRIPTION,
    SAVED_SEARCH,
    ALERT,
    ARGUMENT,
    AUTHOR_LIST,
    BRAND,
    CARE,
    CORRECTION,
    WEBHOOK,
    SYSTEM,
    WHOLE,
];

/// Keeps the report true for as long as it runs; only changes are told, since watchers get each of them.
pub(super) async fn keep(reporter: HealthReporter, engine: Arc<Engine>) {
    let mut told: [Option<bool>; ALL.len()] = [None; ALL.len()];
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let engine_status = engine.status();
        for (service, told) in ALL.into_iter().zip(&mut told) {
            let serves = serves(service, &engine_status);
            if told.replace(serves) != Some(serves) {
                let status = if serves { ServingStatus::Serving } else { ServingStatus::NotServing };
                reporter.set_service_status(service, status).await;
            }
        }
    }
}

/// The server is going away.
pub(super) async fn none_serves(reporter: &HealthReporter) {
    for service in ALL {
        reporter.set_service_status(service, ServingStatus::NotServing).await;
    }
}

/// A service is out when the follower it answers from is stuck, and ingest when nothing is recorded; the whole server when
/// any is.
fn serves(service: &str, engine: &EngineStatus) -> bool {
    let is_stuck =
        |name: &str| engine.followers.iter().any(|follower| follower.name == name && follower.problem.is_some());
    match service {
        INGEST | CORRECTION => engine.recording_problem.is_none(),
        SEARCH => !is_stuck("index"),
        SUBSCRIPTION => !is_stuck("matcher"),
        ALERT => !is_stuck("alerts"),
        CARE => engine.recording_problem.is_none() && !is_stuck("care"),
        WHOLE => {
            engine.recording_problem.is_none() && engine.followers.iter().all(|follower| follower.problem.is_none())
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::{
        base::{Seq, Timestamp},
        engine::FollowerStatus,
    };

    #[test]
    fn what_is_stuck_takes_its_service_out() {
        let healthy = EngineStatus {
            started_at: Timestamp::UNIX_EPOCH,
            recorded_seq: Seq(1),
            oldest_seq: Seq(1),
            mentions: 1,
            recording_problem: None,
            followers: ["index", "matcher"].map(|name| FollowerStatus { name, seq: Seq(1), problem: None }).to_vec(),
            arguments: 0,
            saved_searches: 0,
            subscriptions: 0,
            queries: Default::default(),
        };
        assert!(ALL.into_iter().all(|service| serves(service, &healthy)));
        let mut full = healthy.clone();
        full.followers[0].problem = Some("the disk is full".to_owned());
        assert_eq!(
            ALL.map(|service| serves(service, &full)),
            [true, false, true, true, true, true, true, true, true, true, true, true, false]
        );
        let failed = EngineStatus { recording_problem: Some("the disk failed".to_owned()), ..healthy };
        assert_eq!(
            ALL.map(|service| serves(service, &failed)),
            [false, true, true, true, true, true, true, true, false, false, true, true, false]
        );
    }

    #[test]
    fn every_service_reports() {
        let pool = DescriptorPool::decode(crate::proto::DESCRIPTORS).unwrap();
        let services: BTreeSet<String> = pool.services().map(|service| service.full_name().to_owned()).collect();
        let reported: BTreeSet<String> = ALL.iter().filter(|name| !name.is_empty()).map(ToString::to_string).collect();
        assert_eq!(reported, services);
    }
}
