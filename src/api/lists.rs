//! The leads of a freelancer: pages, counts, and the history of one.

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiState;
use super::access::Freelancer;
use super::filters::{self, Filters, Paging, Parameters, Span};
use super::lead::LeadItem;
use super::openapi::{FREELANCERS, Invalid, NotFound, Refusals, word, word_or_null};
use super::problem::Problem;
use crate::domain::event::{LeadId, MissedReason};
use crate::domain::history::ActorKind;
use crate::domain::interaction::Status;
use crate::store::{Cursor, HistoryEntry, LeadCounts, ListQuery, ListedLead, StatusFilter};

/// Lists the leads that the freelancer was offered, the latest notification first.
#[utoipa::path(get, path = "/api/freelancer/leads/all-with-interactions", tag = FREELANCERS, params(Paging),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = [LeadItem], headers(("Link" = String, description = "The next page, rel=\"next\""))),
        Refusals, Invalid))]
pub(crate) async fn all_with_interactions(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    OriginalUri(uri): OriginalUri,
    Parameters(paging): Parameters<Paging>,
) -> Result<Response, Problem> {
    let query = paging.query(freelancer.id, StatusFilter::All, Span::default(), filters::ALL)?;
    page(&state, &query, &uri).await
}

/// Lists the leads of some days or of a month, and of one status.
#[utoipa::path(get, path = "/api/freelancer/leads/filtered-with-status", tag = FREELANCERS, params(Filters, Paging),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = [LeadItem], headers(("Link" = String, description = "The next page, rel=\"next\""))),
        Refusals, Invalid))]
pub(crate) async fn filtered_with_status(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    OriginalUri(uri): OriginalUri,
    Parameters(filters): Parameters<Filters>,
    Parameters(paging): Parameters<Paging>,
) -> Result<Response, Problem> {
    let query = paging.query(freelancer.id, filters.status()?, filters.span()?, filters::FILTERED)?;
    page(&state, &query, &uri).await
}

/// How many leads there are of each status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    all: u64,
    accepted: u64,
    missed: u64,
    ignored: u64,
    /// Notified or viewed.
    pending: u64,
}

/// Counts the leads of some days or of a month by status; a status in the query changes nothing.
#[utoipa::path(get, path = "/api/freelancer/leads/counts", tag = FREELANCERS, params(Filters),
    security(("bearer" = []), ("session" = [])), responses((status = 200, body = Counts), Refusals, Invalid))]
pub(crate) async fn counts(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    Parameters(filters): Parameters<Filters>,
) -> Result<Json<Counts>, Problem> {
    filters.status()?;
    let span = filters.span()?;
    let LeadCounts { all, accepted, missed, ignored, pending } =
        state.store.lead_counts(freelancer.id, span.from, span.until).await?;
    Ok(Json(Counts { all, accepted, missed, ignored, pending }))
}

/// One entry of a history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryItem {
    /// The number of the offer, from 1.
    offer: i32,
    #[schema(schema_with = word::<Status>)]
    status: Status,
    #[schema(required, schema_with = word_or_null::<Status>)]
    previous_status: Option<Status>,
    /// Why it was missed.
    #[schema(required, schema_with = word_or_null::<MissedReason>)]
    reason: Option<MissedReason>,
    #[schema(required, example = "Too far")]
    notes: Option<String>,
    actor: ActorItem,
    /// How the service learned of it.
    #[schema(example = "timer")]
    source: String,
    #[schema(example = "01a20d84-282a-714e-b819-2f89cc413a81")]
    event_id: String,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

/// Who changed something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActorItem {
    #[serde(rename = "type")]
    #[schema(schema_with = word::<ActorKind>)]
    kind: ActorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    id: Option<Uuid>,
}

/// Tells everything that happened between this freelancer and a lead, the oldest first.
#[utoipa::path(get, path = "/api/freelancer/leads/{leadId}/history", tag = FREELANCERS,
    params(("leadId" = Uuid, Path, description = "The lead")), security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = [HistoryItem]), Refusals, Invalid, NotFound))]
pub(crate) async fn history(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    PathLead(lead_id): PathLead,
) -> Result<Json<Vec<HistoryItem>>, Problem> {
    let entries = state.store.history_of_lead(lead_id, freelancer.id).await?;
    if entries.is_empty() {
        return Err(NEVER_OFFERED);
    }
    Ok(Json(entries.into_iter().map(HistoryItem::from).collect()))
}

/// Where a lead is another's, or nobody's.
pub(crate) const NEVER_OFFERED: Problem = Problem::NotFound("this lead was never offered to you");

/// The lead that a path names.
pub(crate) struct PathLead(pub(crate) LeadId);

impl<S: Send + Sync> FromRequestParts<S> for PathLead {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id = Path::from_request_parts(parts, state).await;
        id.map(|Path(id)| Self(id)).map_err(|_| Problem::invalid("leadId", "it must be a UUID"))
    }
}

/// A page of a list, and where the one behind it goes on.
pub(crate) async fn read_page(
    state: &ApiState,
    query: &ListQuery,
) -> Result<(Vec<ListedLead>, Option<Cursor>), Problem> {
    // One more than is shown tells whether there is a page behind this one.
    let mut leads = state.store.page_of_leads(&ListQuery { limit: query.limit + 1, ..*query }).await?;
    let has_next = leads.len() > query.limit;
    leads.truncate(query.limit);
    let last = leads.last().filter(|_| has_next).map(ListedLead::cursor);
    Ok((leads, last))
}

async fn page(state: &ApiState, query: &ListQuery, uri: &Uri) -> Result<Response, Problem> {
    let (leads, last) = read_page(state, query).await?;
    let link = last.and_then(|last| HeaderValue::from_str(&next(uri, &last)).ok());
    let items: Vec<LeadItem> = leads.into_iter().map(LeadItem::from).collect();
    let headers: HeaderMap = link.map(|link| (header::LINK, link)).into_iter().collect();
    Ok((headers, Json(items)).into_response())
}

/// The address of the page behind this one, as a `Link`.
fn next(uri: &Uri, last: &Cursor) -> String {
    let query = uri.query().unwrap_or_default();
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
    let mut next = form_urlencoded::Serializer::new(String::new());
    next.extend_pairs(others).append_pair("cursor", &filters::cursor_text(last));
    format!("<{}?{}>; rel=\"next\"", uri.path(), next.finish())
}

impl From<HistoryEntry> for HistoryItem {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            offer: entry.offer,
            status: entry.status,
            previous_status: entry.previous_status,
            reason: entry.reason,
            notes: entry.notes,
            actor: ActorItem { kind: entry.actor.kind, id: entry.actor.id },
            source: entry.source,
            event_id: entry.event_id,
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
        }
    }
}
