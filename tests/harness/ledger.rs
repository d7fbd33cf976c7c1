//! What the service wrote down, read from its tables.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::World;

/// A row of `freelancer_lead_interactions`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interaction {
    /// Lead and freelancer.
    pub(crate) key: (Uuid, Uuid),
    /// The number of the offer.
    pub(crate) offer: i32,
    /// The status.
    pub(crate) status: String,
    /// Why it was missed.
    pub(crate) reason: Option<String>,
    /// Until when an answer was in time.
    pub(crate) deadline_at: Option<DateTime<Utc>>,
    /// When it was first viewed.
    pub(crate) viewed_at: Option<DateTime<Utc>>,
    /// When it was answered.
    pub(crate) responded_at: Option<DateTime<Utc>>,
}

/// A row of `lead_interaction_history`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// Lead and freelancer.
    pub(crate) key: (Uuid, Uuid),
    /// The status after it.
    pub(crate) status: String,
    /// The status before it.
    pub(crate) previous: Option<String>,
    /// Why it was missed.
    pub(crate) reason: Option<String>,
    /// Who did it.
    pub(crate) actor: (String, Option<String>),
    /// What told of it.
    pub(crate) source: String,
    /// The event that told of it.
    pub(crate) event_id: Option<String>,
}

impl Change {
    /// Whether it is one of status, to this one.
    pub(crate) fn became(&self, status: &str) -> bool {
        self.status == status && self.previous.as_deref() != Some(status)
    }
}

impl World {
    /// Every interaction.
    pub(crate) async fn interactions(&self) -> Vec<Interaction> {
        let all = "select lead_id, freelancer_id, offer, status::text, missed_reason::text as reason, deadline_at,
                          viewed_at, responded_at
                   from freelancer_lead_interactions";
        self.sql().query(all, &[]).await.expect("interactions can be read").iter().map(interaction).collect()
    }

    /// The interaction of a lead and a freelancer.
    pub(crate) async fn interaction(&self, key: (Uuid, Uuid)) -> Option<Interaction> {
        self.interactions().await.into_iter().find(|interaction| interaction.key == key)
    }

    /// The history, oldest first.
    pub(crate) async fn history(&self) -> Vec<Change> {
        let all = "select lead_id, freelancer_id, status::text, previous_status::text as previous, reason::text,
                          actor_type::text, actor_id::text, source::text, event_id
                   from lead_interaction_history order by id";
        self.sql().query(all, &[]).await.expect("the history can be read").iter().map(change).collect()
    }

    /// The status of a lead and who accepted it; `None` for an unknown lead.
    pub(crate) async fn lead(&self, id: Uuid) -> Option<(String, Option<Uuid>)> {
        let one = "select status::text, accepted_by from leads where id = $1";
        let row = self.sql().query_opt(one, &[&id]).await.expect("leads can be read")?;
        Some((row.get("status"), row.get("accepted_by")))
    }

    /// Changes the response window as an administrator does, for every process that runs.
    pub(crate) async fn change_window(&self, window: Duration) {
        let ms = i64::try_from(window.as_millis()).expect("windows are short");
        let changed = self.sql().execute("update settings set response_window_ms = $1", &[&ms]).await;
        assert_eq!(changed.expect("the settings can be changed"), 1, "the settings are one row");
        self.sql().batch_execute("notify lead_tracker_settings").await.expect("anybody may notify");
    }

    /// How many messages are yet to be published, without timers that are to start later; 0 before there is a table.
    pub(crate) async fn unpublished(&self) -> i64 {
        let due = "select count(*) from outbox where kind <> 'timer' or due_at <= now()";
        self.sql().query_one(due, &[]).await.map_or(0, |row| row.get(0))
    }

    /// How many rows a table has; 0 where it does not exist yet.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        let counted = self.sql().query_one(&format!("select count(*) from {table}"), &[]).await;
        counted.map_or(0, |row| row.get(0))
    }
}

fn interaction(row: &Row) -> Interaction {
    Interaction {
        key: (row.get("lead_id"), row.get("freelancer_id")),
        offer: row.get("offer"),
        status: row.get("status"),
        reason: row.get("reason"),
        deadline_at: row.get("deadline_at"),
        viewed_at: row.get("viewed_at"),
        responded_at: row.get("responded_at"),
    }
}

fn change(row: &Row) -> Change {
    Change {
        key: (row.get("lead_id"), row.get("freelancer_id")),
        status: row.get("status"),
        previous: row.get("previous"),
        reason: row.get("reason"),
        actor: (row.get("actor_type"), row.get("actor_id")),
        source: row.get("source"),
        event_id: row.get("event_id"),
    }
}
