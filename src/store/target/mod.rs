//! A PostgreSQL URL, parsed once for both drivers.
//!
//! tokio-postgres knows three values of `sslmode` and refuses options it does not know, sqlx takes a single host and
//! ignores what it does not know. What is accepted here means the same to both.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

pub use parse::UrlError;

/// Where a database is and how to talk to it, as a `postgres://` URL says.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) dbname: String,
    pub(crate) ssl_mode: SslMode,
    pub(crate) root_cert: RootCert,
    /// Command-line options of the server process, such as `-c search_path=leads`.
    pub(crate) options: Option<String>,
    pub(crate) application_name: String,
    /// How long one host may take from the first packet until it is ready for statements.
    pub(crate) connect_timeout: Duration,
    /// Whether a server that only reads is passed over.
    pub(crate) writable: bool,
}

/// One server of a [`Target`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) address: Address,
    pub(crate) port: u16,
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A host name or an IP address.
    Tcp(String),
    /// The folder of a Unix-domain socket.
    Unix(PathBuf),
}

/// What is asked of the connection's encryption; the names and meanings are libpq's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum SslMode {
    /// None.
    Disable,
    /// TLS where the server has it. Stands for `allow` too: whoever accepts both is better off encrypted.
    #[strum(serialize = "allow", serialize = "prefer")]
    Prefer,
    /// TLS with whoever answers.
    Require,
    /// TLS with a certificate of a trusted authority, whatever its name.
    VerifyCa,
    /// TLS with a certificate of a trusted authority for this host.
    VerifyFull,
}

/// Which authorities are trusted where the certificate is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RootCert {
    /// Those that the operating system trusts.
    System,
    /// Those in a PEM file.
    File(PathBuf),
}

impl Target {
    /// The URL `url` with `schema` in place of the connection's default schema.
    ///
    /// # Errors
    ///
    /// As [`Target::parse`].
    pub fn in_schema(url: &str, schema: &str) -> Result<String, UrlError> {
        let search_path = format!("-c search_path={schema}");
        let options = match Self::parse(url)?.options {
            Some(options) => format!("{options} {search_path}"),
            None => search_path,
        };
        let separator = if url.contains('?') { '&' } else { '?' };
        // Of an option that is given twice the later one counts, within the options as well.
        Ok(format!("{url}{separator}options={}", utf8_percent_encode(&options, NON_ALPHANUMERIC)))
    }

    /// The file that the option `sslrootcert` names.
    pub fn root_cert_file(&self) -> Option<&Path> {
        match &self.root_cert {
            RootCert::File(path) => Some(path),
            RootCert::System => None,
        }
    }

    /// What messages call the database: its hosts and its name, no credentials.
    pub(crate) fn label(&self) -> String {
        let hosts: Vec<String> = self.hosts.iter().map(Host::to_string).collect();
        format!("{} ({})", self.dbname, hosts.join(", "))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}@{})", self.user, self.label())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Tcp(name) if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Address::Tcp(name) => write!(f, "{name}:{}", self.port),
            Address::Unix(folder) => write!(f, "{}/.s.PGSQL.{}", folder.display(), self.port),
        }
    }
}
