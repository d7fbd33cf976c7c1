//! Deadlines and the response window that sets them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use tokio_postgres::types::{Timestamp, ToSql};

use super::error::Error;
use super::pool::Store;
use super::statement;
use crate::domain::announcement::OfferKey;

/// Tells that the settings have changed.
pub const SETTINGS_CHANNEL: &str = "lead_tracker_settings";

/// An open offer whose deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverdueOffer {
    /// Which offer.
    pub key: OfferKey,
    /// The deadline.
    pub deadline_at: DateTime<Utc>,
}

impl OverdueOffer {
    fn read(row: &Row) -> Result<Self, Error> {
        let key = OfferKey {
            lead_id: row.try_get("lead_id")?,
            freelancer_id: row.try_get("freelancer_id")?,
            offer: row.try_get("offer")?,
        };
        Ok(Self { key, deadline_at: row.try_get("deadline_at")? })
    }
}

impl Store {
    /// Up to `limit` open offers whose deadline is not after `until`, the oldest deadline first, from behind `after` on.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn overdue_offers(
        &self,
        until: DateTime<Utc>,
        after: Option<&OverdueOffer>,
        limit: usize,
    ) -> Result<Vec<OverdueOffer>, Error> {
        let deadline_at = after.map_or(Timestamp::NegInfinity, |offer| Timestamp::Value(offer.deadline_at));
        let freelancer_id = after.map(|offer| offer.key.freelancer_id).unwrap_or_default();
        let lead_id = after.map(|offer| offer.key.lead_id).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let parameters: [&(dyn ToSql + Sync); 5] = [&until, &deadline_at, &freelancer_id, &lead_id, &limit];
        let rows = self.query(statement::OVERDUE_OFFERS, &parameters).await?;
        rows.iter().map(OverdueOffer::read).collect()
    }

    /// How many offers [`Store::overdue_offers`] would find.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn count_overdue_offers(&self, until: DateTime<Utc>, limit: i64) -> Result<u64, Error> {
        let count: i64 = self.query_one(statement::COUNT_OVERDUE_OFFERS, &[&until, &limit]).await?.try_get(0)?;
        Ok(count.unsigned_abs())
    }

    /// The response window that an administrator has set; `None` where it is as configured.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn response_window(&self) -> Result<Option<Duration>, Error> {
        let ms: Option<i64> = self.query_one(statement::RESPONSE_WINDOW, &[]).await?.try_get(0)?;
        Ok(ms.map(|ms| Duration::from_millis(ms.unsigned_abs())))
    }

    /// Every response window that was ever in force.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn response_windows(&self) -> Result<Vec<Duration>, Error> {
        let rows = self.query(statement::RESPONSE_WINDOWS, &[]).await?;
        rows.iter().map(|row| Ok(Duration::from_millis(row.try_get::<_, i64>(0)?.unsigned_abs()))).collect()
    }

    /// Remembers that this response window is in force.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn use_response_window(&self, window: Duration) -> Result<(), Error> {
        let ms = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        self.execute(statement::USE_RESPONSE_WINDOW, &[&ms]).await?;
        Ok(())
    }
}
