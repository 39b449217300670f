//! What lies around every call: deadline, panics, clear errors, figures, and the count of work for the stop.

mod around_call;
mod deadline;
mod guard;
mod methods;

pub(crate) use around_call::{CallContext, around_call};
pub(crate) use guard::{guarded_call, guarded_stream};
pub(crate) use methods::{Methods, Shape};
