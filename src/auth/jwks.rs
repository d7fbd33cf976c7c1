//! A JWKS document (RFC 7517): fetched, and read for the keys that are of use here.

use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::config::{Secret, SecretError};

/// How long a fetch may take, from connecting to the last byte.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a document may be, in bytes; one with a hundred keys and their certificates has fewer.
pub(super) const LONGEST: usize = 512 * 1024;

/// A public key, good for one algorithm.
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the address of the keys cannot be read")]
    Address(#[from] SecretError),
    #[error("the host of the keys does not answer")]
    Http(#[source] reqwest::Error),
    #[error("the host of the keys answers {0}")]
    Status(StatusCode),
    #[error("the host of the keys answers with more than {LONGEST} bytes")]
    TooLong,
    #[error("the host of the keys answers with something that is no JWKS")]
    NotJwks(#[from] serde_json::Error),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a password.
        Self::Http(error.without_url())
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// How keys are fetched. Redirects are not followed: the keys are believed because of the address they come from.
pub(super) fn client() -> ClientBuilder {
    let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    Client::builder().timeout(TIMEOUT).redirect(Policy::none()).user_agent(agent)
}

/// Fetches the keys from where they are published.
pub(super) async fn fetch(http: &Client, url: &Secret) -> Result<Vec<Key>, FetchError> {
    let mut response = http.get(url.read()?).send().await?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST {
            return Err(FetchError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    read(&body)
}

/// A key that cannot be read or used is passed over, as RFC 7517, section 5, asks: it takes none of the others with it.
fn read(body: &[u8]) -> Result<Vec<Key>, FetchError> {
    let document: Document = serde_json::from_slice(body)?;
    let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    Ok(keys.filter_map(|key| Key::new(&key)).collect())
}

impl Key {
    /// The key, if it is meant for verifying signatures of an algorithm that is accepted here.
    fn new(jwk: &Jwk) -> Option<Self> {
        let algorithm = algorithm(&jwk.algorithm)?;
        let common = &jwk.common;
        let is_meant = common.public_key_use.as_ref().is_none_or(|meant| *meant == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|meant| meant.contains(&KeyOperations::Verify))
            && common.key_algorithm.is_none_or(|meant| meant == KeyAlgorithm::from(algorithm));
        let key = DecodingKey::from_jwk(jwk).ok().filter(|_| is_meant)?;
        Some(Self { id: common.key_id.clone(), algorithm, key })
    }
}

/// The one algorithm that keys of this type are good for here.
fn algorithm(parameters: &AlgorithmParameters) -> Option<Algorithm> {
    match parameters {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Some(Algorithm::ES256),
        _ => None,
    }
}
