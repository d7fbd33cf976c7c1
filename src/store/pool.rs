//! The pool of connections for the traffic.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{Client, Connect, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::task::JoinHandle;
use tokio_postgres::Row;
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::tls::{NoTlsStream, TlsConnect};
use tokio_postgres::types::ToSql;

use super::connect::{self, ConnectError, UrlSource};
use super::error::{Error, breaks_connection, breaks_server};
use super::statement::Statement;

/// How long a caller waits for a connection that another one holds, or for the check of an idle one.
const POOL_TIMEOUT: Duration = Duration::from_secs(5);

/// The database. Cloning it shares its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    pub(super) source: UrlSource,
}

impl Store {
    /// A store of at most `pool_size` connections for traffic; nothing is connected before it is needed.
    pub fn new(source: UrlSource, pool_size: usize) -> Self {
        // A connection is checked by a round trip when it is taken out: one that died unseen is replaced, not handed out.
        let config = ManagerConfig { recycling_method: RecyclingMethod::Verified };
        let manager = Manager::from_connect(tokio_postgres::Config::new(), Connector(source.clone()), config);
        let pool = Pool::builder(manager)
            .max_size(pool_size)
            .wait_timeout(Some(POOL_TIMEOUT))
            .recycle_timeout(Some(POOL_TIMEOUT))
            // Connecting has its own limit, one for each host: one for all would never get past a dead first host.
            .create_timeout(None)
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a pool with a runtime can always be built");
        Self { pool, source }
    }

    /// A connection that answers now.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`] and [`Error::Busy`], both transient.
    pub async fn client(&self) -> Result<Client, Error> {
        Ok(self.pool.get().await?)
    }

    /// Asks PostgreSQL for a sign of life.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or what the server answers instead.
    pub async fn ping(&self) -> Result<(), Error> {
        let client = self.client().await?;
        let answer = client.simple_query("").await;
        self.released(client, answer).map(|_| ())
    }

    /// Runs a statement outside a transaction.
    pub(super) async fn query(
        &self,
        statement: Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let client = self.client().await?;
        let answer = match client.prepare_cached(statement.text).await {
            Ok(prepared) => client.query(&prepared, parameters).await,
            Err(error) => Err(error),
        };
        self.released(client, answer)
    }

    /// As [`Store::query`], for a statement that always finds a row.
    pub(super) async fn query_one(
        &self,
        statement: Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        self.query(statement, parameters).await?.into_iter().next().ok_or(Error::NoRow)
    }

    /// Runs a statement that returns no rows outside a transaction; returns how many it changed.
    pub(super) async fn execute(&self, statement: Statement, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, Error> {
        let client = self.client().await?;
        let answer = match client.prepare_cached(statement.text).await {
            Ok(prepared) => client.execute(&prepared, parameters).await,
            Err(error) => Err(error),
        };
        self.released(client, answer)
    }

    fn released<T>(&self, client: Client, answer: Result<T, tokio_postgres::Error>) -> Result<T, Error> {
        answer.map_err(|error| {
            let error = Error::Statement(error);
            self.discard_if_broken(client, &error);
            error
        })
    }

    /// Gives a connection back after an error, or drops it where the error says that it is of no more use.
    ///
    /// Without this a pool stays for days on a server that a failover has made read-only, or with statements that a
    /// migration has outdated. Where the whole server is of no more use the idle connections go too. Returns whether the
    /// connection was dropped.
    pub fn discard_if_broken(&self, client: Client, error: &Error) -> bool {
        let Error::Statement(error) = error else { return false };
        if breaks_server(error) {
            self.pool.retain(|_, _| false);
        }
        let broken = breaks_connection(error);
        if broken {
            drop(Client::take(client));
        }
        broken
    }

    /// Closes the pool: waiting and later callers get an error, connections in use are dropped when given back.
    pub fn close(&self) {
        self.pool.close();
    }
}

/// Reads the URL again for every connection.
struct Connector(UrlSource);

type Connected = Result<(tokio_postgres::Client, JoinHandle<()>), tokio_postgres::Error>;

impl Connect for Connector {
    fn connect(&self, _: &tokio_postgres::Config) -> Pin<Box<dyn Future<Output = Connected> + Send + '_>> {
        Box::pin(async {
            match connect::traffic(&self.0).await {
                Ok(connected) => Ok(connected),
                Err(error) => Err(as_driver_error(error).await),
            }
        })
    }
}

/// Wraps our error as the driver's, which is all that a pool's connector may return.
///
/// The driver's error has no public constructor; what a TLS connector says is the one thing it takes over whole.
async fn as_driver_error(error: ConnectError) -> tokio_postgres::Error {
    let mut config = tokio_postgres::Config::new();
    config.user("nobody").ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
    let refused = config.connect_raw(tokio::io::empty(), Refusal(error)).await;
    refused.err().expect("the connector refuses every stream")
}

struct Refusal(ConnectError);

impl<S> TlsConnect<S> for Refusal {
    type Stream = NoTlsStream;
    type Error = ConnectError;
    type Future = Ready<Result<NoTlsStream, ConnectError>>;

    fn connect(self, _: S) -> Self::Future {
        ready(Err(self.0))
    }
}
