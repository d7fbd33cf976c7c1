//! Tokens of all kinds, good and bad, with real keys and a real host of keys.

mod claims;
mod host;
mod published;
mod rotation;
mod signatures;
mod signing;

use std::time::Instant;

use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{TokenError, Verifier, jwks};
use crate::config::{Auth, Secret};

const SECRET: &str = "a secret for tests, of a decent length";

/// What is configured: the shared secret alone.
fn shared_secret() -> Auth {
    Auth {
        hs256_secret: Some(Secret::Value(SECRET.to_owned())),
        jwks_url: None,
        issuer: None,
        audience: None,
        allow_trial_tokens: false,
    }
}

/// What is configured: the JWKS alone.
fn published(url: &str) -> Auth {
    Auth { hs256_secret: None, jwks_url: Some(Secret::Value(url.to_owned())), ..shared_secret() }
}

/// A verifier whose client does not care for the proxies of this machine.
fn verifier(auth: &Auth) -> Verifier {
    Verifier::with_client(auth, || jwks::client().no_proxy().build()).expect("the configuration is good")
}

/// The claims of a good token with these on top; null takes one away.
fn claims(changes: Value) -> Value {
    let mut claims = json!({ "sub": "user-7", "exp": now() + 600 });
    for (name, value) in changes.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    claims
}

/// Seconds since 1970.
fn now() -> i64 {
    Utc::now().timestamp()
}

fn hs256(claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).expect("a token")
}

/// Why a token is refused.
async fn refusal(verifier: &Verifier, token: &str) -> TokenError {
    verifier.verify_at(token, Instant::now()).await.expect_err("the token is refused")
}
