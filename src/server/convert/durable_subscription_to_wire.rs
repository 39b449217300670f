use super::time_to_wire;
use crate::{engine::DurableStatus, proto::v1 as wire};

/// A durable subscription for the wire.
pub(crate) fn durable_subscription_to_wire(status: DurableStatus) -> wire::DurableSubscription {
    let DurableStatus { subscription, connected } = status;
    wire::DurableSubscription {
        name: subscription.name,
        acknowledged_seq: subscription.acknowledged.map(|seq| seq.0),
        created_at: Some(time_to_wire(subscription.created_at)),
        acknowledged_at: subscription.acknowledged_at.map(time_to_wire),
        connected,
    }
}
