//! The `ascolto` program.

use std::process::ExitCode;

/// Queries, texts and index segments come and go on many threads; the system's allocator is the slowest part of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ascolto::cli::main()
}
