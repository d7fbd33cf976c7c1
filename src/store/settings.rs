//! What administrators change while the service runs.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::audit::AdminAction;
use super::deadlines::SETTINGS_CHANNEL;
use super::error::Error;
use super::pool::Store;
use super::statement;

/// The response window as administrators left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSetting {
    /// For offers from now on; `None` where it is as configured.
    pub window: Option<Duration>,
    /// When it was changed; before anybody did, when the schema was made.
    pub changed_at: DateTime<Utc>,
    /// Who changed it: the `sub` of the token. `None` where nobody did.
    pub changed_by: Option<String>,
}

impl Store {
    /// The response window as it is set, and by whom.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn response_window_setting(&self) -> Result<WindowSetting, Error> {
        let row = self.query_one(statement::RESPONSE_WINDOW_SETTING, &[]).await?;
        let ms: Option<i64> = row.try_get("response_window_ms")?;
        Ok(WindowSetting {
            window: ms.map(|ms| Duration::from_millis(ms.unsigned_abs())),
            changed_at: row.try_get("changed_at")?,
            changed_by: row.try_get("changed_by")?,
        })
    }

    /// Sets the response window for offers from now on, to the millisecond, records who did it, and tells every replica,
    /// all at once or not at all. Its delay queue has to be there already.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers: a window outside of 100 ms to 7 days breaks a CHECK.
    pub async fn set_response_window(&self, window: Duration, user_id: &str) -> Result<(), Error> {
        let ms = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        let action = AdminAction::SetResponseWindow.as_str();
        self.query(statement::SET_RESPONSE_WINDOW, &[&ms, &user_id, &action, &SETTINGS_CHANNEL]).await?;
        Ok(())
    }
}
