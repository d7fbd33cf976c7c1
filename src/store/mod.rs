//! PostgreSQL: the only room that names its drivers.
//!
//! sqlx owns the schema and listens for notifications; deadpool-postgres carries the traffic.

mod audit;
mod connect;
mod deadlines;
mod encoding;
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

pub use audit::{AdminAction, RecordedAction};
pub use connect::{BoxError, ConnectError, UrlSource};
pub use deadlines::{OverdueOffer, SETTINGS_CHANNEL};
pub use deadpool_postgres::Client;
pub use error::{Class, Error, class};
pub use history::HistoryEntry;
pub use idempotency::{Answer, Claim, IdempotencyKey};
pub use ledger::{Changes, Ledger, OUTBOX_CHANNEL, UntimedEvent};
pub use listener::{Listener, Wakeups};
pub use listing::{Cursor, LeadCounts, ListQuery, ListedInteraction, ListedLead, StatusFilter};
pub use live::{HISTORY_CHANNEL, LiveBatch, LiveChange};
pub use outbox::{Kind, OutboxClaim, OutboxDepth, OutboxMessage};
pub use pool::Store;
pub use position::{Position, PositionError};
pub use settings::WindowSetting;
pub use statement::{STATEMENTS, Statement};
pub use summary::{DetectedMisses, HourOfOffers, MissedByReason, ResponseTimes, Summary};
pub use target::{Target, UrlError};
pub use tls::TlsError;
