//! Tokens as the parent product signs them.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::SECRET;

/// What a token is to say.
#[derive(Debug, Clone)]
pub(crate) struct Claims(Value);

impl Claims {
    /// A freelancer with a plan for years to come.
    pub(crate) fn freelancer(id: Uuid) -> Self {
        Self::user(&format!("user-of-{id}"))
            .with("freelancerId", json!(id))
            .with("leadPlanEndsAt", json!("2099-12-31T00:00:00Z"))
    }

    /// An administrator.
    pub(crate) fn admin() -> Self {
        Self::user("an administrator").with("role", json!("admin"))
    }

    /// A user of whom nothing else is said, with a token for an hour.
    pub(crate) fn user(sub: &str) -> Self {
        let now = Utc::now();
        Self(json!({ "sub": sub })).at("iat", now).at("exp", now + TimeDelta::hours(1))
    }

    /// Sets a claim.
    pub(crate) fn with(mut self, claim: &str, value: Value) -> Self {
        self.0[claim] = value;
        self
    }

    /// Sets a claim to a time.
    pub(crate) fn at(self, claim: &str, time: DateTime<Utc>) -> Self {
        self.with(claim, json!(time.timestamp()))
    }

    /// Leaves a claim out.
    pub(crate) fn without(mut self, claim: &str) -> Self {
        self.0.as_object_mut().expect("claims are an object").remove(claim);
        self
    }

    /// The token, signed as the service expects it.
    pub(crate) fn sign(&self) -> String {
        self.sign_with(SECRET)
    }

    /// The token, signed with any secret.
    pub(crate) fn sign_with(&self, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::default(), &self.0, &key).expect("claims can be signed")
    }

    /// The token without a signature, which says so.
    pub(crate) fn unsigned(&self) -> String {
        use base64::Engine;
        let encode = |json: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
        format!("{}.{}.", encode(&json!({ "alg": "none", "typ": "JWT" })), encode(&self.0))
    }
}
