//! Connections to PostgreSQL: one URL, two drivers, the first host that accepts writes.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustls_pki_types::CertificateDer;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode as DriverSslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::target::{Address, Host, SslMode, Target, UrlError};
use super::tls::{self, TlsError};

/// A packet that stays unacknowledged for so long means that the server is gone.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);
/// A silent connection is probed after so long, then every [`KEEPALIVE_INTERVAL`].
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_PROBES: u32 = 3;
/// What the server itself ends: a statement after 30 s, a wait for a lock after 10 s, a transaction nobody continues
/// after 60 s. Every execution is planned for the tables as they are then: a plan that was made and kept while they were
/// empty sorts the whole outbox for each claim once it has filled. Compiling plans would take longer than running them.
const TRAFFIC_OPTIONS: &str = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s \
                               -c plan_cache_mode=force_custom_plan -c jit=off";
/// A migration may take its time, and waits for another replica's, but not for ever.
const SCHEMA_OPTIONS: &str = "-c statement_timeout=0 -c lock_timeout=60s -c idle_in_transaction_session_timeout=60s \
                              -c client_min_messages=warning";

/// Any error, where only its text counts.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Where the database's URL comes from, asked again for every new connection, so that a rotated password is picked up.
#[derive(Clone)]
pub struct UrlSource(Arc<dyn Fn() -> Result<String, BoxError> + Send + Sync>);

impl UrlSource {
    /// Asks `read` for the URL; it may read a small file.
    pub fn new(read: impl Fn() -> Result<String, BoxError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A URL that stays as it is.
    pub fn fixed(url: impl Into<String>) -> Self {
        let url = url.into();
        Self::new(move || Ok(url.clone()))
    }

    fn target(&self) -> Result<Target, ConnectError> {
        let url = (self.0)().map_err(ConnectError::Source)?;
        Ok(Target::parse(&url)?)
    }
}

impl fmt::Debug for UrlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlSource")
    }
}

/// Why there is no connection to PostgreSQL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL cannot be read.
    #[error("the database's URL cannot be read")]
    Source(#[source] BoxError),
    /// The URL is wrong.
    #[error("the database's URL is wrong")]
    Url(#[from] UrlError),
    /// Encryption is asked for and cannot be attempted.
    #[error("no encryption to the database")]
    Tls(#[from] TlsError),
    /// No host took the connection.
    #[error("no connection to the database {database}: {}", failures.join("; "))]
    Unreachable {
        /// The database and its hosts.
        database: String,
        /// Each host with its reason, in the order in which they were tried.
        failures: Vec<String>,
        /// Whether one of them answered and was passed over, since it only reads.
        read_only: bool,
        /// The last host's error.
        source: BoxError,
    },
}

/// One host did not become ready in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct NoAnswer(Duration);

/// A host answers but only reads.
#[derive(Debug, thiserror::Error)]
#[error("database does not allow writes")]
struct ReadOnly;

/// Connects for the traffic: tokio-postgres, with timeouts everywhere.
///
/// # Errors
///
/// [`ConnectError`]; trying again later may help with each of them.
pub(crate) async fn traffic(source: &UrlSource) -> Result<(tokio_postgres::Client, JoinHandle<()>), ConnectError> {
    let target = source.target()?;
    let trusted = trusted(&target).await?;
    let tls = MakeRustlsConnect::new(tls::client_config(target.ssl_mode, &trusted)?);
    let (client, connection) = first_host(&target, |host| {
        let (config, tls) = (driver_config(&target, host), tls.clone());
        async move { config.connect(tls).await.map_err(BoxError::from) }
    })
    .await?;
    let task = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = &error as &dyn StdError, "a connection to PostgreSQL ended");
        }
    });
    Ok((client, task))
}

/// Connects for what only sqlx does, migrations and LISTEN: directly, without the traffic's short timeouts.
///
/// # Errors
///
/// As [`traffic`].
pub(crate) async fn schema(source: &UrlSource) -> Result<(PgConnection, PgConnectOptions), ConnectError> {
    let target = source.target()?;
    let trusted = trusted(&target).await?;
    let base = sqlx_base(&target, &trusted)?;
    first_host(&target, |host| {
        let (options, writable) = (sqlx_options(&base, &target, host), target.writable);
        async move {
            let mut connection = PgConnection::connect_with(&options).await?;
            let read_only: String = sqlx::query_scalar("show transaction_read_only").fetch_one(&mut connection).await?;
            if writable && read_only == "on" { Err(ReadOnly.into()) } else { Ok((connection, options)) }
        }
    })
    .await
}

