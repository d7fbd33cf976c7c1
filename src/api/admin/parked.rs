//! Messages that could not be processed.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use utoipa::IntoParams;
use uuid::Uuid;

use super::broker::{connect, disconnect};
use super::{finish, record};
use crate::api::ApiState;
use crate::api::access::Admin;
use crate::api::filters::{self, Parameters};
use crate::api::openapi::{ADMINISTRATORS, Invalid, Refusals};
use crate::api::problem::{Problem, ProblemBody};
use crate::broker::parked::{self, Handled, ParkedMessage, Selection};
use crate::store::AdminAction;

/// The most messages of a list, and those of one that does not say.
const MOST: usize = 1000;
const USUAL: usize = 100;

/// How long a replay may take: a broker that blocks publishers, for want of memory or disk, makes it wait.
const REPLAY: Duration = Duration::from_secs(10);

/// How much of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Look {
    /// The most messages of the list, 1 to 1000; 100 where it is left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, example = 100)]
    limit: Option<String>,
}

/// Lists what is parked, the message parked first at the top. Bodies may hold names and phone numbers.
///
/// Where there are more than `limit`, the next list begins with others.
#[utoipa::path(get, path = "/api/admin/parked", tag = ADMINISTRATORS, params(Look),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = [ParkedMessage]), Refusals, Invalid))]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Parameters(look): Parameters<Look>,
) -> Result<Json<Vec<ParkedMessage>>, Problem> {
    let limit = filters::limit(look.limit.as_deref(), MOST)?.unwrap_or(USUAL);
    read(state, limit).await.map(Json)
}

/// Up to `limit` parked messages, the one parked first at the front.
pub(crate) async fn read(state: ApiState, limit: usize) -> Result<Vec<ParkedMessage>, Problem> {
    // Given up halfway, it would give the messages back only after the next look has begun.
    let work = async move {
        let _turn = state.parked_look.lock().await;
        let connection = connect(&state).await?;
        let listed = parked::list(&connection, &state.names, limit).await;
        disconnect(connection).await;
        Ok(listed?)
    };
    finish(work).await
}

/// Has a message processed again, now that what stood in the way is mended. Other subscribers do not get it again.
#[utoipa::path(post, path = "/api/admin/parked/{id}/replay", tag = ADMINISTRATORS,
    params(("id" = Uuid, Path, description = "As the list has it")), security(("bearer" = []), ("session" = [])),
    responses((status = 204, description = "It is in the queue it was parked from"), Refusals, Invalid,
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
            description = "Nothing with this id is parked"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "The queue did not take it; it is still parked")))]
pub(crate) async fn replay(
    State(state): State<ApiState>,
    admin: Admin,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Problem> {
    send_back(state, admin, read_id(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a message back to the queue that it was parked from, and records who did.
pub(crate) async fn send_back(state: ApiState, admin: Admin, id: Uuid) -> Result<(), Problem> {
    let work = async move {
        let _turn = state.parked_look.lock().await;
        let connection = connect(&state).await?;
        let selection = Selection::Ids([id].into());
        let replayed = timeout(REPLAY, parked::replay(&connection, &state.names, &selection)).await;
        disconnect(connection).await;
        let late =
            |_| Problem::Unavailable("RabbitMQ did not take the message in time; see whether it is still parked");
        conclude(&state, &admin, AdminAction::ReplayParked, id, replayed.map_err(late)??).await
    };
    finish(work).await
}

/// Deletes a message for good.
#[utoipa::path(delete, path = "/api/admin/parked/{id}", tag = ADMINISTRATORS,
    params(("id" = Uuid, Path, description = "As the list has it")), security(("bearer" = []), ("session" = [])),
    responses((status = 204, description = "It is gone"), Refusals, Invalid,
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
            description = "Nothing with this id is parked")))]
pub(crate) async fn discard(
    State(state): State<ApiState>,
    admin: Admin,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Problem> {
    throw_away(state, admin, read_id(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a message, and records who did.
pub(crate) async fn throw_away(state: ApiState, admin: Admin, id: Uuid) -> Result<(), Problem> {
    let work = async move {
        let _turn = state.parked_look.lock().await;
        let connection = connect(&state).await?;
        let discarded = parked::discard(&connection, &state.names, &Selection::Ids([id].into())).await;
        disconnect(connection).await;
        conclude(&state, &admin, AdminAction::DiscardParked, id, discarded?).await
    };
    finish(work).await
}

pub(crate) fn read_id(id: Result<Path<Uuid>, PathRejection>) -> Result<Uuid, Problem> {
    id.map(|Path(id)| id).map_err(|_| Problem::invalid("id", "it must be a UUID"))
}

/// Records what was done, and says what was not.
async fn conclude(
    state: &ApiState,
    admin: &Admin,
    action: AdminAction,
    id: Uuid,
    handled: Handled,
) -> Result<(), Problem> {
    if !handled.done.is_empty() {
        record(state, admin, action, json!({ "id": id, "messages": handled.done.len() })).await;
    }
    if !handled.refused.is_empty() {
        let detail = "the queue did not take the message, which is still parked".to_owned();
        return Err(Problem::Conflict { detail, lead: None });
    }
    match handled.done.is_empty() {
        true => Err(Problem::NotFound("nothing with this id is parked")),
        false => Ok(()),
    }
}
