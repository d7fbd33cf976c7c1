//! How the last day went, and how things stand.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use futures::{TryFutureExt, join, try_join};
use serde::Serialize;
use utoipa::ToSchema;

use super::broker::{connect, disconnect};
use super::window::WindowItem;
use crate::api::ApiState;
use crate::api::openapi::{ADMINISTRATORS, Refusals};
use crate::api::problem::Problem;
use crate::broker::depth;
use crate::handler::now;
use crate::store;

/// What became of the offers of 24 hours, and how the service stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryItem {
    /// When the 24 hours began.
    from: DateTime<Utc>,
    /// When they ended.
    until: DateTime<Utc>,
    #[schema(example = 240)]
    offers: u64,
    /// Those still waiting for an answer.
    #[schema(example = 12)]
    pending: u64,
    #[schema(example = 90)]
    accepted: u64,
    /// Those accepted after the deadline; among `accepted`.
    #[schema(example = 3)]
    accepted_late: u64,
    #[schema(example = 60)]
    ignored: u64,
    missed: MissedItem,
    detected: DetectedItem,
    /// Null where nobody has answered.
    response_times: Option<ResponseTimesItem>,
    /// Null where no timer has found a miss.
    timer_lateness: Option<LatenessItem>,
    /// The same offers by the hour, oldest first, 24 of them.
    hours: Vec<HourItem>,
    response_window: WindowItem,
    outbox: OutboxItem,
    /// Parked messages; null while the broker does not answer.
    #[schema(example = 0)]
    parked: Option<u64>,
    /// Whether this replica is connected to the broker.
    broker_connected: bool,
    /// Whether this replica consumes events.
    consumer_up: bool,
}

/// Missed offers by their reason.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MissedItem {
    #[schema(example = 20)]
    expired: u64,
    #[schema(example = 50)]
    no_response: u64,
    #[schema(example = 5)]
    busy: u64,
    #[schema(example = 3)]
    not_interested: u64,
}

/// How the misses of these hours were found, whenever the offer was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DetectedItem {
    #[schema(example = 49)]
    timeout: u64,
    #[schema(example = 1)]
    sweep: u64,
    #[schema(example = 0)]
    admin: u64,
    #[schema(example = 8)]
    freelancer: u64,
    #[schema(example = 20)]
    lead_closed: u64,
}

/// How long freelancers took to answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseTimesItem {
    /// Half of them took no longer.
    #[schema(example = 312.5)]
    median_seconds: f64,
    /// Nine out of ten took no longer.
    #[schema(example = 1440.0)]
    p90_seconds: f64,
}

/// How long after their deadlines timers had the misses of these hours recorded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LatenessItem {
    /// Half of them took no longer.
    #[schema(example = 0.021)]
    median_seconds: f64,
    /// All but one of a hundred took no longer.
    #[schema(example = 0.18)]
    p99_seconds: f64,
}

/// What became of the offers of one hour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HourItem {
    /// When the hour began.
    from: DateTime<Utc>,
    #[schema(example = 10)]
    offers: u64,
    /// Accepted or ignored.
    #[schema(example = 6)]
    answered: u64,
    #[schema(example = 3)]
    missed: u64,
}

/// What is yet to be published.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutboxItem {
    /// Messages that are due.
    #[schema(example = 0)]
    pending: u64,
    /// For how long the oldest of them has been due.
    #[schema(example = 0.0)]
    oldest_seconds: f64,
}

/// Tells what became of the last 24 hours' offers, and how the service stands.
#[utoipa::path(get, path = "/api/admin/summary", tag = ADMINISTRATORS, security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = SummaryItem), Refusals))]
pub(crate) async fn summary(State(state): State<ApiState>) -> Result<Json<SummaryItem>, Problem> {
    let stored = async {
        try_join!(
            state.store.summary(now()).err_into(),
            state.store.outbox_depth().err_into(),
            WindowItem::read(&state)
        )
    };
    let (stored, parked) = join!(stored, parked_messages(&state));
    let (summary, outbox, response_window) = stored?;
    Ok(Json(SummaryItem {
        from: summary.from,
        until: summary.until,
        offers: summary.offers,
        pending: summary.pending,
        accepted: summary.accepted,
        accepted_late: summary.accepted_late,
        ignored: summary.ignored,
        missed: summary.missed.into(),
        detected: summary.detected.into(),
        response_times: summary.response_times.map(ResponseTimesItem::from),
        timer_lateness: summary.timer_lateness.map(LatenessItem::from),
        hours: summary.hours.into_iter().map(HourItem::from).collect(),
        response_window,
        outbox: outbox.into(),
        parked,
        broker_connected: state.health.broker_connected(),
        consumer_up: state.health.consumer_up(),
    }))
}

/// How many messages are parked; `None` while the broker does not answer. Nobody has to wait for one that is known to be
/// away.
pub(crate) async fn parked_messages(state: &ApiState) -> Option<u64> {
    if !state.health.broker_connected() {
        return None;
    }
    let connection = connect(state).await.ok()?;
    let depth = depth(&connection, state.names.parked()).await;
    disconnect(connection).await;
    Some(depth.ok()?.ready)
}

impl From<store::MissedByReason> for MissedItem {
    fn from(missed: store::MissedByReason) -> Self {
        let store::MissedByReason { expired, no_response, busy, not_interested } = missed;
        Self { expired, no_response, busy, not_interested }
    }
}

impl From<store::DetectedMisses> for DetectedItem {
    fn from(detected: store::DetectedMisses) -> Self {
        let store::DetectedMisses { timeout, sweep, admin, freelancer, lead_closed } = detected;
        Self { timeout, sweep, admin, freelancer, lead_closed }
    }
}

impl From<store::ResponseTimes> for ResponseTimesItem {
    fn from(store::ResponseTimes { median_seconds, p90_seconds }: store::ResponseTimes) -> Self {
        Self { median_seconds, p90_seconds }
    }
}

impl From<store::TimerLateness> for LatenessItem {
    fn from(store::TimerLateness { median_seconds, p99_seconds }: store::TimerLateness) -> Self {
        Self { median_seconds, p99_seconds }
    }
}

impl From<store::HourOfOffers> for HourItem {
    fn from(store::HourOfOffers { from, offers, answered, missed }: store::HourOfOffers) -> Self {
        Self { from, offers, answered, missed }
    }
}

impl From<store::OutboxDepth> for OutboxItem {
    fn from(store::OutboxDepth { pending, oldest_seconds }: store::OutboxDepth) -> Self {
        Self { pending, oldest_seconds }
    }
}
