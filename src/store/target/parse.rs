//! Reading a PostgreSQL URL as libpq does.

use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::{Address, Host, RootCert, SslMode, Target};

/// How long one host may take to answer where the URL has no `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_PORT: u16 = 5432;
const KNOWN_OPTIONS: &str = "host, port, user, password, dbname, sslmode, sslrootcert, options, application_name, \
                             connect_timeout, target_session_attrs";

/// Why a text is no usable PostgreSQL URL. Says nothing of the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// The scheme is another one.
    #[error("it must begin with postgres:// or postgresql://")]
    Scheme,
    /// A `%` is not followed by two hexadecimal digits, or what they spell is not UTF-8.
    #[error("it has a % that is not followed by two hexadecimal digits of UTF-8 text; a % itself is written %25")]
    Encoding,
    /// Nobody to log in as.
    #[error("it names no user: write postgres://user:password@host:5432/database, with @, / and ? as %40, %2F and %3F")]
    NoUser,
    /// Nowhere to connect to.
    #[error("it names no host: write postgres://user:password@host:5432/database or add ?host=/var/run/postgresql")]
    NoHost,
    /// A port is not one.
    #[error("a port must be a number from 1 to 65535 (a / or ? in a password is written %2F or %3F)")]
    Port,
    /// There are several ports but not one for each host.
    #[error("it has {ports} ports for {hosts} hosts: give one for all or one for each")]
    PortCount {
        /// How many ports were given.
        ports: usize,
        /// How many hosts were given.
        hosts: usize,
    },
    /// The option is not known.
    #[error("option {0:?} is not known; known are {KNOWN_OPTIONS}")]
    UnknownOption(String),
    /// The option's value is not accepted.
    #[error("{option} must be {accepted}")]
    Option {
        /// The option.
        option: &'static str,
        /// What it may be.
        accepted: &'static str,
    },
}

impl Target {
    /// Parses `postgres://user[:password]@host[:port][,host[:port]…]/database[?option=value[&…]]`.
    ///
    /// A host may be an IPv6 address in brackets or the percent-encoded folder of a Unix-domain socket. Of several
    /// hosts the first that accepts writes is used. The database is named as the user where none is given.
    ///
    /// # Errors
    ///
    /// [`UrlError`], which repeats nothing that could be a password.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        let (before, query) = split(rest.ok_or(UrlError::Scheme)?, '?');
        let (authority, dbname) = split(before, '/');
        let (login, servers) = authority.rsplit_once('@').unwrap_or(("", authority));
        let mut parts = Parts::default();
        parts.login(login)?;
        parts.options(query.unwrap_or_default())?;
        parts.servers(servers)?;
        parts.target(dbname)
    }
}

/// What has been read of a URL so far.
#[derive(Default)]
struct Parts {
    user: Option<String>,
    password: Option<String>,
    dbname: Option<String>,
    hosts: Vec<String>,
    ports: Vec<Option<u16>>,
    ssl_mode: Option<SslMode>,
    root_cert: Option<String>,
    options: Option<String>,
    application_name: Option<String>,
    connect_timeout: Option<Duration>,
    reads_are_enough: bool,
}

impl Parts {
    fn login(&mut self, login: &str) -> Result<(), UrlError> {
        let (user, password) = split(login, ':');
        self.user = not_empty(percent_decode(user)?);
        self.password = password.map(percent_decode).transpose()?;
        Ok(())
    }

    /// The hosts between `@` and `/`; those of the options come after them, as in libpq they replace them.
    fn servers(&mut self, servers: &str) -> Result<(), UrlError> {
        if self.user.is_none() {
            return Err(UrlError::NoUser);
        }
        if !self.hosts.is_empty() || servers.is_empty() {
            return Ok(());
        }
        let mut ports = Vec::new();
        for server in servers.split(',') {
            let (host, port) = split_port(server);
            self.hosts.push(percent_decode(host)?);
            ports.push(port.map(parse_port).transpose()?);
        }
        if self.ports.is_empty() {
            self.ports = ports;
        }
        Ok(())
    }

