//! PostgreSQL: the only room that names its drivers.
//!
//! sqlx owns the schema and listens for notifications; deadpool-postgres carries the traffic.
//!
//! In reading order: a [`Target`] is what a URL says, a [`Store`] connects to it and keeps its schema up to date, a
//! [`Ledger`] is one transaction over leads and everybody's dealings with them, an [`OutboxClaim`] one over what is to be
//! published, and a [`Listener`] wakes up whoever waits for either.

mod connect;
mod deadlines;
mod error;
mod ledger;
mod listener;
mod outbox;
mod pool;
mod rows;
mod schema;
mod statement;
mod target;
mod tls;

pub use connect::{BoxError, ConnectError, UrlSource};
pub use deadlines::{OverdueOffer, SETTINGS_CHANNEL};
pub use deadpool_postgres::Client;
pub use error::{Class, Error};
pub use ledger::{Changes, Ledger, OUTBOX_CHANNEL, UntimedEvent};
pub use listener::{Listener, Wakeups};
pub use outbox::{Kind, OutboxClaim, OutboxDepth, OutboxMessage};
pub use pool::Store;
pub use statement::{STATEMENTS, Statement};
pub use target::{Target, UrlError};
pub use tls::TlsError;
