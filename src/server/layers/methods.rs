use std::{collections::HashMap, sync::Arc};

use prost_reflect::DescriptorPool;

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One message there, one back.
    Unary,
    /// Mentions come in; it is at work until it is answered.
    Ingest,
    /// The client listens; it is at work for ever.
    Listening,
    /// Not of our own protos: health and reflection.
    Foreign,
}

impl Shape {
    /// It stays open, and how long says nothing about us.
    pub(crate) const fn is_stream(self) -> bool {
        matches!(self, Self::Ingest | Self::Listening)
    }
}

/// Every method of our services by its path, read from the descriptors, so that none can be forgotten.
#[derive(Debug)]
pub(crate) struct Methods {
    by_path: HashMap<String, (Arc<str>, Shape)>,
    other: Arc<str>,
}

impl Methods {
    pub(crate) fn of(pool: &DescriptorPool) -> Self {
        let mut by_path = HashMap::new();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let shape = match (method.is_client_streaming(), method.is_server_streaming()) {
                (false, false) => Shape::Unary,
                (false, true) => Shape::Listening,
                (true, _) => Shape::Ingest,
            };
            let label = format!("{}/{}", method.parent_service().name(), method.name());
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            by_path.insert(path, (label.into(), shape));
        }
        Self { by_path, other: "other".into() }
    }

    /// Label for the figures, and shape. A path made up by a client must not become a label of its own.
    pub(crate) fn get(&self, path: &str) -> (Arc<str>, Shape) {
        self.by_path.get(path).cloned().unwrap_or_else(|| (self.other.clone(), Shape::Foreign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_come_from_the_descriptors() {
        let methods = Methods::of(&DescriptorPool::decode(crate::proto::DESCRIPTORS).unwrap());
        for (path, expected) in [
            ("/ascolto.v1.SearchService/Search", ("SearchService/Search", Shape::Unary)),
            ("/ascolto.v1.IngestService/Ingest", ("IngestService/Ingest", Shape::Ingest)),
            ("/ascolto.v1.SubscriptionService/Subscribe", ("SubscriptionService/Subscribe", Shape::Listening)),
            ("/grpc.health.v1.Health/Watch", ("other", Shape::Foreign)),
            ("/made.Up/Path", ("other", Shape::Foreign)),
        ] {
            let (label, shape) = methods.get(path);
            assert_eq!((&*label, shape), expected);
        }
    }
}
