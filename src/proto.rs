//! The generated wire and record types, and nothing else. `v1` ends at `server` and `client`, `record` ends at `store`.
#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    reason = "generated; the proto files carry the documentation"
)]

/// What the server speaks.
pub mod v1 {
    tonic::include_proto!("ascolto.v1");
}

/// What lies in the log.
pub mod record {
    tonic::include_proto!("ascolto.record.v1");
}

/// `v1` as the server writes it where the same versions are asked for again and again: they lie there as the bytes that stand for
/// them. On the wire nothing tells a message from its bytes.
pub(crate) mod written {
    use bytes::Bytes;

    use super::v1::{Facet, Highlight, Problem};

    /// [`super::v1::SearchResponse`].
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct SearchResponse {
        #[prost(message, repeated, tag = "1")]
        pub(crate) hits: Vec<Hit>,
        #[prost(uint64, tag = "2")]
        pub(crate) total: u64,
        #[prost(string, tag = "3")]
        pub(crate) next_page_token: String,
        #[prost(message, repeated, tag = "4")]
        pub(crate) facets: Vec<Facet>,
        #[prost(uint64, tag = "5")]
        pub(crate) visible_seq: u64,
        #[prost(message, repeated, tag = "6")]
        pub(crate) problems: Vec<Problem>,
    }

    /// [`super::v1::Hit`].
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Hit {
        #[prost(bytes = "bytes", tag = "1")]
        pub(crate) version: Bytes,
        #[prost(message, repeated, tag = "2")]
        pub(crate) highlights: Vec<Highlight>,
        #[prost(double, tag = "3")]
        pub(crate) score: f64,
    }

    include!(concat!(env!("OUT_DIR"), "/written/ascolto.v1.rs"));
}

/// Every file of `proto/` as a serialized `FileDescriptorSet`, for reflection and the JSON mapping.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ascolto.bin"));
