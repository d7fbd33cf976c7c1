//! The broker's URL.

use std::{
    borrow::Cow,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use percent_encoding::percent_decode_str;
use url::Url;

/// Without one in the URL. A connection that has silently gone is noticed after two of them.
const HEARTBEAT_SECONDS: u16 = 10;
/// Without one in the URL: for name look-up, TCP, TLS and the AMQP handshake with one host.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What is wrong with a broker URL. The words never repeat what may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The scheme is neither `amqp` nor `amqps`.
    #[error("the broker URL must begin with amqp:// or amqps://")]
    Scheme,
    /// No host, an empty one between two commas, or one that cannot be a host.
    #[error("host {position} of the broker URL is not a host with an optional port: {reason}")]
    Host {
        /// Which one, from 1.
        position: usize,
        /// Why not.
        reason: String,
    },
    /// User name, password or virtual host are not UTF-8 once their percent-encoding is undone.
    #[error("the {part} in the broker URL is not UTF-8, percent-encoded")]
    Encoding {
        /// Which part.
        part: &'static str,
    },
    /// A virtual host with a slash that is not percent-encoded.
    #[error("the virtual host in the broker URL must be one path segment; write a slash in it as %2F")]
    VirtualHost,
    /// An option that is not known.
    #[error(
        "the broker URL has the unknown option `{0}` (known: heartbeat, connection_timeout, channel_max, cacertfile, verify)"
    )]
    UnknownOption(String),
    /// An option whose value cannot be used.
    #[error("the option `{option}` of the broker URL must be {expected}")]
    OptionValue {
        /// Which one.
        option: &'static str,
        /// What it takes.
        expected: &'static str,
    },
}

/// Where the broker is and how to talk to it, as a URL says.
#[derive(PartialEq, Eq)]
pub struct Address {
    /// One for each host, in the URL's order; never empty.
    pub(super) uris: Vec<AMQPUri>,
    pub(super) connect_timeout: Duration,
    pub(super) ca_file: Option<PathBuf>,
}

impl Address {
    /// Parses `amqp://user:password@host:5672/virtual-host`, or `amqps://`; several hosts stand between commas and are
    /// tried in turn. lapin's own parser takes one host, and passes over options that it does not know.
    ///
    /// Options: `heartbeat` (s), `connection_timeout` (ms, for each host), `channel_max`, `cacertfile` (PEM, trusted beside
    /// the system's authorities), and `verify=verify_peer`, which is always so.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(AddressError::Scheme)?;
        let scheme: AMQPScheme = scheme.to_ascii_lowercase().parse().map_err(|_| AddressError::Scheme)?;
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (parse_user_info(user_info)?, hosts),
            None => (parse_user_info("")?, authority),
        };
        // A stand-in host: the hosts are parsed one by one, where a mistake can be told apart from one in the password.
        let tail = Url::parse(&format!("amqp://host{tail}")).map_err(|_| AddressError::VirtualHost)?;
        let vhost = parse_vhost(&tail)?;
        let options = Options::parse(&tail)?;
        let uris = hosts.split(',').enumerate().map(|(index, host)| {
            let (host, port) = parse_host(host, index + 1, &scheme)?;
            let authority = AMQPAuthority { userinfo: user_info.clone(), host, port };
            Ok(AMQPUri { scheme: scheme.clone(), authority, vhost: vhost.clone(), query: options.query.clone() })
        });
        Ok(Self {
            uris: uris.collect::<Result<_, _>>()?,
            connect_timeout: options.connect_timeout,
            ca_file: options.ca_file,
        })
    }

    /// The file that the option `cacertfile` names.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }
}

/// The hosts alone, for a URL may hold a password.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.uris.iter().map(|uri| (&uri.authority.host, uri.authority.port));
        f.debug_list().entries(hosts).finish()
    }
}

fn decode(text: &str, part: &'static str) -> Result<String, AddressError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| AddressError::Encoding { part })
}

fn parse_user_info(text: &str) -> Result<AMQPUserInfo, AddressError> {
    let defaults = AMQPUserInfo::default();
    let (username, password) = match text.split_once(':') {
        Some((username, password)) => (username, decode(password, "password")?),
        None => (text, defaults.password),
    };
    let username = if username.is_empty() { defaults.username } else { decode(username, "user name")? };
    Ok(AMQPUserInfo { username, password })
}

/// Without a path it is RabbitMQ's default one, `/`, as lapin and the other clients have it; a path of `/` alone would name
/// the virtual host with the empty name, which nobody means.
fn parse_vhost(url: &Url) -> Result<String, AddressError> {
    match url.path().strip_prefix('/').unwrap_or_default() {
        "" => Ok("/".to_owned()),
        path if path.contains('/') => Err(AddressError::VirtualHost),
        path => decode(path, "virtual host"),
    }
}

fn parse_host(text: &str, position: usize, scheme: &AMQPScheme) -> Result<(String, u16), AddressError> {
    let invalid = |reason: &str| AddressError::Host { position, reason: reason.to_owned() };
    let url = Url::parse(&format!("amqp://{text}")).map_err(|error| invalid(&error.to_string()))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| invalid("empty host"))?;
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok((host, url.port().unwrap_or_else(|| scheme.default_port())))
}

