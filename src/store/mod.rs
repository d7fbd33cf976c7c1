//! PostgreSQL: the only room that names its drivers.
//!
//! sqlx owns the schema and listens for notifications; deadpool-postgres carries the traffic.
//!
//! In reading order: a [`Target`] is what a URL says, a [`Store`] connects to it and keeps its schema up to date, a
//! [`Ledger`] is one transaction over leads and everybody's dealings with them, an [`OutboxClaim`] one over what is to be
//! published, and a [`Listener`] wakes up whoever waits for either.

mod audit;
mod changes;
mod connect;
mod deadlines;
mod error;
mod freelancers;
mod history;
mod idempotency;
mod ledger;
mod listener;
mod listing;
mod live;
mod outbox;
mod pool;
mod position;
mod rows;
mod schema;
mod settings;
mod statement;
mod summary;
mod target;
mod tls;
mod untimed;

pub use audit::{AdminAction, RecordedAction};
pub use changes::{Changes, OUTBOX_CHANNEL};
pub use connect::{BoxError, ConnectError, UrlSource};
pub use deadlines::{OverdueOffer, SETTINGS_CHANNEL};
pub use deadpool_postgres::Client;
pub use error::{Class, Error};
pub use history::HistoryEntry;
pub use idempotency::{Answer, Claim, IdempotencyKey};
pub use ledger::Ledger;
pub use listener::{Listener, Wakeups};
pub use listing::{Cursor, LeadCounts, ListQuery, ListedInteraction, ListedLead, StatusFilter};
pub use live::{HISTORY_CHANNEL, LiveBatch, LiveChange};
pub use outbox::{Kind, OutboxClaim, OutboxDepth, OutboxMessage};
pub use pool::Store;
pub use position::{Position, PositionError};
pub use settings::WindowSetting;
pub use statement::{STATEMENTS, Statement};
pub use summary::{DetectedMisses, HourOfOffers, MissedByReason, ResponseTimes, Summary, TimerLateness};
pub use target::{Target, UrlError};
pub use tls::TlsError;
pub use untimed::UntimedEvent;
