//! What happened between one freelancer and one lead.

use chrono::{DateTime, Utc};
use tokio_postgres::Row;

use super::error::Error;
use super::pool::Store;
use super::rows::{required, text};
use super::statement;
use crate::domain::event::{FreelancerId, LeadId, MissedReason};
use crate::domain::history::Actor;
use crate::domain::interaction::Status;

/// An entry of the permanent history: a change of status, or an answer that changed none.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The number of the offer, from 1.
    pub offer: i32,
    /// The status from then on.
    pub status: Status,
    /// The status before; `None` for the first entry.
    pub previous_status: Option<Status>,
    /// Why it was missed; of missed ones only.
    pub reason: Option<MissedReason>,
    /// What the freelancer said of it.
    pub notes: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// How the service learned of it: the name of a [`Source`](crate::domain::history::Source).
    pub source: String,
    /// The event that told it.
    pub event_id: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Store {
    /// The history of one freelancer and one lead, in the order in which it was recorded, in which each entry's previous
    /// status is the status of the one before. Empty where the lead was never offered to this freelancer.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn history_of_lead(
        &self,
        lead_id: LeadId,
        freelancer_id: FreelancerId,
    ) -> Result<Vec<HistoryEntry>, Error> {
        let rows = self.query(statement::HISTORY_OF_LEAD, &[&lead_id, &freelancer_id]).await?;
        rows.iter().map(HistoryEntry::read).collect()
    }
}

impl HistoryEntry {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            offer: row.try_get("offer")?,
            status: required(row, "status")?,
            previous_status: text(row, "previous_status")?,
            reason: text(row, "reason")?,
            notes: row.try_get("notes")?,
            actor: Actor { kind: required(row, "actor_type")?, id: row.try_get("actor_id")? },
            source: row.try_get("source")?,
            event_id: row.try_get("event_id")?,
            occurred_at: row.try_get("occurred_at")?,
            recorded_at: row.try_get("recorded_at")?,
        })
    }
}
