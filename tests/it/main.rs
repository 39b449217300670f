//! Tests that cross rooms or the wire, in one binary: two cores must do.

mod back_ends;
mod crash;
mod layers;
