//! What the tests share: a server in the test's own process, the real program, mentions, and what is read from answers.
//! No assertion about the product may come in here but "the call went through".

pub mod mentions;
pub mod plain_http;
pub mod program;
pub mod server;
pub mod status;
pub mod subscriber;
pub mod target;

pub use mentions::{at, mention, reply};
pub use server::{TestOptions, TestServer};
pub use subscriber::Subscriber;
