//! The history as it goes on, for live events.
//!
//! An entry can be read here once every transaction that began to write before its own has ended, so that nothing ever
//! turns up behind a position that was handed out. A transaction that writes for long, in whichever database of the
//! server, therefore holds live events up. A wake-up on [`HISTORY_CHANNEL`] may come before its entries can be read, and
//! nothing wakes when they can: whoever waits polls as well.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::error::Error;
use super::pool::Store;
use super::position::Position;
use super::rows::{required, text};
use super::statement;
use crate::domain::event::{FreelancerId, LeadId};
use crate::domain::interaction::Status;

/// Tells that something was added to the history.
pub const HISTORY_CHANNEL: &str = "lead_tracker_history";

/// An entry of the history as a live event.
///
/// Every entry is one, also where the status stays: then its reason, its notes or its being late have changed, or an offer
/// was told of that the freelancer had answered before, and a page that shows the lead has something to draw anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveChange {
    /// Where to go on after it.
    pub position: Position,
    /// Whose it is.
    pub freelancer_id: FreelancerId,
    /// The lead.
    pub lead_id: LeadId,
    /// The number of the offer, from 1; an earlier one where an answer to that came late.
    pub offer: i32,
    /// The status from then on.
    pub status: Status,
    /// The status before; `None` for the first entry.
    pub previous_status: Option<Status>,
}

/// What was found behind a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveBatch {
    /// The changes, in order, of leads that are listed. An unlisted one brings a change when it is listed.
    pub changes: Vec<LiveChange>,
    /// Where to go on: behind all that was looked at, listed or not.
    pub position: Position,
    /// Whether as much was found as was asked for, so that there may be more.
    pub is_full: bool,
}

impl Store {
    /// What everybody's history has behind `after`, up to `limit` entries.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn changes_after(&self, after: Position, limit: usize) -> Result<LiveBatch, Error> {
        let transaction_id = after.transaction_id.to_string();
        let rows = self.query(statement::LIVE_CHANGES, &[&transaction_id, &after.id, &as_limit(limit)]).await?;
        LiveBatch::read(&rows, after, limit)
    }

    /// What one freelancer's history has behind `after`, up to `limit` entries, for a stream that resumes.
    ///
    /// It costs what the freelancer's leads are, not what happened to everybody's since.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn changes_of(
        &self,
        freelancer_id: FreelancerId,
        after: Position,
        limit: usize,
    ) -> Result<LiveBatch, Error> {
        let transaction_id = after.transaction_id.to_string();
        let parameters: [&(dyn ToSql + Sync); 4] = [&freelancer_id, &transaction_id, &after.id, &as_limit(limit)];
        let rows = self.query(statement::LIVE_CHANGES_OF_FREELANCER, &parameters).await?;
        LiveBatch::read(&rows, after, limit)
    }

    /// A position that has behind it everything that is not committed yet.
    ///
    /// It lies before the oldest transaction that is writing, so what was committed meanwhile may be behind it, too. What
    /// is read after asking for it shows everything before it: a page that is to miss nothing asks first, then reads.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn current_position(&self) -> Result<Position, Error> {
        let row = self.query_one(statement::LIVE_POSITION, &[]).await?;
        Ok(Position { transaction_id: required(&row, "transaction_id")?, id: 0 })
    }
}

impl LiveBatch {
    fn read(rows: &[Row], after: Position, limit: usize) -> Result<Self, Error> {
        let mut batch = Self { changes: Vec::new(), position: after, is_full: rows.len() == limit };
        for row in rows {
            let change = LiveChange::read(row)?;
            batch.position = change.position;
            if row.try_get("is_listed")? {
                batch.changes.push(change);
            }
        }
        Ok(batch)
    }
}

impl LiveChange {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            position: Position { transaction_id: required(row, "transaction_id")?, id: row.try_get("id")? },
            freelancer_id: row.try_get("freelancer_id")?,
            lead_id: row.try_get("lead_id")?,
            offer: row.try_get("offer")?,
            status: required(row, "status")?,
            previous_status: text(row, "previous_status")?,
        })
    }
}

fn as_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
