//! What a freelancer does about a lead: looks, accepts, says why it was missed, ignores.

use axum::RequestPartsExt;
use axum::extract::{FromRequest, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiState;
use super::access::Freelancer;
use super::body::Body;
use super::lead::LeadItem;
use super::lists::{NEVER_OFFERED, PathLead};
use super::openapi::{FREELANCERS, Gone, Refusals, Unchanged, word};
use super::problem::{PROBLEM_JSON, Problem};
use crate::contract;
use crate::domain::action::{Action, ActionOutcome};
use crate::domain::event::{FreelancerId, MissedReason, Response as Word};
use crate::domain::interaction::Status;
use crate::domain::lead::{Lead, LeadStatus};
use crate::handler::{ActionReply, ActionRequest};
use crate::store::{Answer, IdempotencyKey};

/// Under which a repeated request gets the first one's answer.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What an action came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionAnswer {
    /// True.
    success: bool,
    /// The same for people.
    #[schema(example = "You have accepted this lead.")]
    message: &'static str,
    lead: LeadItem,
}

/// Of a request that may be repeated.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "it is only described: headers are read by name")]
pub(crate) struct Repeatable {
    /// Gets the answer of the first request that had it, for 24 hours.
    #[param(rename = "Idempotency-Key", value_type = String, required = false, min_length = 1, max_length = 255,
        pattern = "^[ -~]+$")]
    idempotency_key: Option<String>,
}

/// Why it was missed.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described: bodies are read field by field")]
pub(crate) struct MissedBody {
    #[schema(schema_with = word::<MissedReason>)]
    reason: String,
    #[schema(example = "Away until Monday")]
    notes: Option<String>,
}

/// What else is to be said.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described: bodies are read field by field")]
pub(crate) struct NotesBody {
    #[schema(example = "Too far")]
    notes: Option<String>,
}

/// Notes that the freelancer has looked at a lead.
#[utoipa::path(post, path = "/api/freelancer/leads/{leadId}/viewed", tag = FREELANCERS,
    params(("leadId" = Uuid, Path, description = "The lead"), Repeatable),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = ActionAnswer), Refusals, Unchanged))]
pub(crate) async fn viewed(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    request: Request,
) -> Result<Response, Problem> {
    request.act(&state, &freelancer, Action::View).await
}

/// Accepts a lead: at most one freelancer has it.
#[utoipa::path(post, path = "/api/freelancer/leads/{leadId}/accept", tag = FREELANCERS,
    params(("leadId" = Uuid, Path, description = "The lead"), Repeatable),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = ActionAnswer), Refusals, Unchanged, Gone))]
pub(crate) async fn accept(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    request: Request,
) -> Result<Response, Problem> {
    let action = Action::Respond { response: Word::Accepted, notes: None };
    request.act(&state, &freelancer, action).await
}

/// Says why a lead was or will be missed.
#[utoipa::path(post, path = "/api/freelancer/leads/{leadId}/missed", tag = FREELANCERS,
    params(("leadId" = Uuid, Path, description = "The lead"), Repeatable), request_body = MissedBody,
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = ActionAnswer), Refusals, Unchanged))]
pub(crate) async fn missed(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    request: Request,
) -> Result<Response, Problem> {
    let reasons = contract::one_of::<MissedReason>();
    let reason: MissedReason = request.body.required("reason", &reasons, |value| value.as_str()?.parse().ok())?;
    let action = Action::Respond { response: Word::Missed(reason), notes: request.notes()? };
    request.act(&state, &freelancer, action).await
}

/// Puts a lead aside for good.
#[utoipa::path(post, path = "/api/freelancer/leads/{leadId}/ignored", tag = FREELANCERS,
    params(("leadId" = Uuid, Path, description = "The lead"), Repeatable), request_body = Option<NotesBody>,
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = ActionAnswer), Refusals, Unchanged))]
pub(crate) async fn ignored(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    request: Request,
) -> Result<Response, Problem> {
    let action = Action::Respond { response: Word::Ignored, notes: request.notes()? };
    request.act(&state, &freelancer, action).await
}

/// What all actions read of a request.
pub(crate) struct Request {
    lead_id: Uuid,
    path: String,
    key: Option<String>,
    traceparent: Option<String>,
    body: Body,
}

impl FromRequest<ApiState> for Request {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &ApiState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let PathLead(lead_id) = parts.extract().await?;
        let path = parts.uri.path().to_owned();
        let (key, traceparent) = (idempotency_key(&parts.headers)?, traceparent(&parts.headers));
        let request = axum::extract::Request::from_parts(parts, body);
        Ok(Self { lead_id, path, key, traceparent, body: Body::from_request(request, state).await? })
    }
}