    fn options(&mut self, query: &str) -> Result<(), UrlError> {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = split(pair, '=');
            self.option(name, percent_decode(value.unwrap_or_default())?)?;
        }
        Ok(())
    }

    fn option(&mut self, name: &str, value: String) -> Result<(), UrlError> {
        match name {
            "host" => self.hosts = value.split(',').map(str::to_owned).collect(),
            "port" => self.ports = value.split(',').map(|port| parse_port(port).map(Some)).collect::<Result<_, _>>()?,
            "user" => self.user = not_empty(value),
            "password" => self.password = Some(value),
            "dbname" => self.dbname = not_empty(value),
            "sslmode" => self.ssl_mode = Some(parse_ssl_mode(&value)?),
            "sslrootcert" => self.root_cert = not_empty(value),
            "options" => self.options = not_empty(value),
            "application_name" => self.application_name = not_empty(value),
            "connect_timeout" => self.connect_timeout = Some(parse_connect_timeout(&value)?),
            "target_session_attrs" => self.reads_are_enough = parse_session_attrs(&value)?,
            // Anything but a plain word may be the rest of a password with a bare `?` in it.
            _ if name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
                return Err(UrlError::UnknownOption(name.to_owned()));
            }
            _ => return Err(UrlError::UnknownOption("…".to_owned())),
        }
        Ok(())
    }

    fn target(self, dbname: Option<&str>) -> Result<Target, UrlError> {
        let hosts = self.addresses()?;
        let ssl_mode = self.effective_ssl_mode()?;
        let user = self.user.ok_or(UrlError::NoUser)?;
        let path = not_empty(percent_decode(dbname.unwrap_or_default())?);
        Ok(Target {
            hosts,
            ssl_mode,
            dbname: self.dbname.or(path).unwrap_or_else(|| user.clone()),
            user,
            password: self.password,
            root_cert: match self.root_cert {
                Some(file) if file != "system" => RootCert::File(file.into()),
                _ => RootCert::System,
            },
            options: self.options,
            application_name: self.application_name.unwrap_or_else(|| "lead-tracker".to_owned()),
            connect_timeout: self.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            writable: !self.reads_are_enough,
        })
    }

    fn addresses(&self) -> Result<Vec<Host>, UrlError> {
        if self.hosts.is_empty() || self.hosts.iter().any(String::is_empty) {
            return Err(UrlError::NoHost);
        }
        let (ports, hosts) = (self.ports.len(), self.hosts.len());
        if ports > 1 && ports != hosts {
            return Err(UrlError::PortCount { ports, hosts });
        }
        let port = |i: usize| self.ports.get(if ports == 1 { 0 } else { i }).copied().flatten().unwrap_or(DEFAULT_PORT);
        Ok(self.hosts.iter().enumerate().map(|(i, name)| Host { address: address(name), port: port(i) }).collect())
    }

    /// libpq's two rules: `require` with a root certificate verifies it, and the system's authorities, which vouch for
    /// the whole world, are no use without the host name.
    fn effective_ssl_mode(&self) -> Result<SslMode, UrlError> {
        match (self.ssl_mode, self.root_cert.as_deref()) {
            (None | Some(SslMode::VerifyFull), Some("system")) => Ok(SslMode::VerifyFull),
            (Some(_), Some("system")) => {
                Err(UrlError::Option { option: "sslmode", accepted: "verify-full with sslrootcert=system" })
            }
            (Some(SslMode::Require), Some(_)) => Ok(SslMode::VerifyCa),
            (mode, _) => Ok(mode.unwrap_or(SslMode::Prefer)),
        }
    }
}

fn address(name: &str) -> Address {
    if name.starts_with('/') { Address::Unix(name.into()) } else { Address::Tcp(name.to_owned()) }
}

fn parse_port(text: &str) -> Result<u16, UrlError> {
    text.parse().ok().filter(|port| *port > 0).ok_or(UrlError::Port)
}

fn parse_ssl_mode(text: &str) -> Result<SslMode, UrlError> {
    let accepted = "disable, allow, prefer, require, verify-ca or verify-full";
    text.parse().map_err(|_| UrlError::Option { option: "sslmode", accepted })
}

fn parse_connect_timeout(text: &str) -> Result<Duration, UrlError> {
    let seconds = text.parse().ok().filter(|seconds| (1..=300).contains(seconds));
    let accepted = "a number of seconds from 1 to 300";
    seconds.map(Duration::from_secs).ok_or(UrlError::Option { option: "connect_timeout", accepted })
}

/// Whether a server that only reads will do.
fn parse_session_attrs(text: &str) -> Result<bool, UrlError> {
    match text {
        "any" => Ok(true),
        "read-write" | "primary" => Ok(false),
        _ => Err(UrlError::Option { option: "target_session_attrs", accepted: "any, read-write or primary" }),
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Splits `host:port`, where the host may be an IPv6 address in brackets.
fn split_port(server: &str) -> (&str, Option<&str>) {
    let (host, after) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => split(server, ':'),
    };
    (host, after.filter(|port| !port.is_empty()))
}

fn not_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Undoes percent-encoding. A `+` stays a `+`, as in libpq.
pub(super) fn percent_decode(text: &str) -> Result<String, UrlError> {
    // The library leaves a broken escape as it is; in a password that would only show when connecting fails.
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(is_escape) {
        return Err(UrlError::Encoding);
    }
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| UrlError::Encoding)
}
