//! How an origin is written: in a route's `origins`, and in the list that a program makes while it runs.

/// Whether this is an origin as browsers write one (RFC 6454 §6.2): a scheme, a host, and a port where it is not the
/// scheme's own.
///
/// ```
/// use converse_flow::is_origin;
///
/// assert!(is_origin("https://app.example.org"));
/// assert!(!is_origin("https://app.example.org/"));
/// ```
pub fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if is_made_of(address, b":.") => ("0", port),
        Some(_) => return false,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_made_of(scheme, b"+-.")
        && is_made_of(host, b"-._~")
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Letters, digits and these.
fn is_made_of(text: &str, others: &[u8]) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for origin in
            ["https://example.org", "http://localhost:3000", "http://[::1]:80", "https://[2001:db8::1]", "app://a_b"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        for other in [
            "example.org",
            "https://",
            "https://example.org/",
            "https://a@b",
            "*",
            "null",
            "",
            "://a",
            "https://a b",
            "https://a:",
            "https://a:b",
            "https://a:1:2",
            "https://[::1",
            "https://[]",
            "https://[::1]80",
            "https://*.example.org",
        ] {
            assert!(!is_origin(other), "{other}");
        }
    }
}
