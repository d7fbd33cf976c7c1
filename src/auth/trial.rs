//! Tokens for trying things out, signed with the service's own secret.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey};

use super::Token;
use crate::config::{Auth, SecretError};

/// Why no trial token is signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The configuration does not allow it.
    #[error("trial tokens are not allowed here: LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS is not true")]
    NotAllowed,
    /// There is nothing to sign it with.
    #[error("LEAD_TRACKER_AUTH__HS256_SECRET is not set: a trial token is signed with it")]
    NoSecret,
    /// The secret has no value now.
    #[error("the secret of tokens cannot be read")]
    Secret(#[from] SecretError),
    /// The library failed.
    #[error("the token cannot be signed")]
    Signing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Signs a token that a [`Verifier`](super::Verifier) of the same configuration accepts. It is issued at `issued_at`,
/// whatever its plan claim says of that.
///
/// # Errors
///
/// [`TrialError`]
pub fn sign(token: &Token, auth: &Auth, issued_at: DateTime<Utc>) -> Result<String, TrialError> {
    if !auth.allow_trial_tokens {
        return Err(TrialError::NotAllowed);
    }
    let secret = auth.hs256_secret.as_ref().ok_or(TrialError::NoSecret)?.read()?;
    let mut claims = token.to_claims(issued_at);
    for (name, value) in [("iss", &auth.issuer), ("aud", &auth.audience)] {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value.as_str().into());
        }
    }
    let (header, key) = (jsonwebtoken::Header::new(Algorithm::HS256), EncodingKey::from_secret(secret.as_bytes()));
    jsonwebtoken::encode(&header, &claims, &key).map_err(|error| TrialError::Signing(error.into()))
}
