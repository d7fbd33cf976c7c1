//! Finds the deadlines that no timer announced.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use uuid::Uuid;

use crate::broker::{BrokerError, Fence, FenceOutcome};
use crate::domain::announcement::DetectedBy;
use crate::domain::history::{Actor, Source};
use crate::domain::transition::Detector;
use crate::handler::{Deadline, DeadlineReport, Handler, now};
use crate::store::{self, Class, OverdueOffer, Store};
use crate::telemetry::{metrics, spans};

/// How many offers one transaction takes.
const BATCH: usize = 500;
/// How long a sweep waits for what is in the inbox before it leaves its work to the next one.
const PATIENCE: Duration = Duration::from_secs(60);

/// When and how the sweep looks.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// How often.
    pub interval: Duration,
    /// How long past its deadline an offer is left to its timer.
    pub grace: Duration,
}

/// Why a sweep failed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The broker failed.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// PostgreSQL failed; what was ended before stays so.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Sweeps until `shutdown`.
///
/// # Errors
///
/// Where the broker fails; a failure of PostgreSQL is logged and left to the next sweep.
pub async fn run(
    store: &Store,
    handler: &Handler,
    mut fence: Fence,
    schedule: Schedule,
    shutdown: &CancellationToken,
) -> Result<(), SweepError> {
    let mut ticks = interval_at(Instant::now() + schedule.interval, schedule.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return Ok(()),
        }
        let step = step(store, handler, &mut fence, schedule.grace);
        let result = tokio::select! {
            result = step => result,
            () = shutdown.cancelled() => return Ok(()),
        };
        match result {
            Ok(report) if report.missed > 0 => {
                warn!(missed = report.missed, "the sweep found missed offers that no timer had announced");
            }
            Ok(_) => {}
            Err(SweepError::Store(error)) => {
                warn!(error = &error as &dyn std::error::Error, "the sweep failed, the next one goes on");
            }
            Err(error) => return Err(error),
        }
    }
}

/// One sweep: looks for overdue offers and, where there are any, ends them once the inbox of this moment is handled.
///
/// # Errors
///
/// [`SweepError`]
pub async fn step(
    store: &Store,
    handler: &Handler,
    fence: &mut Fence,
    grace: Duration,
) -> Result<DeadlineReport, SweepError> {
    let until = now() - TimeDelta::from_std(grace).unwrap_or_default();
    if store.overdue_offers(until, None, 1).await?.is_empty() {
        return Ok(DeadlineReport::default());
    }
    let began = Instant::now();
    let outcome = fence.wait(PATIENCE).await?;
    metrics::fence_wait(began.elapsed());
    if outcome == FenceOutcome::TimedOut {
        metrics::fence_timeout();
        info!("the sweep left its work to the next one: the inbox was not handled in time");
        return Ok(DeadlineReport::default());
    }
    let detector = Detector {
        detected_by: DetectedBy::Sweep,
        source: Source::Sweep,
        actor: Actor::SYSTEM,
        event_id: Uuid::now_v7().to_string(),
    };
    Ok(end_overdue(store, handler, &detector, until, usize::MAX).await?)
}

/// Ends up to `limit` open offers whose deadline is not after `until`, the oldest deadline first.
///
/// # Errors
///
/// PostgreSQL's failure; what was ended before it stays so.
pub async fn end_overdue(
    store: &Store,
    handler: &Handler,
    detector: &Detector,
    until: DateTime<Utc>,
    limit: usize,
) -> Result<DeadlineReport, store::Error> {
    let mut total = DeadlineReport::default();
    let mut last = None;
    loop {
        let size = BATCH.min(limit.saturating_sub(usize::try_from(total.missed).unwrap_or(usize::MAX)));
        let page = store.overdue_offers(until, last.as_ref(), size).await?;
        if page.is_empty() {
            return Ok(total);
        }
        let span = spans::internal("end overdue offers");
        let report = span.around(end_page(handler, detector, &page)).await.inspect_err(|_| span.failed("store"))?;
        total += report;
        last = page.last().copied();
    }
}

/// Ends these offers together, or one by one where PostgreSQL refuses that: a row that cannot be handled must not stand
/// in the way of the others.
async fn end_page(
    handler: &Handler,
    detector: &Detector,
    page: &[OverdueOffer],
) -> Result<DeadlineReport, store::Error> {
    let deadlines: Vec<_> = page.iter().map(|offer| Deadline { key: offer.key, detector: detector.clone() }).collect();
    match handler.handle_deadlines(&deadlines, || ()).await {
        Err(error) if error.class() != Class::Transient => {}
        result => return result,
    }
    let mut total = DeadlineReport::default();
    for deadline in &deadlines {
        match handler.handle_deadlines(std::slice::from_ref(deadline), || ()).await {
            Ok(report) => total += report,
            Err(error) if error.class() == Class::Transient => return Err(error),
            Err(error) => {
                let (lead_id, error) = (deadline.key.lead_id, &error as &dyn std::error::Error);
                error!(%lead_id, error, "an overdue offer cannot be ended");
            }
        }
    }
    Ok(total)
}
