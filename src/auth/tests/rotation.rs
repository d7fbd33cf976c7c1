//! Keys and secrets that change, and hosts that do not answer.

use std::time::{Duration, Instant};

use futures::future::join_all;
use rcgen::PKCS_RSA_SHA256;
use serde_json::json;

use super::host::{Answer, Host, P256, RSA, generate, jwk, jwks, signed};
use super::{SECRET, claims, hs256, published, refusal, shared_secret, verifier};
use crate::auth::TokenError;
use crate::auth::jwks::LONGEST;
use crate::auth::keys::{PAUSE, STALE};
use crate::auth::shared_secret::REREAD;
use crate::config::{Auth, Secret};

const MINUTE: Duration = Duration::from_secs(60);

fn rs256(id: &str) -> String {
    signed(&RSA, &json!({ "alg": "RS256", "kid": id }), &claims(json!({})))
}

#[tokio::test]
async fn whoever_makes_up_key_ids_makes_the_host_be_asked_once() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    assert!(verifier.verify(&rs256("r")).await.is_ok());
    let now = Instant::now();

    assert_eq!(verifier.verify_at(&rs256("x"), now).await, Err(TokenError::UnknownKey));
    assert_eq!(host.requests(), 1, "the keys were fetched a moment ago");

    let tokens: Vec<String> = (0..50).map(|id| rs256(&format!("x{id}"))).collect();
    for outcome in join_all(tokens.iter().map(|token| verifier.verify_at(token, now + PAUSE))).await {
        assert_eq!(outcome, Err(TokenError::UnknownKey));
    }
    for token in &tokens {
        assert_eq!(verifier.verify_at(token, now + PAUSE * 3 / 2).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(host.requests(), 2);
}

#[tokio::test]
async fn a_refresh_goes_on_when_whoever_asked_goes_away() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    assert!(verifier.verify(&rs256("r")).await.is_ok());
    host.answer(Answer::Ok(jwks(&[jwk(&RSA, "new")])));
    let later = Instant::now() + PAUSE;

    let token = rs256("new");
    let mut asked = Box::pin(verifier.verify_at(&token, later));
    assert!(futures::poll!(&mut asked).is_pending());
    drop(asked);

    assert!(verifier.verify_at(&token, later).await.is_ok());
    assert_eq!(host.requests(), 2);
}

#[tokio::test]
async fn a_rotated_key_is_picked_up_and_the_old_one_dropped() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    assert!(verifier.verify(&rs256("r")).await.is_ok());
    let later = Instant::now() + PAUSE;

    host.answer(Answer::Ok(jwks(&[jwk(&P256, "e")])));
    let token = signed(&P256, &json!({ "alg": "ES256", "kid": "e" }), &claims(json!({})));

    assert!(verifier.verify_at(&token, later).await.is_ok());
    assert_eq!(verifier.verify_at(&rs256("r"), later).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn keys_are_believed_for_a_day_while_their_host_is_down() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    assert!(verifier.verify(&rs256("r")).await.is_ok());
    let now = Instant::now();
    let verify_after = async |id, passed| verifier.verify_at(&rs256(id), now + passed).await;

    host.answer(Answer::Down);
    assert_eq!(verify_after("x", PAUSE).await, Err(TokenError::KeysUnavailable), "it may be known by now");
    assert!(verify_after("r", STALE - MINUTE).await.is_ok());
    assert_eq!(verify_after("r", STALE + MINUTE).await, Err(TokenError::KeysUnavailable));

    host.answer(Answer::Ok(jwks(&[jwk(&RSA, "r")])));
    assert!(verify_after("r", STALE + 2 * MINUTE).await.is_ok());
}

#[tokio::test]
async fn what_is_no_jwks_is_not_taken_for_one() {
    let elsewhere = Host::publishing(&[jwk(&RSA, "r")]).await;
    let good = jwks(&[jwk(&RSA, "r")]);
    let answers = [
        Answer::Down,
        Answer::Ok("<html>".to_owned()),
        Answer::Ok("{}".to_owned()),
        Answer::Ok("[]".to_owned()),
        Answer::Ok(format!("{good}{}", " ".repeat(LONGEST))),
        Answer::Other(format!("302 Found\r\nlocation: {}", elsewhere.url), good.clone()),
        Answer::Other("404 Not Found".to_owned(), good.clone()),
        Answer::Other("500 Internal Server Error".to_owned(), good),
    ];
    for answer in answers {
        let host = Host::new(answer).await;
        let refused = refusal(&verifier(&published(&host.url)), &rs256("r")).await;
        assert_eq!((refused, host.requests()), (TokenError::KeysUnavailable, 1));
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_not_waited_for_for_ever() {
    let host = Host::new(Answer::Silence).await;
    assert_eq!(refusal(&verifier(&published(&host.url)), &rs256("r")).await, TokenError::KeysUnavailable);
}

#[tokio::test]
async fn an_empty_set_withdraws_every_key() {
    let host = Host::publishing(&[jwk(&RSA, "r")]).await;
    let verifier = verifier(&published(&host.url));
    assert!(verifier.verify(&rs256("r")).await.is_ok());
    host.answer(Answer::Ok(jwks(&[])));
    let later = Instant::now() + PAUSE;

    assert_eq!(verifier.verify_at(&rs256("x"), later).await, Err(TokenError::UnknownKey));
    assert_eq!(verifier.verify_at(&rs256("r"), later).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn the_address_of_the_keys_is_read_again_from_its_file() {
    let (old, new) = (Host::publishing(&[jwk(&RSA, "r")]).await, Host::publishing(&[jwk(&RSA, "s")]).await);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&file, &old.url).expect("writable");
    let verifier = verifier(&Auth { jwks_url: Some(Secret::File(file.path().into())), ..published("") });
    assert!(verifier.verify(&rs256("r")).await.is_ok());

    std::fs::write(&file, &new.url).expect("writable");
    assert!(verifier.verify_at(&rs256("s"), Instant::now() + PAUSE).await.is_ok());
}

#[tokio::test]
async fn the_secret_is_read_again_from_its_file() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&file, "an older secret for tests, long enough\n").expect("writable");
    let verifier = verifier(&Auth { hs256_secret: Some(Secret::File(file.path().into())), ..shared_secret() });
    let (token, now) = (hs256(&claims(json!({}))), Instant::now());
    assert_eq!(verifier.verify_at(&token, now).await, Err(TokenError::Signature));

    std::fs::write(&file, format!("{SECRET}\n")).expect("writable");
    assert!(verifier.verify_at(&token, now + REREAD).await.is_ok());

    file.close().expect("deletable");
    assert!(verifier.verify_at(&token, now + REREAD * 2).await.is_ok(), "the last one counts on");
}

#[tokio::test]
async fn a_key_of_another_pair_with_a_known_id_is_refused() {
    let host = Host::publishing(&[jwk(&generate(&PKCS_RSA_SHA256), "r")]).await;
    assert_eq!(refusal(&verifier(&published(&host.url)), &rs256("r")).await, TokenError::Signature);
}
