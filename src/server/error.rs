/// Why the port could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The descriptions of the services that are built into the program cannot be read.
    #[error("the built-in service descriptions cannot be read: {message}; the program was built wrongly")]
    Descriptors {
        /// What the reader says.
        message: String,
    },
    /// Webhooks cannot be called safely.
    #[error("TLS cannot be set up: {message}; the program was built wrongly")]
    Tls {
        /// What the library says.
        message: String,
    },
}
