//! The `ascolto` program.

fn main() {}
