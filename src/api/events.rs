//! Live events: what happens to a freelancer's leads, as Server-Sent Events.

use std::future::ready;
use std::ops::Range;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiState;
use super::access::Freelancer;
use super::filters::Parameters;
use super::openapi::{FREELANCERS, Invalid, Refusals};
use super::problem::Problem;
use crate::domain::interaction::Status;
use crate::feed::{FollowError, Message, Permit};
use crate::store::{LiveChange, Position};

/// How soon a client comes back after its stream has ended, in milliseconds: those of a replica that stops, not all at once.
const RETRY: Range<u64> = 1_000..5_000;
/// How long a stream may be silent; proxies tend to give up after 30 s or more.
const HEARTBEAT: Duration = Duration::from_secs(15);

const LAST_EVENT_ID: &str = "last-event-id";
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // nginx would keep events back until it has 4 or 8 KiB of them.
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Resumption {
    /// The same as the header Last-Event-ID, for clients that cannot send it; the header wins.
    #[param(example = "8412-77")]
    last_event_id: Option<String>,
}

/// The data of an event `lead`: something happened to a lead. Where the status stays, its reason or notes have changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadEvent {
    lead_id: Uuid,
    /// The number of the offer, from 1.
    offer: i32,
    #[schema(value_type = String, example = "missed")]
    status: Status,
    /// Null for the first event of a lead.
    #[schema(value_type = Option<String>, example = "notified")]
    previous_status: Option<Status>,
}

/// The data of an event `plan`: the plan is not active any more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanEvent<'a> {
    /// True.
    needs_subscription: bool,
    /// Where to get a plan.
    upgrade_url: &'a str,
}

/// Tells what happens to the freelancer's leads, as it happens.
///
/// Every change comes as `event: lead` with an `id` and the data described here. The stream begins with an `id` alone, so
/// that a client which is cut off before the first change goes on from there, too; with `Last-Event-ID` every change
/// since then comes first. A client that shows a list opens the stream first and then reads the list.
///
/// The stream ends when the token does, when the client reads too slowly, and when the service stops: go on with
/// `Last-Event-ID`, as browsers do by themselves. It ends with `event: plan` and
/// `data: {"needsSubscription":true,"upgradeUrl":"…"}` when the plan ends. Comments keep a silent stream alive.
#[utoipa::path(get, path = "/api/freelancer/leads/events", tag = FREELANCERS,
    params(("Last-Event-ID" = Option<String>, Header, description = "Go on behind this event"), Resumption),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, content_type = "text/event-stream", body = LeadEvent), Refusals, Invalid))]
pub(crate) async fn events(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    headers: HeaderMap,
    Parameters(resumption): Parameters<Resumption>,
) -> Result<Response, Problem> {
    let after = resumption.position(&headers)?;
    let (start, messages) = state.feed.follow(freelancer.id, after, permit(&freelancer)).await?;
    let events = messages.map_err(axum::Error::new).and_then(move |message| ready(event(&message, &state.upgrade_url)));
    let events = stream::iter([Ok(beginning(start))]).chain(events);
    Ok((HEADERS, Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))).into_response())
}

impl Resumption {
    fn position(&self, headers: &HeaderMap) -> Result<Option<Position>, Problem> {
        match headers.get(LAST_EVENT_ID) {
            Some(value) => parse("Last-Event-ID", value.to_str().unwrap_or("?")),
            None => self.last_event_id.as_deref().map_or(Ok(None), |text| parse("lastEventId", text)),
        }
    }
}

/// Reads the id of an event; an empty one is that of a client which has seen none.
fn parse(field: &'static str, text: &str) -> Result<Option<Position>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = |_| Problem::invalid(field, "it must be the id of an event, as in 8412-77");
    text.parse().map(Some).map_err(refused)
}

fn permit(freelancer: &Freelancer) -> Permit {
    Permit { claim: freelancer.claim, plan_until: freelancer.plan.active_until(), token_until: freelancer.token_until }
}

/// An id without data: browsers take it over and dispatch nothing.
fn beginning(position: Position) -> Event {
    Event::default().retry(Duration::from_millis(rand::random_range(RETRY))).id(position.to_string())
}

fn event(message: &Message, upgrade_url: &str) -> Result<Event, axum::Error> {
    match message {
        Message::Change(change) => {
            let event = Event::default().event("lead").id(change.position.to_string());
            event.json_data(LeadEvent::from(change))
        }
        Message::PlanEnded => {
            Event::default().event("plan").json_data(PlanEvent { needs_subscription: true, upgrade_url })
        }
    }
}

impl From<&LiveChange> for LeadEvent {
    fn from(change: &LiveChange) -> Self {
        let LiveChange { lead_id, offer, status, previous_status, .. } = *change;
        Self { lead_id, offer, status, previous_status }
    }
}

impl From<FollowError> for Problem {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Store(error) => error.into(),
            FollowError::TooMany(_) => Self::TooMany { retry_after: HEARTBEAT.as_secs() },
        }
    }
}
