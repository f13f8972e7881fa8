//! What the server asks to be reminded of when we come again (RFC 6265).

use tokio_tungstenite::tungstenite::http::header::{HeaderMap, HeaderValue, SET_COOKIE};

/// Names with their values. Their attributes, which tell where and how long a browser keeps them, say nothing to a client
/// that ends soon and goes nowhere else.
#[derive(Debug, Default)]
pub(crate) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Takes those that come with an answer; one with a name that is known replaces that.
    pub(crate) fn take(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE).iter().filter_map(|header| header.to_str().ok()) {
            let pair = header.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            match self.0.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => self.0.push((name, value)),
            }
        }
    }

    /// What the next request shows, if there are any.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // What came as headers can go as one.
        if pairs.is_empty() { None } else { HeaderValue::from_str(&pairs.join("; ")).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_each_name_goes_back_without_attributes() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        let mut take = |values: &[&'static str]| {
            cookies.take(&values.iter().map(|value| (SET_COOKIE, HeaderValue::from_static(value))).collect());
            cookies.header()
        };
        assert_eq!(take(&["no pair"]), None);
        assert_eq!(take(&["a=1; Path=/x; HttpOnly", "b=x=y"]).unwrap(), "a=1; b=x=y");
        assert_eq!(take(&["a=2; Secure"]).unwrap(), "a=2; b=x=y");
    }
}
