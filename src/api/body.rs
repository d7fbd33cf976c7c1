//! Bodies of requests: JSON objects of at most 64 KiB, read field by field, so that an error names the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::problem::Problem;

/// A JSON object; empty where there is no body at all, or null.
pub(crate) struct Body {
    fields: Map<String, Value>,
    bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
            _ => Problem::BadBody(refused.body_text()),
        })?;
        if bytes.is_empty() {
            return Ok(Self { fields: Map::new(), bytes });
        }
        if !is_json {
            return Err(Problem::UnsupportedMediaType);
        }
        let fields: Option<Map<String, Value>> = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::BadBody(format!("it is no JSON object: {error}")))?;
        Ok(Self { fields: fields.unwrap_or_default(), bytes })
    }
}

impl Body {
    /// The body as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A field, read by `read`; `None` where it is absent or null.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], which says that the field must be `accepted`.
    pub(crate) fn optional<T>(
        &self,
        field: &'static str,
        accepted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let value = self.fields.get(field).filter(|value| !value.is_null());
        let refused = || Problem::invalid(field, format!("it must be {accepted}"));
        value.map(|value| read(value).ok_or_else(refused)).transpose()
    }

    /// As [`Body::optional`], of a field that has to be there.
    ///
    /// # Errors
    ///
    /// As [`Body::optional`].
    pub(crate) fn required<T>(
        &self,
        field: &'static str,
        accepted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, Problem> {
        let missing = || Problem::invalid(field, format!("it is missing, and must be {accepted}"));
        self.optional(field, accepted, read)?.ok_or_else(missing)
    }
}

/// No Content-Type counts as JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    let essence = value.to_str().ok().and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
