//! Compiles `proto/` with a pure-Rust compiler, so that no system `protoc` is needed.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

const PROTOS: [&str; 11] = [
    "ascolto/record/v1/record.proto",
    "ascolto/v1/alert.proto",
    "ascolto/v1/author_list.proto",
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

    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
