//! The administrator's check: ends whatever is past its deadline now, without grace.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::broker::{BrokerError, Connection, Fence, FenceOutcome, Names, depth};
use crate::domain::announcement::DetectedBy;
use crate::domain::history::{Actor, Source};
use crate::domain::transition::Detector;
use crate::handler::{DeadlineReport, Handler, now};
use crate::store::{self, Store};
use crate::sweep;
use crate::telemetry::metrics;

/// How long what was in the inbox is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often an inbox that nobody consumes is looked at.
const POLL: Duration = Duration::from_millis(250);

/// What came of a check, as administrators are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "success": true, "message": "Ended 2 offers as missed, and put 2 announcements into the outbox.",
    "processedCount": 2, "notificationCount": 2, "dryRun": false
}))]
pub struct CheckReport {
    /// Whether everything was done.
    pub success: bool,
    /// The same as all the rest, for people.
    pub message: String,
    /// Offers that were ended; of a dry run, that would be.
    pub processed_count: u64,
    /// Announcements that were recorded; the relay publishes them.
    pub notification_count: u64,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// Given where nothing was handled: how many messages were still ahead in the inbox, at least 1. Those that a consumer
    /// holds do not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped_backlog: Option<u64>,
}

/// Why there was no check.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The broker failed.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// PostgreSQL failed; what was ended before stays so.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Ends up to `limit` offers that are past their deadline now, the oldest deadline first, once what is in the inbox now
/// has been handled: it may hold answers. Where that takes longer than 10 s, nothing is ended.
///
/// # Errors
///
/// [`CheckError`]
pub async fn check_missed_leads(
    store: &Store,
    handler: &Handler,
    connection: &Connection,
    names: &Names,
    limit: usize,
) -> Result<CheckReport, CheckError> {
    // Before the wait: what falls due meanwhile may have an answer behind the fence.
    let until = now();
    let began = Instant::now();
    let backlog = backlog(connection, names.inbox()).await?;
    metrics::fence_wait(began.elapsed());
    if let Some(ahead) = backlog {
        metrics::fence_timeout();
        return Ok(CheckReport::skipped(ahead));
    }
    let detector = Detector {
        detected_by: DetectedBy::Admin,
        source: Source::Admin,
        actor: Actor::ADMIN,
        event_id: Uuid::now_v7().to_string(),
    };
    Ok(CheckReport::done(sweep::end_overdue(store, handler, &detector, until, limit).await?))
}

/// Tells how many offers [`check_missed_leads`] would end, and changes nothing.
///
/// # Errors
///
/// PostgreSQL's failure.
pub async fn dry_run(store: &Store, limit: usize) -> Result<CheckReport, store::Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(CheckReport::counted(store.count_overdue_offers(now(), limit).await?))
}

/// Waits until what is in the inbox now has been handled; tells how much of it is left where that takes too long.
async fn backlog(connection: &Connection, inbox: &str) -> Result<Option<u64>, BrokerError> {
    let patience = Instant::now() + PATIENCE;
    let first = depth(connection, inbox).await?;
    let mut current = first;
    // Without a consumer nobody would answer a fence, and it would stay in the inbox.
    while current.consumers == 0 {
        if current.ready == 0 {
            return Ok(None);
        }
        if Instant::now() >= patience {
            return Ok(Some(first.ready.min(current.ready)));
        }
        sleep(POLL).await;
        current = depth(connection, inbox).await?;
    }
    let mut fence = Fence::open(connection, inbox).await?;
    match fence.wait(patience.saturating_duration_since(Instant::now())).await? {
        FenceOutcome::Passed => Ok(None),
        FenceOutcome::TimedOut => {
            // The fence itself is still among them.
            let left = depth(connection, inbox).await?.ready.saturating_sub(1);
            Ok(Some(first.ready.min(left).max(1)))
        }
    }
}

impl CheckReport {
    fn done(DeadlineReport { missed, announced }: DeadlineReport) -> Self {
        let message = match missed {
            0 => "Nothing is past its deadline.".to_owned(),
            _ => format!(
                "Ended {} as missed, and put {} into the outbox, from where a running service publishes what is there.",
                count(missed, "offer"),
                count(announced, "announcement"),
            ),
        };
        Self { processed_count: missed, notification_count: announced, ..Self::unchanged(true, message) }
    }

    fn counted(overdue: u64) -> Self {
        let message = match overdue {
            0 => "Nothing is past its deadline.".to_owned(),
            _ => format!("Would end {} as missed. Nothing was changed: a dry run.", count(overdue, "offer")),
        };
        Self { processed_count: overdue, dry_run: true, ..Self::unchanged(true, message) }
    }

    fn skipped(ahead: u64) -> Self {
        let message = format!(
            "Nothing was handled: {} in the inbox, which may be answers, {} not been handled within {} s.",
            count(ahead, "message"),
            if ahead == 1 { "has" } else { "have" },
            PATIENCE.as_secs(),
        );
        Self { skipped_backlog: Some(ahead), ..Self::unchanged(false, message) }
    }

    fn unchanged(success: bool, message: String) -> Self {
        Self { success, message, processed_count: 0, notification_count: 0, dry_run: false, skipped_backlog: None }
    }
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
