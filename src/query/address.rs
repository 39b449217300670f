//! The one spelling of web addresses, for documents and queries alike.

/// An address without scheme and `www.`, its host in lower case: people paste all forms of it.
pub(super) fn normalize_address(address: &str) -> String {
    let mut rest = address;
    loop {
        let host = host_of(rest);
        let after_scheme = rest.split_once("://").filter(|(before, _)| is_scheme(before)).map(|(_, after)| after);
        let has_www = host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
        rest = match after_scheme {
            Some(after) => after.trim_start(),
            None if has_www => rest[4..].trim_start(),
            None => return format!("{}{}", host.to_lowercase(), &rest[host.len()..]),
        };
    }
}

/// An address may carry another one in its path or its parameters: only what looks like a scheme is one.
fn is_scheme(written: &str) -> bool {
    written.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && written.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// The host of an address without scheme.
pub(super) fn host_of(address: &str) -> &str {
    address.split(['/', '?', '#']).next().unwrap_or(address)
}
