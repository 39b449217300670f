use http::Uri;

use crate::base::limits::URL_BYTES_MAX;

/// Where a webhook is: a checked address of the net.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) is_tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// Host, and port where it is written.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

/// Why an address is none for a webhook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be read.
    #[error("is no address; write it like https://example.com/hooks/ascolto")]
    Unreadable,
    /// Longer than allowed.
    #[error("has {bytes} bytes; at most {URL_BYTES_MAX} are allowed")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Neither `https` nor `http`.
    #[error("must begin with https:// or http://")]
    Scheme,
    /// A user or password in it would be seen in lists and logs.
    #[error("must not hold a user or password; deliveries are signed")]
    UserInfo,
}

impl Target {
    /// Reads an address. Where it leads is checked at every call.
    ///
    /// # Errors
    /// [`TargetError`].
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        if url.len() > URL_BYTES_MAX {
            return Err(TargetError::TooLong { bytes: url.len() });
        }
        let uri: Uri = url.parse().map_err(|_| TargetError::Unreadable)?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(TargetError::Scheme),
        };
        let authority = uri.authority().ok_or(TargetError::Unreadable)?;
        if authority.as_str().contains('@') {
            return Err(TargetError::UserInfo);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(TargetError::Unreadable);
        }
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { is_tls, host, port, authority: authority.as_str().to_owned(), path })
    }
}
