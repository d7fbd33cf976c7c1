//! The settings: defaults in code, then a TOML file, then the environment.
//!
//! A setting `sweep.interval` of the file is `LEAD_TRACKER_SWEEP__INTERVAL` in the environment; only `database.url` and
//! `amqp.url` have names of their own, `DATABASE_URL` and `AMQP_URL`. An empty variable counts as none. Durations have a
//! unit: `30min`, `10s`, `500ms`. A secret can also be given by the name of a file that holds it: with `_FILE` after the
//! variable's name, `_file` after the key's.

mod error;
mod key;
mod layers;
mod parse;
mod secret;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

pub use error::ConfigError;
pub(crate) use parse::duration_between;
pub use secret::{Secret, SecretError};

use crate::telemetry::LogFormat;
use layers::Layers;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What RFC 7518 asks of a key for HS256, in bytes.
const HS256_KEY: usize = 32;

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[database]`
    pub database: Database,
    /// `[amqp]`
    pub amqp: Amqp,
    /// `response_window`, `30min`: how long a freelancer has to respond, 100 ms to 7 days in whole milliseconds. It holds
    /// until an administrator changes it; the changed one lives in the database and wins.
    pub response_window: Duration,
    /// `[http]`
    pub http: Http,
    /// `[broker]`
    pub broker: Broker,
    /// `[sweep]`
    pub sweep: Sweep,
    /// `[auth]`
    pub auth: Auth,
    /// `upgrade_url`, `/subscription-plans`: the page, as a path or a URL, where a freelancer without a plan is sent.
    pub upgrade_url: String,
    /// `sign_in_url`, `/login`: the page, as a path or a URL, where somebody who is not signed in is sent.
    pub sign_in_url: String,
    /// `[log]`
    pub log: Log,
    /// What is odd but does not stop the start, one line each, to be logged once logging is set up.
    pub warnings: Vec<String>,
}

/// PostgreSQL.
#[derive(Debug, Clone)]
pub struct Database {
    /// `url`, in the environment `DATABASE_URL`: `postgres://user:password@host:5432/database`. Several hosts, of which the
    /// writable one is used, and libpq's `sslmode` work.
    pub url: Option<Secret>,
    /// `migrate`, `true`: whether `serve` brings the schema up to date at its start, or only checks it.
    pub migrate: bool,
    /// `pool_size`, `10`: how many connections carry the traffic, 1 to 1000; one more listens for notifications.
    pub pool_size: usize,
}

/// RabbitMQ's address.
#[derive(Debug, Clone)]
pub struct Amqp {
    /// `url`, in the environment `AMQP_URL`: `amqp://user:password@host:5672/vhost`, `amqps://` for TLS. Several hosts
    /// are tried in turn.
    pub url: Option<Secret>,
}

/// The HTTP side.
#[derive(Debug, Clone)]
pub struct Http {
    /// `address`, `0.0.0.0:3000`: where to listen.
    pub address: SocketAddr,
}

/// What the service has on the broker.
#[derive(Debug, Clone)]
pub struct Broker {
    /// `prefix`, empty: put before every exchange's and queue's name, so that several environments share a broker. Up to
    /// 200 letters, digits and `-_.:`.
    pub prefix: String,
    /// `declare`, `true`: whether to declare what is missing of the topology, or only to verify it.
    pub declare: bool,
}

/// The sweep over deadlines that no timer announced.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// `interval`, `30s`: how often, 100 ms to a day.
    pub interval: Duration,
    /// `grace`, `5s`: how long past its deadline an interaction is left to its timer, up to a day.
    pub grace: Duration,
}

/// Who may do what. One of secret and JWKS is needed to serve HTTP.
#[derive(Debug, Clone)]
pub struct Auth {
    /// `hs256_secret`: the key of tokens that are signed with HS256; one of less than 32 bytes is warned of. From a file it
    /// is read again every 5 seconds while it is in use.
    pub hs256_secret: Option<Secret>,
    /// `jwks_url`: where the public keys of tokens are published that are signed with RS256 or ES256. They are fetched every
    /// 5 minutes, and for a key id that is not known, but then at most every 10 seconds; while their host is down, they are
    /// believed for 24 hours.
    pub jwks_url: Option<Secret>,
    /// `issuer`: what a token's `iss` must be.
    pub issuer: Option<String>,
    /// `audience`: what a token's `aud` must hold.
    pub audience: Option<String>,
    /// `allow_trial_tokens`, `false`: lets `lead-tracker token` and the trial sign-in page work. Not for production.
    pub allow_trial_tokens: bool,
}

