//! What goes wrong, as `application/problem+json` (RFC 9457), one `type` for each kind.

use axum::Json;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::lead::LeadItem;
use crate::auth::TokenError;
use crate::store;

/// Every way in which a request is refused or fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("a token is needed: send it as Authorization: Bearer, or in the cookie hirelocal_session")]
    NoToken,
    #[error(transparent)]
    BadToken(TokenError),
    #[error("this is for a {needed}, and the token's role is another")]
    WrongRole { needed: &'static str },
    #[error("an active lead plan is needed to see and answer leads")]
    NeedsSubscription { upgrade_url: String },
    #[error("{0}")]
    NotFound(&'static str),
    #[error("this address knows no such method")]
    MethodNotAllowed,
    #[error("{detail}")]
    Conflict { detail: String, lead: Option<Box<LeadItem>> },
    #[error("{detail}")]
    Gone { detail: String, lead: Box<LeadItem> },
    #[error("{field}: {detail}")]
    Invalid { field: &'static str, detail: String },
    #[error("the query: {0}")]
    BadQuery(String),
    #[error("the body: {0}")]
    BadBody(String),
    #[error("a browser sent this on behalf of another site")]
    CrossSite,
    #[error("the Idempotency-Key came with another request before")]
    KeyReused,
    #[error("a request body may have 64 KiB")]
    TooLarge,
    #[error("the Content-Type of the body must be application/json")]
    UnsupportedMediaType,
    #[error("too many requests, try again in {retry_after} s")]
    TooMany { retry_after: u64 },
    #[error("{0}")]
    Unavailable(&'static str),
    #[error("something failed in here; the log has it under this request's id")]
    Internal,
}

/// A problem as it is sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Problem", example = json!({
    "type": "urn:lead-tracker:problem:no-token", "title": "Unauthorized", "status": 401,
    "detail": "a token is needed", "message": "a token is needed"
}))]
pub(crate) struct ProblemBody {
    /// Which kind of problem: stable, and made for programs.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The status in words.
    pub(crate) title: String,
    /// The status code.
    pub(crate) status: u16,
    /// What is wrong, for people.
    pub(crate) detail: String,
    /// The same as `detail`.
    pub(crate) message: String,
    /// Which field, parameter or header is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<&'static str>,
    /// True where the plan is what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) needs_subscription: Option<bool>,
    /// Where to get a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upgrade_url: Option<String>,
    /// The lead as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lead: Option<Box<LeadItem>>,
}

impl Problem {
    /// A parameter, header or field that is wrong, and what is accepted.
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::BadToken(TokenError::KeysUnavailable) | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadToken(_) => StatusCode::UNAUTHORIZED,
            Self::WrongRole { .. } | Self::NeedsSubscription { .. } | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Gone { .. } => StatusCode::GONE,
            Self::Invalid { .. } | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadQuery(_) | Self::BadBody(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable name of the kind.
    fn name(&self) -> &'static str {
        match self {
            Self::NoToken => "no-token",
            Self::BadToken(TokenError::KeysUnavailable) | Self::Unavailable(_) => "unavailable",
            Self::BadToken(_) => "bad-token",
            Self::WrongRole { .. } => "wrong-role",
            Self::CrossSite => "cross-site",
            Self::NeedsSubscription { .. } => "needs-subscription",
            Self::NotFound(_) => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict { .. } => "conflict",
            Self::Gone { .. } => "gone",
            Self::Invalid { .. } => "invalid",
            Self::BadQuery(_) => "bad-query",
            Self::BadBody(_) => "bad-body",
            Self::KeyReused => "idempotency-key-reused",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::TooMany { .. } => "too-many-requests",
            Self::Internal => "internal",
        }
    }

    /// What RFC 6750 and RFC 9110 want besides the body.
    fn header(&self) -> Option<(HeaderName, String)> {
        match self {
            Self::NoToken => Some((header::WWW_AUTHENTICATE, "Bearer".to_owned())),
            Self::BadToken(TokenError::KeysUnavailable) | Self::Unavailable(_) => {
                Some((header::RETRY_AFTER, "5".to_owned()))
            }
            Self::BadToken(error) => {
                let value = format!("Bearer error=\"invalid_token\", error_description=\"{error}\"");
                Some((header::WWW_AUTHENTICATE, value))
            }
            Self::TooMany { retry_after } => Some((header::RETRY_AFTER, retry_after.to_string())),
            _ => None,
        }
    }

    /// The status and the body, for an answer that is kept.
    pub(crate) fn into_parts(self) -> (StatusCode, ProblemBody) {
        let (status, detail) = (self.status(), self.to_string());
        let mut body = ProblemBody {
            kind: format!("urn:lead-tracker:problem:{}", self.name()),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            message: detail.clone(),
            detail,
            field: None,
            needs_subscription: None,
            upgrade_url: None,
            lead: None,
        };
        match self {
            Self::NeedsSubscription { upgrade_url } => {
                (body.needs_subscription, body.upgrade_url) = (Some(true), Some(upgrade_url));
            }
            Self::Conflict { lead, .. } => body.lead = lead,
            Self::Gone { lead, .. } => body.lead = Some(lead),
            Self::Invalid { field, .. } => body.field = Some(field),
            Self::KeyReused => body.field = Some("Idempotency-Key"),
            _ => {}
        }
        (status, body)
    }
}

/// The media type of every problem.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let header = self.header().and_then(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
        let (status, body) = self.into_parts();
        let mut response = (status, Json(&body)).into_response();
        // For a page, which says the same in its own way.
        response.extensions_mut().insert(body);
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response.headers_mut().extend(header);
        response
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let is_transient = error.class() == store::Class::Transient;
        let error = &error as &dyn std::error::Error;
        if is_transient {
            tracing::warn!(error, "PostgreSQL does not answer a request");
            return Self::Unavailable("the database does not answer now, try again");
        }
        tracing::error!(error, "PostgreSQL refuses a request");
        Self::Internal
    }
}
