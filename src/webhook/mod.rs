//! How a webhook is called: which addresses may be, how a delivery is signed, one call within bounds of time and bytes, and when to
//! try again.
//!
//! What is sent and what becomes of it is not known here.

mod address;
mod back_off;
mod caller;
mod secret;
mod target;
#[cfg(test)]
mod tests;

pub use back_off::BackOff;
pub use caller::{CallError, Caller, Message};
pub use secret::{SECRET_PREFIX, new_secret, shown_secret, signature};
pub use target::{Target, TargetError};