/// The log.
#[derive(Debug, Clone)]
pub struct Log {
    /// `format`, `text`: `text` for people, `json` for machines. What is logged is `RUST_LOG`'s: by default `info`
    /// for `serve` and `warn` for the other commands.
    pub format: LogFormat,
}

impl Settings {
    /// Reads the settings from a file, where one is named, and this process's environment.
    ///
    /// # Errors
    ///
    /// As [`Settings::load`].
    pub fn from_environment(file: Option<&Path>) -> Result<Self, ConfigError> {
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::load(file, std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))))
    }

    /// Reads the settings from a file, where one is named, and these variables.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], in one line that names the first setting that is wrong and says what is accepted.
    pub fn load<K: Into<String>, V: Into<String>>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        let environment = environment.into_iter().map(|(name, value)| (name.into(), value.into()));
        let layers = Layers::read(file, environment)?;
        let mut settings = Self {
            database: Database::from_layers(&layers)?,
            amqp: Amqp { url: layers.secret("amqp.url", parse::amqp_url)? },
            response_window: layers.get("response_window", parse::response_window)?,
            http: Http { address: layers.get("http.address", parse::address)? },
            broker: Broker {
                prefix: layers.get("broker.prefix", parse::prefix)?,
                declare: layers.get("broker.declare", parse::boolean)?,
            },
            sweep: Sweep::from_layers(&layers)?,
            auth: Auth::from_layers(&layers)?,
            upgrade_url: layers.get("upgrade_url", parse::link)?,
            sign_in_url: layers.get("sign_in_url", parse::link)?,
            log: Log { format: layers.get("log.format", str::parse)? },
            warnings: layers.warnings,
        };
        settings.warnings.extend(settings.auth.warning());
        Ok(settings)
    }

    /// The PostgreSQL URL, for a command that needs it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`]
    pub fn database_url(&self) -> Result<&Secret, ConfigError> {
        let hint = "give the URL of PostgreSQL, postgres://user:password@host:5432/database, or DATABASE_URL_FILE";
        self.database.url.as_ref().ok_or(ConfigError::Missing { setting: "DATABASE_URL", hint })
    }

    /// The RabbitMQ URL, for a command that needs it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`]
    pub fn amqp_url(&self) -> Result<&Secret, ConfigError> {
        let hint = "give the URL of RabbitMQ, amqp://user:password@host:5672/vhost, or AMQP_URL_FILE";
        self.amqp.url.as_ref().ok_or(ConfigError::Missing { setting: "AMQP_URL", hint })
    }

    /// Checks that tokens can be verified, for what serves HTTP.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`]
    pub fn require_auth(&self) -> Result<(), ConfigError> {
        if self.auth.hs256_secret.is_some() || self.auth.jwks_url.is_some() {
            return Ok(());
        }
        let hint = "give the key of the tokens here, or where their keys are published by LEAD_TRACKER_AUTH__JWKS_URL";
        Err(ConfigError::Missing { setting: "LEAD_TRACKER_AUTH__HS256_SECRET", hint })
    }
}

impl Database {
    fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        Ok(Self {
            url: layers.secret("database.url", parse::database_url)?,
            migrate: layers.get("database.migrate", parse::boolean)?,
            pool_size: layers.get("database.pool_size", parse::pool_size)?,
        })
    }
}

impl Sweep {
    fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        Ok(Self {
            interval: layers.get("sweep.interval", parse::duration_between(Duration::from_millis(100), DAY))?,
            grace: layers.get("sweep.grace", parse::duration_between(Duration::ZERO, DAY))?,
        })
    }
}

impl Auth {
    fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        Ok(Self {
            hs256_secret: layers.secret("auth.hs256_secret", |_| Ok(()))?,
            jwks_url: layers.secret("auth.jwks_url", parse::http_url)?,
            issuer: layers.optional("auth.issuer", parse::text)?,
            audience: layers.optional("auth.audience", parse::text)?,
            allow_trial_tokens: layers.get("auth.allow_trial_tokens", parse::boolean)?,
        })
    }

    fn warning(&self) -> Option<String> {
        let key = self.hs256_secret.as_ref()?.read().ok()?;
        let (variable, length) = ("LEAD_TRACKER_AUTH__HS256_SECRET", key.len());
        (length < HS256_KEY)
            .then(|| format!("{variable} has {length} bytes; below {HS256_KEY} it can be guessed from a token"))
    }
}
