//! Linear models over hashed features: a table of small weights, a sum, a softmax. Knows nothing of languages, mentions or files.
//!
//! This is what serves: reading a model and asking it. How models are made is the room `learn`. A feature is any hash of 32 bits; its
//! low bits name a row of the table. Whoever trains and whoever asks must make the same features, so a model says for which
//! version of them it was made.

mod file;
mod hash;
mod model;
mod softmax;

pub use file::ModelError;
pub use hash::{finish, mix, of_str};
pub use model::{Header, LinearModel, Sums};
pub use softmax::softmax;
