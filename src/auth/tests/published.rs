//! Which of the published keys count, and for what.

use rcgen::PKCS_RSA_SHA256;
use serde_json::{Value, json};

use super::host::{Host, P256, P384, RSA, base64, generate, jwk, signed};
use super::{SECRET, Verifier, claims, hs256, published, refusal, shared_secret, verifier};
use crate::auth::TokenError;
use crate::config::Auth;

async fn publishing(keys: &[Value]) -> (Host, Verifier) {
    let host = Host::publishing(keys).await;
    let verifier = verifier(&published(&host.url));
    (host, verifier)
}

/// A JWK with more said about it.
fn with(mut key: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("parameters") {
        key[name] = value.clone();
    }
    key
}

fn rs256(id: Option<&str>) -> String {
    signed(&RSA, &json!({ "alg": "RS256", "kid": id }), &claims(json!({})))
}

fn es256(id: Option<&str>) -> String {
    signed(&P256, &json!({ "alg": "ES256", "kid": id }), &claims(json!({})))
}

#[tokio::test]
async fn secret_and_keys_work_side_by_side() {
    let host = Host::publishing(&[jwk(&RSA, "r"), jwk(&P256, "e")]).await;
    let verifier = verifier(&Auth { hs256_secret: shared_secret().hs256_secret, ..published(&host.url) });
    for token in [hs256(&claims(json!({}))), rs256(Some("r")), es256(Some("e"))] {
        assert_eq!(verifier.verify(&token).await.expect("a good token").user_id, "user-7");
    }
    assert_eq!(host.requests(), 1);
}

#[tokio::test]
async fn without_an_id_the_only_key_of_its_algorithm_is_meant() {
    let (_host, verifier) = publishing(&[jwk(&RSA, "r"), jwk(&P256, "e")]).await;
    assert!(verifier.verify(&rs256(None)).await.is_ok() && verifier.verify(&es256(None)).await.is_ok());

    let other = generate(&PKCS_RSA_SHA256);
    let (_host, verifier) = publishing(&[jwk(&RSA, "r"), jwk(&other, "s"), jwk(&P256, "e")]).await;
    assert_eq!(refusal(&verifier, &rs256(None)).await, TokenError::UnknownKey);
    assert!(verifier.verify(&es256(None)).await.is_ok());
}

#[tokio::test]
async fn a_key_is_good_for_one_algorithm() {
    let (_host, verifier) = publishing(&[jwk(&RSA, "r"), jwk(&P256, "e"), jwk(&P384, "p")]).await;
    assert_eq!(refusal(&verifier, &es256(Some("r"))).await, TokenError::UnknownKey);
    assert_eq!(refusal(&verifier, &rs256(Some("e"))).await, TokenError::UnknownKey);
    assert_eq!(refusal(&verifier, &es256(Some("p"))).await, TokenError::UnknownKey);
}

#[tokio::test]
async fn a_key_that_is_meant_for_something_else_is_not_used() {
    for other in [
        json!({ "use": "enc" }),
        json!({ "use": "whatever" }),
        json!({ "key_ops": ["encrypt"] }),
        json!({ "key_ops": [] }),
        json!({ "alg": "RS512" }),
        json!({ "alg": "PS256" }),
        json!({ "alg": "RSA-OAEP" }),
        json!({ "alg": "made up" }),
    ] {
        let (_host, verifier) = publishing(&[with(jwk(&RSA, "r"), other.clone())]).await;
        assert_eq!(refusal(&verifier, &rs256(Some("r"))).await, TokenError::UnknownKey, "{other}");
    }
    let meant = json!({ "use": "sig", "key_ops": ["verify"], "alg": "RS256" });
    let (_host, verifier) = publishing(&[with(jwk(&RSA, "r"), meant)]).await;
    assert!(verifier.verify(&rs256(Some("r"))).await.is_ok());
}

#[tokio::test]
async fn a_published_secret_is_not_used() {
    let secret = json!({ "kty": "oct", "kid": "s", "alg": "HS256", "k": base64(SECRET.as_bytes()) });
    let (_host, verifier) = publishing(&[secret, jwk(&RSA, "r")]).await;
    assert_eq!(refusal(&verifier, &hs256(&claims(json!({})))).await, TokenError::Algorithm);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_takes_none_with_it() {
    let odd = [
        json!(7),
        json!({}),
        json!({ "kty": "RSA", "kid": "r" }),
        json!({ "kty": "RSA", "kid": "r", "n": "?", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-256", "kid": 7, "x": "AA", "y": "AA" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "e", "x": "AA", "y": "AA" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "o", "x": "AA" }),
        json!({ "kty": "AKP", "kid": "a", "pub": "AA" }),
        jwk(&RSA, "r"),
    ];
    let (_host, verifier) = publishing(&odd).await;
    assert!(verifier.verify(&rs256(Some("r"))).await.is_ok());
}
