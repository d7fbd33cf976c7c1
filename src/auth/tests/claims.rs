//! What tokens say, signed as they should be.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{claims, hs256, now, refusal, shared_secret, verifier};
use crate::auth::{PlanClaim, Role, Token, TokenError};
use crate::config::Auth;

const FREELANCER: &str = "91c2f0a4-7c1b-4f6e-9d5a-0a3f5f0f7b11";

async fn read(changes: Value) -> Result<Token, TokenError> {
    verifier(&shared_secret()).verify(&hs256(&claims(changes))).await
}

async fn plan(claim: Value) -> Option<PlanClaim> {
    read(json!({ "iat": 1_700_000_000, "leadPlanEndsAt": claim })).await.expect("a good token").plan
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_token_needs_to_say_little() {
    let expires_at = now() + 600;
    let token = read(json!({ "exp": expires_at })).await.expect("a good token");
    let expected = Token {
        user_id: "user-7".to_owned(),
        role: Role::Freelancer,
        freelancer_id: None,
        plan: None,
        expires_at: DateTime::from_timestamp(expires_at, 0).expect("a time"),
    };
    assert_eq!(token, expected);
}

#[tokio::test]
async fn a_token_says_who_and_in_which_role() {
    let token = read(json!({ "role": "admin", "freelancerId": FREELANCER, "more": [1] })).await.expect("a good token");
    assert_eq!((token.role, token.freelancer_id), (Role::Admin, Some(FREELANCER.parse().expect("a UUID"))));
    let token = read(json!({ "role": "freelancer", "freelancerId": null })).await.expect("a good token");
    assert_eq!((token.role, token.freelancer_id), (Role::Freelancer, None));
}

#[tokio::test]
async fn the_plan_s_end_is_a_time_in_either_form_or_null() {
    let issued_at = DateTime::from_timestamp(1_700_000_000, 0);
    let claim = |ends_at: Option<&str>| Some(PlanClaim { ends_at: ends_at.map(time), issued_at });
    assert_eq!(plan(json!("2030-01-01T05:30:00+05:30")).await, claim(Some("2030-01-01T00:00:00Z")));
    assert_eq!(plan(json!(1_893_456_000)).await, claim(Some("2030-01-01T00:00:00Z")));
    assert_eq!(plan(json!(1_893_456_000.5)).await, claim(Some("2030-01-01T00:00:00.5Z")));
    assert_eq!(plan(Value::Null).await, claim(None));
    let undated = read(json!({ "leadPlanEndsAt": null })).await.expect("a good token").plan;
    assert_eq!(undated, Some(PlanClaim { ends_at: None, issued_at: None }));
}

#[tokio::test]
async fn a_claim_that_means_nothing_is_named() {
    let wrong = [
        ("role", json!("superuser"), "freelancer or admin"),
        ("role", json!(["admin"]), "freelancer or admin"),
        ("role", json!("Admin"), "freelancer or admin"),
        ("sub", json!(7), "a text"),
        ("sub", json!(""), "a text"),
        ("sub", json!("a\u{0}b"), "a text"),
        ("freelancerId", json!("seven"), "a UUID"),
        ("freelancerId", json!(7), "a UUID"),
        ("iat", json!("yesterday"), "seconds since 1970"),
        ("leadPlanEndsAt", json!("soon"), "RFC 3339"),
        ("leadPlanEndsAt", json!("2030-01-01T00:00:00"), "RFC 3339"),
        ("leadPlanEndsAt", json!(1e300), "RFC 3339"),
        ("leadPlanEndsAt", json!(true), "RFC 3339"),
        ("exp", json!(i64::MAX), "seconds since 1970"),
    ];
    for (claim, value, accepted) in wrong {
        let refused = read(json!({ claim: value })).await.expect_err(claim);
        let text = refused.to_string();
        assert!(matches!(refused, TokenError::InvalidClaim { .. }), "{text}");
        assert!(text.contains(&format!("claim {claim} ")) && text.contains(accepted), "{claim} {value}: {text}");
    }
}

#[tokio::test]
async fn times_are_checked_with_a_minute_of_leeway() {
    assert!(read(json!({ "exp": now() - 30 })).await.is_ok());
    assert!(read(json!({ "nbf": now() + 30 })).await.is_ok());
    assert!(read(json!({ "exp": now() as f64 + 30.5 })).await.is_ok());
    assert_eq!(read(json!({ "exp": now() - 62 })).await, Err(TokenError::Expired));
    assert_eq!(read(json!({ "nbf": now() + 600 })).await, Err(TokenError::NotYetValid));
}

#[tokio::test]
async fn a_claim_that_is_needed_is_named() {
    let missing = |claim: &str| Err(TokenError::MissingClaim(claim.to_owned()));
    assert_eq!(read(json!({ "sub": null })).await, missing("sub"));
    for unreadable in [json!(null), json!("tomorrow"), json!(-1), json!({})] {
        assert_eq!(read(json!({ "exp": unreadable })).await, missing("exp"));
    }
    assert_eq!(read(json!({ "nbf": "now" })).await, missing("nbf"));
}

#[tokio::test]
async fn issuer_and_audience_are_required_where_they_are_configured() {
    let auth = Auth { issuer: Some("hirelocal".to_owned()), audience: Some("leads".to_owned()), ..shared_secret() };
    let verifier = verifier(&auth);
    let token = |issuer: Value, audience: Value| hs256(&claims(json!({ "iss": issuer, "aud": audience })));

    assert!(verifier.verify(&token(json!("hirelocal"), json!("leads"))).await.is_ok());
    assert!(verifier.verify(&token(json!("hirelocal"), json!(["other", "leads"]))).await.is_ok());
    assert_eq!(refusal(&verifier, &token(json!("other"), json!("leads"))).await, TokenError::Issuer);
    assert_eq!(refusal(&verifier, &token(json!("hirelocal"), json!("other"))).await, TokenError::Audience);
    assert_eq!(refusal(&verifier, &token(json!("hirelocal"), json!([]))).await, TokenError::Audience);
    let missing = |claim: &str| TokenError::MissingClaim(claim.to_owned());
    assert_eq!(refusal(&verifier, &token(Value::Null, json!("leads"))).await, missing("iss"));
    assert_eq!(refusal(&verifier, &token(json!("hirelocal"), Value::Null)).await, missing("aud"));
}

#[tokio::test]
async fn issuer_and_audience_do_not_matter_where_they_are_not_configured() {
    assert!(read(json!({ "iss": "whoever", "aud": ["whatever"] })).await.is_ok());
}