impl Request {
    fn notes(&self) -> Result<Option<String>, Problem> {
        let accepted = "a text without NUL";
        self.body
            .optional("notes", accepted, |value| Some(value.as_str().filter(|text| !text.contains('\0'))?.to_owned()))
    }

    async fn act(self, state: &ApiState, freelancer: &Freelancer, action: Action) -> Result<Response, Problem> {
        // An interaction never goes away, so this need not be within the transaction.
        if state.store.listed_lead(freelancer.id, self.lead_id).await?.is_none() {
            return Err(NEVER_OFFERED);
        }
        let key =
            self.key.as_deref().map(|key| IdempotencyKey { freelancer_id: freelancer.id, route: &self.path, key });
        let fingerprint = Uuid::new_v5(&Uuid::NAMESPACE_OID, self.body.bytes());
        let request = ActionRequest {
            lead_id: self.lead_id,
            freelancer_id: freelancer.id,
            action,
            event_id: Uuid::now_v7().to_string(),
            traceparent: self.traceparent,
            key: key.map(|key| (key, fingerprint.into_bytes().to_vec())),
        };
        let answer = |lead: &Lead, outcome| answer(lead, freelancer.id, &request.action, outcome);
        match state.handler.act(&request, answer).await? {
            ActionReply::Answer(answer) => Ok(respond(answer)),
            ActionReply::OtherRequest => Err(Problem::KeyReused),
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    let refused = || Problem::invalid("Idempotency-Key", "it must have 1 to 255 visible ASCII characters");
    key.map(|key| Some(key.to_owned())).ok_or_else(refused)
}

fn traceparent(headers: &HeaderMap) -> Option<String> {
    contract::parse_traceparent(headers.get("traceparent")?.to_str().ok()?)
}

/// The answer, ready to be kept.
fn answer(lead: &Lead, freelancer_id: FreelancerId, action: &Action, outcome: ActionOutcome) -> Answer {
    let Some(item) = LeadItem::of_lead(lead, freelancer_id) else { return problem(NEVER_OFFERED) };
    match outcome {
        ActionOutcome::Done | ActionOutcome::Repeated => {
            let answer = ActionAnswer { success: true, message: message(action), lead: item };
            Answer { status: StatusCode::OK.as_u16(), body: serde_json::to_vec(&answer).unwrap_or_default() }
        }
        ActionOutcome::Conflict => {
            let detail = format!("this cannot be done: {}", standing(lead, freelancer_id));
            problem(Problem::Conflict { detail, lead: Some(Box::new(item)) })
        }
        ActionOutcome::Gone => {
            let detail = gone(lead.status()).to_owned();
            problem(Problem::Gone { detail, lead: Box::new(item) })
        }
    }
}

fn problem(problem: Problem) -> Answer {
    let (status, body) = problem.into_parts();
    Answer { status: status.as_u16(), body: serde_json::to_vec(&body).unwrap_or_default() }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match status.is_success() {
        true => axum::http::HeaderValue::from_static("application/json"),
        false => PROBLEM_JSON,
    };
    (status, [(header::CONTENT_TYPE, kind)], answer.body).into_response()
}

fn message(action: &Action) -> &'static str {
    match action {
        Action::View => "It is noted that you have seen this lead.",
        Action::Respond { response: Word::Accepted, .. } => "You have accepted this lead.",
        Action::Respond { response: Word::Ignored, .. } => "You have put this lead aside.",
        Action::Respond { response: Word::Missed(_), .. } => "It is noted why you missed this lead.",
    }
}

fn standing(lead: &Lead, freelancer_id: FreelancerId) -> &'static str {
    let row = lead.interactions.get(&freelancer_id);
    match row.map(|row| (row.status, row.missed_reason)) {
        Some((Status::Accepted, _)) => "you have accepted this lead",
        Some((Status::Ignored, _)) => "you have put this lead aside",
        Some((Status::Missed, Some(MissedReason::Expired))) => "the lead was gone before you answered",
        Some((Status::Missed, Some(MissedReason::NoResponse))) => "the time to respond is over",
        Some((Status::Missed, _)) => "you have said why you missed this lead",
        _ => "this lead waits for your answer",
    }
}

fn gone(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::Completed => "this lead is completed",
        LeadStatus::Cancelled => "the customer has withdrawn this lead",
        _ => "another freelancer has accepted this lead",
    }
}
