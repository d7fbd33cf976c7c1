//! What a token says.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use super::TokenError;
use super::verifier::LEEWAY;
use crate::domain::plan::PlanClaim;

const NUMERIC_DATE: &str = "a number of seconds since 1970";

/// What a verified token says, or one to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// `sub`: who asks, as the parent product knows users. Never empty.
    pub user_id: String,
    /// `role`, by default that of a freelancer.
    pub role: Role,
    /// `freelancerId`; where it is absent, the freelancer whose user id this is.
    pub freelancer_id: Option<Uuid>,
    /// `leadPlanEndsAt` and `iat`; `None` where nothing is said of the plan.
    pub plan: Option<PlanClaim>,
    /// `exp`. The token is accepted for up to 60 seconds longer, for the sake of clocks that differ.
    pub expires_at: DateTime<Utc>,
}

/// What the sender may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// See and answer the leads that were offered to oneself.
    Freelancer,
    /// Operate the service.
    Admin,
}

impl Token {
    /// Until when the token is accepted, clocks that differ included.
    pub fn accepted_until(&self) -> DateTime<Utc> {
        let until = self.expires_at.checked_add_signed(TimeDelta::seconds(LEEWAY.cast_signed()));
        until.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Reads the claims of a token whose signature and times are good.
    pub(super) fn from_claims(claims: &Map<String, Value>) -> Result<Self, TokenError> {
        let issued_at = numeric_date(claims, "iat")?;
        let plan = claims.get("leadPlanEndsAt").map(plan_ends_at).transpose()?;
        Ok(Self {
            user_id: user_id(claims)?,
            role: role(claims)?,
            freelancer_id: freelancer_id(claims)?,
            plan: plan.map(|ends_at| PlanClaim { ends_at, issued_at }),
            expires_at: numeric_date(claims, "exp")?.ok_or_else(|| TokenError::MissingClaim("exp".to_owned()))?,
        })
    }

    /// The claims of a token that is issued at `issued_at`.
    pub(super) fn to_claims(&self, issued_at: DateTime<Utc>) -> Map<String, Value> {
        let role: &str = self.role.into();
        let mut claims = Map::from_iter([
            ("sub".to_owned(), self.user_id.as_str().into()),
            ("role".to_owned(), role.into()),
            ("iat".to_owned(), issued_at.timestamp().into()),
            ("exp".to_owned(), self.expires_at.timestamp().into()),
        ]);
        if let Some(id) = self.freelancer_id {
            claims.insert("freelancerId".to_owned(), id.to_string().into());
        }
        if let Some(plan) = self.plan {
            let ends_at = plan.ends_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            claims.insert("leadPlanEndsAt".to_owned(), ends_at.into());
        }
        claims
    }
}

fn user_id(claims: &Map<String, Value>) -> Result<String, TokenError> {
    let claim = optional(claims, "sub").ok_or_else(|| TokenError::MissingClaim("sub".to_owned()))?;
    let refused = TokenError::InvalidClaim { claim: "sub", accepted: "a text that is not empty" };
    // PostgreSQL, which looks it up, keeps no NUL.
    let text = claim.as_str().filter(|text| !text.is_empty() && !text.contains('\0'));
    text.map(str::to_owned).ok_or(refused)
}

fn role(claims: &Map<String, Value>) -> Result<Role, TokenError> {
    let refused = TokenError::InvalidClaim { claim: "role", accepted: "freelancer or admin" };
    let Some(claim) = optional(claims, "role") else { return Ok(Role::Freelancer) };
    claim.as_str().and_then(|text| text.parse().ok()).ok_or(refused)
}

fn freelancer_id(claims: &Map<String, Value>) -> Result<Option<Uuid>, TokenError> {
    let refused = TokenError::InvalidClaim { claim: "freelancerId", accepted: "a UUID" };
    let Some(claim) = optional(claims, "freelancerId") else { return Ok(None) };
    claim.as_str().and_then(|text| text.parse().ok()).map(Some).ok_or(refused)
}

/// When the plan ends; `None` where the token says that there is none.
fn plan_ends_at(claim: &Value) -> Result<Option<DateTime<Utc>>, TokenError> {
    let at = match claim {
        Value::Null => return Ok(None),
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
        other => since_1970(other),
    };
    let accepted = "an RFC 3339 time with an offset, a number of seconds since 1970, or null";
    at.map(Some).ok_or(TokenError::InvalidClaim { claim: "leadPlanEndsAt", accepted })
}

fn numeric_date(claims: &Map<String, Value>, name: &'static str) -> Result<Option<DateTime<Utc>>, TokenError> {
    let refused = TokenError::InvalidClaim { claim: name, accepted: NUMERIC_DATE };
    optional(claims, name).map(|claim| since_1970(claim).ok_or(refused)).transpose()
}

/// The `NumericDate` of RFC 7519, which may have a fraction; kept to the microsecond, as PostgreSQL does.
fn since_1970(claim: &Value) -> Option<DateTime<Utc>> {
    match claim.as_i64() {
        Some(seconds) => DateTime::from_timestamp(seconds, 0),
        None => DateTime::from_timestamp_micros((claim.as_f64()? * 1e6) as i64),
    }
}

/// A claim that may be left out; null counts as left out.
fn optional<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|claim| !claim.is_null())
}
