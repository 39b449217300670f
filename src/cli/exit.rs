use std::{io, process::ExitCode};

use tonic::{Code, Status};

use crate::client::{ConnectError, WatchError, is_connection_lost};

/// How the program ended. `docs/cli.md` explains each to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done. A search that finds nothing is done, too.
    Done,
    /// Refused or failed; the message says why.
    Failed,
    /// Wrong arguments.
    WrongUsage,
    /// The thing that was named does not exist.
    NotFound,
    /// No server answers, or it went away.
    Unreachable,
    /// Ingest took some mentions and rejected others.
    PartlyDone,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// Every way to end.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::WrongUsage,
        Self::NotFound,
        Self::Unreachable,
        Self::PartlyDone,
        Self::Interrupted,
    ];

    /// What the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::WrongUsage => 2,
            Self::NotFound => 3,
            Self::Unreachable => 4,
            Self::PartlyDone => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    WrongUsage(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Unreachable(String),
    /// Everything there is to say has been said, e.g. the problems of a query.
    #[error("failed")]
    Told,
    #[error("interrupted")]
    Interrupted,
    /// Whoever read our output has enough, as `head` does.
    #[error("the output was closed")]
    OutputClosed,
}

impl Failure {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Failed(_) | Self::Told => Exit::Failed,
            Self::WrongUsage(_) => Exit::WrongUsage,
            Self::NotFound(_) => Exit::NotFound,
            Self::Unreachable(_) => Exit::Unreachable,
            Self::Interrupted => Exit::Interrupted,
            Self::OutputClosed => Exit::Done,
        }
    }

    /// What to print; nothing where there is nothing left to say.
    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Self::Failed(message)
            | Self::WrongUsage(message)
            | Self::NotFound(message)
            | Self::Unreachable(message) => Some(message),
            Self::Told | Self::Interrupted | Self::OutputClosed => None,
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        if is_connection_lost(&status) {
            return Self::Unreachable(format!("the server went away: {}", status.message()));
        }
        match status.code() {
            Code::NotFound => Self::NotFound(status.message().to_owned()),
            _ if status.message().is_empty() => Self::Failed(format!("the server refused: {}", status.code())),
            _ => Self::Failed(status.message().to_owned()),
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::NoAnswer { .. } => Self::Unreachable(error.to_string()),
            ConnectError::BadUrl { .. } | ConnectError::TlsNotSpoken { .. } => {
                Self::WrongUsage(format!("--server: {error}"))
            }
        }
    }
}

impl From<WatchError> for Failure {
    fn from(error: WatchError) -> Self {
        match error {
            WatchError::Connect(error) => error.into(),
            WatchError::Refused(status) => (*status).into(),
            WatchError::Ended { reason, .. } => Self::Failed(reason),
        }
    }
}

/// Only for writing output; files have their own messages, which name them.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Failed(format!("cannot write the output: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_in_the_exit_code() {
        let refused = ConnectError::NoAnswer { url: "http://h".into(), reason: "refused".into() };
        for (failure, code) in [
            (Failure::from(Status::not_found("mention `a/b` does not exist")), 3),
            (Failure::from(Status::unavailable("stopping")), 4),
            (Failure::from(Status::invalid_argument("query: wrong")), 1),
            (Failure::from(Status::out_of_range("seq 9")), 1),
            (Failure::from(refused), 4),
            (Failure::from(ConnectError::BadUrl { url: "x".into() }), 2),
            (Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)), 0),
            (Failure::from(io::Error::from(io::ErrorKind::StorageFull)), 1),
            (Failure::Told, 1),
            (Failure::Interrupted, 130),
        ] {
            assert_eq!(failure.exit().code(), code, "{failure}");
        }
    }

    #[test]
    fn codes_are_different() {
        for (place, exit) in Exit::ALL.iter().enumerate() {
            assert!(Exit::ALL[..place].iter().all(|earlier| earlier.code() != exit.code()));
        }
    }
}
