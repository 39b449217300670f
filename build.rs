//! Compiles `proto/` with a pure-Rust compiler, so that no system `protoc` is needed.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use prost::Message as _;
use prost_types::FileDescriptorSet;

const PROTOS: [&str; 14] = [
    "ascolto/record/v1/record.proto",
    "ascolto/v1/alert.proto",
    "ascolto/v1/argument.proto",
    "ascolto/v1/author_list.proto",
    "ascolto/v1/brand.proto",
    "ascolto/v1/care.proto",
    "ascolto/v1/correction.proto",
    "ascolto/v1/ingest.proto",
    "ascolto/v1/mention.proto",
    "ascolto/v1/saved_search.proto",
    "ascolto/v1/search.proto",
    "ascolto/v1/subscription.proto",
    "ascolto/v1/system.proto",
    "ascolto/v1/webhook.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;

    // Reflection and the JSON mapping read the descriptors at run time.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("ascolto.bin"), descriptors.encode_to_vec())?;

    tonic_prost_build::configure().compile_fds(descriptors.clone())?;
    write_search_service(descriptors, &out)
}

/// The search service once more for the server, which has the versions of an answer as bytes already (`proto::written`).
fn write_search_service(mut descriptors: FileDescriptorSet, out: &Path) -> Result<(), Box<dyn Error>> {
    for file in descriptors.file.iter_mut().filter(|file| file.name() != "ascolto/v1/search.proto") {
        file.service.clear();
    }
    let out = out.join("written");
    fs::create_dir_all(&out)?;
    tonic_prost_build::configure()
        .build_client(false)
        .extern_path(".ascolto.v1", "crate::proto::v1")
        .extern_path(".ascolto.v1.SearchResponse", "crate::proto::written::SearchResponse")
        .out_dir(out)
        .compile_fds(descriptors)?;
    Ok(())
}
