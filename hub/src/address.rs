//! The addresses of a hub, in the one form in which they can be compared.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::Uri;

use crate::Error;

/// Scheme `https`, host in lower case, port always known, no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubUrl {
    host: String,
    port: u16,
}

impl HubUrl {
    /// From a host name or an IP address.
    pub fn new(host: &str, port: u16) -> Self {
        let host = host.trim_matches(['[', ']']);
        // One IPv6 address has many spellings; its display is the canonical one.
        let host = host.parse().map_or_else(|_| host.to_ascii_lowercase(), |host: IpAddr| host.to_string());
        Self { host, port }
    }

    /// Host name or IP address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl FromStr for HubUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::Invalid(format!("{text:?} is not the address of a hub, such as https://hub.example:8443"))
        };
        let uri: Uri = text.trim().parse().map_err(|_| wrong())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if uri.scheme_str() != Some("https")
            || !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
            || user
        {
            return Err(wrong());
        }
        Ok(Self::new(host, uri.port_u16().unwrap_or(443)))
    }
}

impl fmt::Display for HubUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.parse() {
            Ok(IpAddr::V6(address)) => write!(f, "https://[{address}]")?,
            _ => write!(f, "https://{}", self.host)?,
        }
        if self.port == 443 { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_spellings_of_one_address_are_equal() {
        let url: HubUrl = "https://hub.example:8443".parse().unwrap();
        assert_eq!("HTTPS://HUB.example:8443/".parse::<HubUrl>().unwrap(), url);
        assert_eq!(url.to_string(), "https://hub.example:8443");
        assert_eq!("https://hub.example:443/".parse::<HubUrl>().unwrap().to_string(), "https://hub.example");
        assert_eq!("https://[::1]:8443".parse::<HubUrl>().unwrap(), HubUrl::new("::1", 8443));
        assert_eq!(HubUrl::new("::1", 8443).to_string(), "https://[::1]:8443");
        assert_eq!("https://[0:0::0:1]:8443".parse::<HubUrl>().unwrap(), HubUrl::new("::1", 8443));
        assert_eq!(HubUrl::new("2001:DB8:0::1", 443).host(), "2001:db8::1");
    }

    #[test]
    fn what_is_no_address_of_a_hub_is_refused() {
        for text in [
            "",
            "hub.example",
            "http://hub.example",
            "https://",
            "https://a/b",
            "https://me@a",
            "https://a?b",
        ] {
            assert!(text.parse::<HubUrl>().is_err(), "{text}");
        }
    }
}
