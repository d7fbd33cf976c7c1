//! Messages that wait to be published.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use futures::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::error::Error;
use super::pool::Store;
use super::statement;

/// What a message in the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::EnumString)]
pub enum Kind {
    /// A message to the service itself, to wake up at a deadline.
    #[strum(serialize = "timer")]
    Timer,
    /// An offer was missed.
    #[strum(serialize = "lead.missed")]
    Missed,
    /// An announcement is taken back.
    #[strum(serialize = "lead.missed_retracted")]
    Retracted,
    /// An answer was given through the API.
    #[strum(serialize = "lead.responded")]
    Responded,
}

impl Kind {
    /// Every kind; timers first, since a late timer is a late announcement.
    pub const ALL: [Self; 4] = [Self::Timer, Self::Missed, Self::Retracted, Self::Responded];

    /// The name in the table; of what goes to the exchange, the routing key.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A message to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxMessage {
    /// What it is.
    pub kind: Kind,
    /// Of a timer: the delay queue that it goes to, in milliseconds; `None` for straight to the dead-letter queue.
    pub delay_ms: Option<i64>,
    /// The AMQP `message_id`, by which subscribers know duplicates.
    pub message_id: String,
    /// The id of an announcement that must be published before.
    pub follows: Option<String>,
    /// The lead that it is about.
    pub lead_id: Option<Uuid>,
    /// The W3C trace context.
    pub traceparent: Option<String>,
    /// The event's time.
    pub occurred_at: DateTime<Utc>,
    /// Not to be published before; `None` for at once.
    pub due_at: Option<DateTime<Utc>>,
    /// The payload.
    pub body: Vec<u8>,
}

/// What waits in the outbox and is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutboxDepth {
    /// How many messages.
    pub pending: u64,
    /// For how long the oldest has been due, in seconds.
    pub oldest_seconds: f64,
}

/// Messages that nobody else can claim until this is settled or dropped.
pub struct OutboxClaim<'a> {
    transaction: Transaction<'a>,
    rows: Vec<(i64, OutboxMessage)>,
}

impl<'a> OutboxClaim<'a> {
    /// Claims up to `limit` messages of each kind that are due at `now`, the oldest first, passing over those that another relay
    /// has claimed, and retractions whose announcement is still here.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn take(client: &'a mut Client, kinds: &[Kind], limit: usize, now: DateTime<Utc>) -> Result<Self, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let transaction = client.transaction().await?;
        let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let by_index = transaction.prepare_cached(statement::CLAIM_BY_INDEX.text).await?;
        let claim = transaction.prepare_cached(statement::CLAIM_OUTBOX.text).await?;
        // The outbox fills and empties faster than its statistics follow. A planner that expects few rows of a kind would
        // rather sort them all, each time, than walk the index, whose order is the one that is asked for.
        let parameters: [&(dyn ToSql + Sync); 3] = [&names, &limit, &now];
        let (_, rows) = try_join!(transaction.execute(&by_index, &[]), transaction.query(&claim, &parameters))?;
        let rows = rows.iter().map(claimed).collect::<Result<_, _>>()?;
        Ok(Self { transaction, rows })
    }

    /// What was claimed.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = &OutboxMessage> {
        self.rows.iter().map(|(_, message)| message)
    }

    /// Sends these delayed timers, by their position, straight to the dead-letter queue instead, each when its delay is
    /// over: for when their delay queue is not there.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn reroute(&self, positions: &[usize]) -> Result<(), Error> {
        let ids: Vec<i64> = positions.iter().map(|position| self.rows[*position].0).collect();
        if !ids.is_empty() {
            let reroute = self.transaction.prepare_cached(statement::REROUTE_TIMERS.text).await?;
            self.transaction.execute(&reroute, &[&ids]).await?;
        }
        Ok(())
    }

    /// Deletes those messages for which `is_done` says so, by their position, and lets go of the others.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers. The messages may then be published again.
    pub async fn settle(self, is_done: impl Fn(usize) -> bool) -> Result<(), Error> {
        let done = self.rows.iter().enumerate().filter(|(position, _)| is_done(*position));
        let (kinds, ids): (Vec<&str>, Vec<i64>) = done.map(|(_, (id, message))| (message.kind.as_str(), *id)).unzip();
        if !ids.is_empty() {
            let delete = self.transaction.prepare_cached(statement::DELETE_OUTBOX.text).await?;
            self.transaction.execute(&delete, &[&kinds, &ids]).await?;
        }
        Ok(self.transaction.commit().await?)
    }
}

impl Store {
    /// How much of the outbox is due.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn outbox_depth(&self) -> Result<OutboxDepth, Error> {
        let rows = self.query(statement::OUTBOX_DEPTH, &[]).await?;
        let row = rows.first().ok_or(Error::NoRow)?;
        let pending: i64 = row.try_get(0)?;
        Ok(OutboxDepth { pending: pending.unsigned_abs(), oldest_seconds: row.try_get(1)? })
    }

    /// When the next message becomes due that is not yet at `now`.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn next_outbox_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
        let rows = self.query(statement::NEXT_OUTBOX, &[&now]).await?;
        Ok(rows.first().ok_or(Error::NoRow)?.try_get(0)?)
    }

    /// Drops the messages of this kind that have waited for 24 hours, but for retractions whose announcement waits as
    /// well. Returns how many.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn drop_unwanted(&self, kind: Kind) -> Result<u64, Error> {
        self.execute(statement::DROP_UNWANTED_OUTBOX, &[&kind.as_str()]).await
    }
}

fn claimed(row: &Row) -> Result<(i64, OutboxMessage), Error> {
    let kind: &str = row.try_get("kind")?;
    let unknown = |_| Error::Unknown { column: "kind", value: kind.to_owned() };
    let message = OutboxMessage {
        kind: kind.parse().map_err(unknown)?,
        delay_ms: row.try_get("delay_ms")?,
        message_id: row.try_get("message_id")?,
        follows: None,
        lead_id: row.try_get("lead_id")?,
        traceparent: row.try_get("traceparent")?,
        occurred_at: row.try_get("occurred_at")?,
        due_at: None,
        body: row.try_get("body")?,
    };
    Ok((row.try_get("id")?, message))
}
