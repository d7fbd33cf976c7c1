//! From the text of a token to what it says.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Client;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio_util::task::AbortOnDropHandle;

use super::keys::Keys;
use super::shared_secret::SharedSecret;
use super::{Token, TokenError, VerifierError, jwks};
use crate::config::Auth;

/// By how much clocks may differ, in seconds.
pub(super) const LEEWAY: u64 = 60;

/// Verifies tokens. Where neither secret nor JWKS is configured, it refuses every one.
pub struct Verifier {
    secret: Option<SharedSecret>,
    keys: Option<PublishedKeys>,
    issuer: Option<String>,
    audience: Option<String>,
}

/// The keys of the JWKS, and the task that fetches them now and again.
struct PublishedKeys {
    keys: Arc<Keys>,
    _fresh: AbortOnDropHandle<()>,
}

/// What counts of a token's header. A key, or the address of one, that it brings along is not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Verifier {
    /// A verifier as configured. Where a JWKS is, its keys begin to be fetched, and are fetched again until the verifier
    /// is dropped; nothing waits for them but tokens that need them.
    ///
    /// # Errors
    ///
    /// [`VerifierError`]
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, where a JWKS is configured.
    pub fn new(auth: &Auth) -> Result<Self, VerifierError> {
        Self::with_client(auth, || jwks::client().build())
    }

    pub(super) fn with_client(
        auth: &Auth,
        client: impl FnOnce() -> reqwest::Result<Client>,
    ) -> Result<Self, VerifierError> {
        let secret = auth.hs256_secret.clone().map(|source| SharedSecret::new(source, Instant::now())).transpose()?;
        let keys = auth.jwks_url.clone().map(|url| client().map(|http| PublishedKeys::new(Keys::new(url, http))));
        let keys = keys.transpose().map_err(|error| VerifierError::Client(error.into()))?;
        Ok(Self { secret, keys, issuer: auth.issuer.clone(), audience: auth.audience.clone() })
    }

    /// What the token says, once its signature, `exp`, `nbf`, and as configured `iss` and `aud` are found good.
    ///
    /// # Errors
    ///
    /// [`TokenError`]: the token's fault, but for [`TokenError::KeysUnavailable`].
    pub async fn verify(&self, token: &str) -> Result<Token, TokenError> {
        self.verify_at(token, Instant::now()).await
    }

    /// As [`Verifier::verify`], with keys of the age that they have at `now`; the token's own times are compared with the
    /// clock.
    pub(super) async fn verify_at(&self, token: &str, now: Instant) -> Result<Token, TokenError> {
        let header = Header::read(token)?;
        let (algorithm, key) = self.key(&header, now).await?;
        let claims = jsonwebtoken::decode(token, &key, &self.validation(algorithm))?.claims;
        Token::from_claims(&claims)
    }

    async fn key(&self, header: &Header, now: Instant) -> Result<(Algorithm, DecodingKey), TokenError> {
        let algorithm = match (header.alg.as_str(), &self.secret) {
            ("HS256", Some(secret)) => return Ok((Algorithm::HS256, secret.key(now))),
            ("RS256", _) => Algorithm::RS256,
            ("ES256", _) => Algorithm::ES256,
            _ => return Err(TokenError::Algorithm),
        };
        let published = self.keys.as_ref().ok_or(TokenError::Algorithm)?;
        let key = published.keys.find(algorithm, header.kid.as_deref(), now).await?;
        Ok((algorithm, key))
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        // Without an audience of ours, tokens for whatever audience are accepted.
        validation.validate_aud = self.audience.is_some();
        if let Some(issuer) = &self.issuer {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        if let Some(audience) = &self.audience {
            validation.set_audience(&[audience]);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        validation
    }
}

impl PublishedKeys {
    fn new(keys: Keys) -> Self {
        let keys = Arc::new(keys);
        let fresh = tokio::spawn(Arc::clone(&keys).keep_fresh());
        Self { keys, _fresh: AbortOnDropHandle::new(fresh) }
    }
}

impl Header {
    fn read(token: &str) -> Result<Self, TokenError> {
        let (header, _) = token.split_once('.').ok_or(TokenError::Malformed)?;
        let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| TokenError::Malformed)?;
        let header: Self = serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)?;
        match header.crit {
            Some(_) => Err(TokenError::Critical),
            None => Ok(header),
        }
    }
}
