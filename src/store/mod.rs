//! PostgreSQL: the only room that names its drivers.
//!
//! sqlx owns the schema and listens for notifications; deadpool-postgres carries the traffic.

mod connect;
mod encoding;
mod error;
mod listener;
mod pool;
mod schema;
mod statement;
mod target;
mod tls;

pub use connect::{BoxError, ConnectError, UrlSource};
pub use deadpool_postgres::{Client, Transaction};
pub use error::{Class, Error, class};
pub use listener::{Listener, Wakeups};
pub use pool::Store;
pub use statement::{STATEMENTS, Statement};
pub use target::{Target, UrlError};
pub use tls::TlsError;