struct Options {
    query: AMQPQueryString,
    connect_timeout: Duration,
    ca_file: Option<PathBuf>,
}

impl Options {
    fn parse(url: &Url) -> Result<Self, AddressError> {
        let query = AMQPQueryString { heartbeat: Some(HEARTBEAT_SECONDS), ..AMQPQueryString::default() };
        let mut options = Self { query, connect_timeout: CONNECT_TIMEOUT, ca_file: None };
        for (name, value) in url.query_pairs() {
            options.set(&name, &value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), AddressError> {
        let wrong = |option, expected| AddressError::OptionValue { option, expected };
        match name {
            "heartbeat" => {
                let seconds = value.parse().ok().filter(|seconds| *seconds > 0);
                self.query.heartbeat = Some(seconds.ok_or(wrong("heartbeat", "a number of seconds, 1 to 65535"))?);
            }
            "connection_timeout" => {
                let timeout = value.parse().ok().filter(|milliseconds| *milliseconds > 0);
                let timeout = timeout.ok_or(wrong("connection_timeout", "a number of milliseconds above 0"))?;
                self.connect_timeout = Duration::from_millis(timeout);
            }
            "channel_max" => {
                let channels = value.parse().map_err(|_| wrong("channel_max", "a number of channels, 0 to 65535"))?;
                self.query.channel_max = Some(channels);
            }
            "cacertfile" if value.is_empty() => return Err(wrong("cacertfile", "the path of a PEM file")),
            "cacertfile" => self.ca_file = Some(value.into()),
            "verify" if value == "verify_peer" => {}
            "verify" => {
                return Err(wrong("verify", "`verify_peer`: a broker's certificate is always verified"));
            }
            unknown => return Err(AddressError::UnknownOption(printable(unknown))),
        }
        Ok(())
    }
}

/// A password with a stray question mark ends up among the options: what does not look like an option's name is not shown.
fn printable(name: &str) -> String {
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { name.to_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(url: &str) -> Vec<(String, u16)> {
        let address = Address::parse(url).expect("a usable URL");
        address.uris.into_iter().map(|uri| (uri.authority.host, uri.authority.port)).collect()
    }

    #[test]
    fn every_part_is_read() {
        let address = Address::parse("amqps://us%40er:p%2Fa+ss@rabbit/v%2fhost?heartbeat=30&cacertfile=/ca.pem")
            .expect("a usable URL");
        let uri = &address.uris[0];
        assert_eq!(uri.scheme, AMQPScheme::AMQPS);
        assert_eq!(uri.authority.userinfo, AMQPUserInfo { username: "us@er".into(), password: "p/a+ss".into() });
        assert_eq!((uri.vhost.as_str(), uri.authority.port, uri.query.heartbeat), ("v/host", 5671, Some(30)));
        assert_eq!(address.ca_file.as_deref(), Some("/ca.pem".as_ref()));
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        for url in ["amqp://localhost", "amqp://localhost/", "amqp://localhost/%2F"] {
            let address = Address::parse(url).expect(url);
            assert_eq!(address.connect_timeout, Duration::from_secs(5));
            let query = AMQPQueryString { heartbeat: Some(10), ..AMQPQueryString::default() };
            assert_eq!(address.uris, [AMQPUri { query, ..AMQPUri::default() }]);
        }
    }

    #[test]
    fn debug_output_has_no_password() {
        let address = Address::parse("amqp://u:hunter2@h/v").expect("a usable URL");
        assert_eq!(format!("{address:?}"), r#"[("h", 5672)]"#);
    }

    #[test]
    fn several_hosts_stand_between_commas() {
        let expected = [("a".to_owned(), 5672), ("10.0.0.2".to_owned(), 5673), ("::1".to_owned(), 5674)];
        assert_eq!(hosts("amqp://u,ser:p,w@a,10.0.0.2:5673,[::1]:5674/v"), expected);
    }

    #[test]
    fn a_mistake_is_named_and_the_password_is_not() {
        let mistakes = [
            ("", "must begin with amqp://"),
            ("http://u:hunter2@h/", "must begin with amqp://"),
            ("amqp://u:hunter2@", "host 1"),
            ("amqp://u:hunter2@a,,b/", "host 2"),
            ("amqp://u:hunter2@a:99999/", "host 1"),
            ("amqp://u:hunter2%FF@a/", "password"),
            ("amqp://u:hunter2@a/b/c", "virtual host"),
            ("amqp://u:hunter2@a/?heartbeet=10", "unknown option `heartbeet`"),
            ("amqp://u:hunter2@a/?heartbeat=0", "`heartbeat`"),
            ("amqp://u:hunter2@a/?verify=verify_none", "`verify`"),
            ("amqp://u:hun/ter2@a", "host 1"),
            ("amqp://u:1?hunter2@a", "unknown option `…`"),
        ];
        for (url, part) in mistakes {
            let error = Address::parse(url).expect_err(url).to_string();
            assert!(error.contains(part), "{url}: {error}");
            assert!(!error.contains("hunter2") && !error.contains('\n'), "{error}");
        }
    }
}
