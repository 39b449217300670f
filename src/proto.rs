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

/// Every file of `proto/` as a serialized `FileDescriptorSet`, for reflection and the JSON mapping.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ascolto.bin"));
