//! Tokens that somebody made up.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{PKCS_RSA_SHA256, PublicKeyData};
use serde_json::{Value, json};

use super::host::{Host, P256, RSA, base64, generate, jwk, modulus, signed};
use super::{SECRET, claims, hs256, published, refusal, shared_secret, verifier};
use crate::auth::TokenError;
use crate::config::Auth;

fn encode(algorithm: Algorithm, secret: &[u8]) -> String {
    let (header, key) = (Header::new(algorithm), EncodingKey::from_secret(secret));
    jsonwebtoken::encode(&header, &claims(json!({})), &key).expect("a token")
}

fn header(token: &str) -> &str {
    token.split_once('.').expect("a token").0
}

fn parts(header: &Value, rest: &str) -> String {
    format!("{}.{rest}", base64(header.to_string().as_bytes()))
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let verifier = verifier(&shared_secret());
    let good = hs256(&claims(json!({})));
    let (_, rest) = good.split_once('.').expect("a token");
    let (payload, _) = rest.split_once('.').expect("a token");
    for none in ["none", "None", "NONE", ""] {
        for rest in [rest, &format!("{payload}.")] {
            let token = parts(&json!({ "alg": none, "typ": "JWT" }), rest);
            assert_eq!(refusal(&verifier, &token).await, TokenError::Algorithm);
        }
    }
    assert_eq!(refusal(&verifier, &format!("{}.{payload}.", header(&good))).await, TokenError::Signature);
}

#[tokio::test]
async fn a_token_that_is_signed_with_another_secret_or_changed_is_refused() {
    let verifier = verifier(&shared_secret());
    let (good, other) = (hs256(&claims(json!({}))), hs256(&claims(json!({ "role": "admin" }))));
    let signature = good.rsplit_once('.').expect("a token").1;
    let promoted = format!("{}.{signature}", other.rsplit_once('.').expect("a token").0);

    assert!(verifier.verify(&good).await.is_ok());
    for token in
        [promoted, encode(Algorithm::HS256, b"another secret, of a decent length"), encode(Algorithm::HS256, b"")]
    {
        assert_eq!(refusal(&verifier, &token).await, TokenError::Signature);
    }
}

#[tokio::test]
async fn only_what_is_configured_is_accepted() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let (secret, keys) = (verifier(&shared_secret()), verifier(&published(&host.url)));
    let nothing = verifier(&Auth { hs256_secret: None, ..shared_secret() });
    let (hs256, rs256) =
        (hs256(&claims(json!({}))), signed(&RSA, &json!({ "alg": "RS256", "kid": "r" }), &claims(json!({}))));

    assert!(secret.verify(&hs256).await.is_ok() && keys.verify(&rs256).await.is_ok());
    for (verifier, token) in [(&secret, &rs256), (&keys, &hs256), (&nothing, &hs256), (&nothing, &rs256)] {
        assert_eq!(refusal(verifier, token).await, TokenError::Algorithm);
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        assert_eq!(refusal(&secret, &encode(algorithm, SECRET.as_bytes())).await, TokenError::Algorithm);
    }
    for algorithm in ["RS384", "RS512", "PS256", "ES384", "EdDSA", "rs256"] {
        let token = signed(&RSA, &json!({ "alg": algorithm, "kid": "r" }), &claims(json!({})));
        assert_eq!(refusal(&keys, &token).await, TokenError::Algorithm, "{algorithm}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let host = Host::publishing(&[jwk(&RSA, "r"), jwk(&P256, "e")]).await;
    let keys_alone = published(&host.url);
    let both = Auth { hs256_secret: shared_secret().hs256_secret, ..keys_alone.clone() };
    let (rsa, both, keys_alone) = (&*RSA, verifier(&both), verifier(&keys_alone));
    let known = [
        rsa.public_key_pem().into_bytes(),
        rsa.public_key_pem().replace('\n', "\r\n").into_bytes(),
        rsa.subject_public_key_info(),
        rsa.der_bytes().to_vec(),
        modulus(rsa).to_vec(),
        base64(modulus(rsa)).into_bytes(),
        P256.public_key_pem().into_bytes(),
        P256.der_bytes().to_vec(),
    ];
    for secret in known {
        let token = encode(Algorithm::HS256, &secret);
        assert_eq!(refusal(&keys_alone, &token).await, TokenError::Algorithm);
        assert_eq!(refusal(&both, &token).await, TokenError::Signature);
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_not_used() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    let own = generate(&PKCS_RSA_SHA256);
    let elsewhere = Host::publishing(&[jwk(&own, "r")]).await;
    let key = jwk(&own, "r");
    for header in [
        json!({ "alg": "RS256", "kid": "r", "jwk": key }),
        json!({ "alg": "RS256", "kid": "r", "jku": elsewhere.url, "x5u": elsewhere.url }),
        json!({ "alg": "RS256", "kid": "r" }),
    ] {
        assert_eq!(refusal(&verifier, &signed(&own, &header, &claims(json!({})))).await, TokenError::Signature);
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn critical_extensions_are_refused() {
    let verifier = verifier(&shared_secret());
    let good = hs256(&claims(json!({})));
    let (_, rest) = good.split_once('.').expect("a token");
    for critical in [json!(["exp"]), json!(["b64"]), json!([]), json!("b64")] {
        let token = parts(&json!({ "alg": "HS256", "crit": critical }), rest);
        assert_eq!(refusal(&verifier, &token).await, TokenError::Critical);
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let verifier = verifier(&shared_secret());
    let good = hs256(&claims(json!({})));
    let (header, rest) = good.split_once('.').expect("a token");
    let no_object = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &json!(["sub"]),
        &EncodingKey::from_secret(SECRET.as_bytes()),
    );
    for text in [
        "",
        ".",
        "..",
        "...",
        "a token",
        "Bearer a.b.c",
        header,
        rest,
        &format!("{good}.{rest}"),
        &format!("{good}="),
        &format!(" {good}"),
        &parts(&json!([]), rest),
        &parts(&json!({ "alg": 7 }), rest),
        &parts(&json!({ "kid": "k" }), rest),
        &no_object.expect("a token"),
    ] {
        assert_eq!(refusal(&verifier, text).await, TokenError::Malformed, "{text}");
    }
}

#[test]
fn every_refusal_fits_into_a_header() {
    let refusals = [
        TokenError::Malformed,
        TokenError::Critical,
        TokenError::Algorithm,
        TokenError::UnknownKey,
        TokenError::Signature,
        TokenError::Expired,
        TokenError::NotYetValid,
        TokenError::Issuer,
        TokenError::Audience,
        TokenError::MissingClaim("exp".to_owned()),
        TokenError::InvalidClaim { claim: "freelancerId", accepted: "a UUID" },
        TokenError::KeysUnavailable,
    ];
    for refusal in refusals {
        let text = refusal.to_string();
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte)), "{text}");
    }
}
