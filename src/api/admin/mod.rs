//! What administrators do and see. Whatever they change is recorded, with who did it.

mod broker;
pub(crate) mod check;
pub(crate) mod parked;
pub(crate) mod summary;
pub(crate) mod window;

use serde_json::Value;

use super::ApiState;
use super::access::Admin;
use super::problem::Problem;
use crate::store::AdminAction;

/// Finishes what was begun, and what follows from it, even where the one who asked has gone meanwhile.
async fn finish<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or(Err(Problem::Internal))
}

/// Records what an administrator did. Done it is, so the answer says so in any case; the log has what the table has not.
async fn record(state: &ApiState, admin: &Admin, action: AdminAction, details: Value) {
    if let Err(error) = state.store.record_admin_action(&admin.user_id, action, &details).await {
        let (user_id, action, error) = (&admin.user_id, action.as_str(), &error as &dyn std::error::Error);
        tracing::error!(user_id, action, %details, error, "cannot record what an administrator did");
    }
}
