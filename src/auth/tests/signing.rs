//! Trial tokens.

use chrono::{SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

use super::{shared_secret, verifier};
use crate::auth::{PlanClaim, Role, Token, TrialError, sign};
use crate::config::Auth;

fn allowed() -> Auth {
    let (issuer, audience) = (Some("hirelocal".to_owned()), Some("leads".to_owned()));
    Auth { allow_trial_tokens: true, issuer, audience, ..shared_secret() }
}

fn tokens() -> [Token; 3] {
    let now = Utc::now().trunc_subsecs(0);
    let bare = Token {
        user_id: "user-7".to_owned(),
        role: Role::Admin,
        freelancer_id: None,
        plan: None,
        expires_at: now + TimeDelta::hours(1),
    };
    let free = Token { plan: Some(PlanClaim { ends_at: None, issued_at: Some(now) }), ..bare.clone() };
    let paid = Token {
        role: Role::Freelancer,
        freelancer_id: Some(Uuid::from_u128(7)),
        plan: Some(PlanClaim { ends_at: Some(now + TimeDelta::days(9)), issued_at: Some(now) }),
        ..bare.clone()
    };
    [bare, free, paid]
}

#[tokio::test]
async fn what_is_signed_is_read_back() {
    for token in tokens() {
        let issued_at = token.plan.and_then(|plan| plan.issued_at).unwrap_or_else(Utc::now);
        let signed = sign(&token, &allowed(), issued_at).expect("it is allowed");
        assert_eq!(verifier(&allowed()).verify(&signed).await, Ok(token));
    }
}

#[test]
fn nothing_is_signed_unless_that_is_allowed_and_possible() {
    let [token, ..] = tokens();
    let refused = |auth: &Auth| sign(&token, auth, Utc::now()).expect_err("it is refused");
    assert!(matches!(refused(&shared_secret()), TrialError::NotAllowed));
    assert!(matches!(refused(&Auth { hs256_secret: None, ..allowed() }), TrialError::NoSecret));
}
