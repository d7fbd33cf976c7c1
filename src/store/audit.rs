//! What administrators did.

use chrono::{DateTime, Utc};
use serde_json::Value;
use strum::IntoStaticStr;
use tokio_postgres::Row;

use super::error::Error;
use super::pool::Store;
use super::statement;

/// Something that an administrator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum AdminAction {
    /// End everything past its deadline now.
    CheckMissedLeads,
    /// Change the response window.
    SetResponseWindow,
    /// Send a parked message to the inbox again.
    ReplayParked,
    /// Throw a parked message away.
    DiscardParked,
}

/// What an administrator did.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedAction {
    /// Its number; later ones have higher ones.
    pub id: i64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Who did it: the `sub` of the token.
    pub user_id: String,
    /// What was done, as [`AdminAction::as_str`] has it; another replica may know more of them.
    pub action: String,
    /// With what, and what came of it.
    pub details: Value,
}

impl AdminAction {
    /// The name in the table.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Store {
    /// Records what an administrator did. A change of the response window is recorded with the change, by
    /// [`Store::set_response_window`].
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn record_admin_action(&self, user_id: &str, action: AdminAction, details: &Value) -> Result<(), Error> {
        self.execute(statement::RECORD_ADMIN_ACTION, &[&user_id, &action.as_str(), details]).await?;
        Ok(())
    }

    /// The last `limit` things that administrators did, newest first.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn admin_actions(&self, limit: usize) -> Result<Vec<RecordedAction>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.query(statement::ADMIN_ACTIONS, &[&limit]).await?;
        rows.iter().map(RecordedAction::read).collect()
    }
}

impl RecordedAction {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            user_id: row.try_get("user_id")?,
            action: row.try_get("action")?,
            details: row.try_get("details")?,
        })
    }
}