/// Tries the hosts in turn, each for as long as the target's connect timeout.
async fn first_host<T, F>(target: &Target, connect: impl Fn(&Host) -> F) -> Result<T, ConnectError>
where
    F: Future<Output = Result<T, BoxError>>,
{
    let mut failures = Vec::new();
    let mut read_only = false;
    let mut last: BoxError = UrlError::NoHost.into();
    for host in &target.hosts {
        match timeout(target.connect_timeout, connect(host)).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => last = error,
            Err(_) => last = NoAnswer(target.connect_timeout).into(),
        }
        read_only |= only_reads(&*last);
        failures.push(format!("{host}: {}", with_causes(&*last)));
    }
    Err(ConnectError::Unreachable { database: target.label(), failures, read_only, source: last })
}

/// Whether a host was passed over because it does not write.
fn only_reads(error: &(dyn StdError + 'static)) -> bool {
    // The driver's own word for it is an error of I/O that no system call has returned.
    let by_driver = |io: &io::Error| io.kind() == io::ErrorKind::PermissionDenied && io.raw_os_error().is_none();
    error.is::<ReadOnly>() || error.source().and_then(|cause| cause.downcast_ref()).is_some_and(by_driver)
}

/// An error and what caused it, in one line.
fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let mut texts: Vec<String> = causes.map(|cause| cause.to_string().replace('\n', " ")).collect();
    texts.dedup();
    texts.join(": ")
}

async fn trusted(target: &Target) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let target = target.clone();
    match tokio::task::spawn_blocking(move || tls::trusted(&target)).await {
        Ok(trusted) => Ok(trusted?),
        Err(error) => Err(ConnectError::Source(error.into())),
    }
}

fn driver_config(target: &Target, host: &Host) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config.user(&target.user).dbname(&target.dbname).application_name(&target.application_name);
    if let Some(password) = &target.password {
        config.password(password);
    }
    match &host.address {
        Address::Tcp(name) => config.host(name).ssl_mode(driver_ssl_mode(target.ssl_mode)),
        Address::Unix(folder) => config.host_path(folder).ssl_mode(DriverSslMode::Disable),
    };
    if target.writable {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config
        .port(host.port)
        .options(server_options(TRAFFIC_OPTIONS, target))
        .connect_timeout(target.connect_timeout)
        .tcp_user_timeout(TCP_USER_TIMEOUT)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_PROBES);
    config
}

/// Ours first: where the URL says otherwise, the later one wins.
fn server_options(ours: &str, target: &Target) -> String {
    match &target.options {
        Some(theirs) => format!("{ours} {theirs}"),
        None => ours.to_owned(),
    }
}

fn driver_ssl_mode(mode: SslMode) -> DriverSslMode {
    match mode {
        SslMode::Disable => DriverSslMode::Disable,
        SslMode::Prefer => DriverSslMode::Prefer,
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => DriverSslMode::Require,
    }
}

/// Everything but the host. sqlx takes ready-made server options only as a part of a URL.
fn sqlx_base(target: &Target, trusted: &[CertificateDer<'static>]) -> Result<PgConnectOptions, ConnectError> {
    let options = server_options(SCHEMA_OPTIONS, target);
    let url = format!("postgres://localhost/?options={}", utf8_percent_encode(&options, NON_ALPHANUMERIC));
    let options = url.parse::<PgConnectOptions>().map_err(|error| ConnectError::Source(error.into()))?;
    let options = options
        .username(&target.user)
        // An empty password rather than none, or sqlx looks for one in the environment.
        .password(target.password.as_deref().unwrap_or_default())
        .database(&target.dbname)
        .application_name(&target.application_name);
    if trusted.is_empty() {
        return Ok(options);
    }
    Ok(options.ssl_root_cert_from_pem(tls::pem(trusted).into_bytes()))
}

fn sqlx_options(base: &PgConnectOptions, target: &Target, host: &Host) -> PgConnectOptions {
    let options = base.clone().port(host.port);
    match &host.address {
        Address::Tcp(name) => options.host(name).ssl_mode(match target.ssl_mode {
            SslMode::Disable => PgSslMode::Disable,
            SslMode::Prefer => PgSslMode::Prefer,
            SslMode::Require => PgSslMode::Require,
            SslMode::VerifyCa => PgSslMode::VerifyCa,
            SslMode::VerifyFull => PgSslMode::VerifyFull,
        }),
        Address::Unix(folder) => options.socket(folder).ssl_mode(PgSslMode::Disable),
    }
}
