//! `lead-tracker token`.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::harness::World;
use crate::world;

const FREELANCER: &str = "91c2f0a4-7c1b-4f6e-9d5a-0a3f5f0f7b11";
const SECRET: &str = "another secret for tests, of a decent length";

/// Runs the command where trial tokens are allowed; the claims, verified as a service would.
async fn claims(world: &World, arguments: &[&str]) -> Value {
    let settings = [
        ("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true"),
        ("LEAD_TRACKER_AUTH__HS256_SECRET", SECRET),
        ("LEAD_TRACKER_AUTH__ISSUER", "hirelocal"),
        ("LEAD_TRACKER_AUTH__AUDIENCE", "leads"),
    ];
    let printed = world.run_with(&settings, &[&["token"], arguments].concat()).await.succeeded();
    assert_eq!((printed.stdout.lines().count(), printed.stderr.as_str()), (1, ""), "the token alone is printed");
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&["hirelocal"]);
    validation.set_audience(&["leads"]);
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::decode::<Value>(printed.stdout.trim(), &key, &validation);
    token.expect("the token is good").claims
}

#[tokio::test]
async fn a_token_says_who_and_for_how_long() {
    let world = world(60_000).await;
    let before = Utc::now().timestamp();

    let told = claims(&world, &["--freelancer", FREELANCER, "--user-id", "user-7", "--expires-in", "5min"]).await;

    let issued = told["iat"].as_i64().expect("it says when it was issued");
    assert!((before..=Utc::now().timestamp()).contains(&issued), "{told}");
    let expected = json!({
        "sub": "user-7", "role": "freelancer", "freelancerId": FREELANCER, "iat": issued, "exp": issued + 300,
        "iss": "hirelocal", "aud": "leads",
    });
    assert_eq!(told, expected);
    world.close().await;
}

#[tokio::test]
async fn a_token_can_speak_of_the_plan_and_of_administrators() {
    let world = world(60_000).await;

    let paid = claims(&world, &["--freelancer", FREELANCER, "--plan-ends-at", "2099-01-01T05:30:00+05:30"]).await;
    let free = claims(&world, &["--freelancer", FREELANCER, "--no-plan"]).await;
    let admin = claims(&world, &["--admin"]).await;

    assert_eq!(paid["leadPlanEndsAt"], "2099-01-01T00:00:00Z");
    let ended: DateTime<Utc> = free["leadPlanEndsAt"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert!(ended < Utc::now());
    assert_eq!((&admin["role"], &admin["freelancerId"]), (&json!("admin"), &Value::Null));
    world.close().await;
}

#[tokio::test]
async fn tokens_are_refused_unless_they_are_allowed_and_can_be_signed() {
    let world = world(60_000).await;
    let allowed = ("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true");

    let forbidden = world.run(&["token", "--admin"]).await;
    let unsigned = world.run_with(&[allowed, ("LEAD_TRACKER_AUTH__HS256_SECRET", "")], &["token", "--admin"]).await;

    assert!(forbidden.complaint().contains("ALLOW_TRIAL_TOKENS"), "{forbidden:?}");
    assert!(unsigned.complaint().contains("HS256_SECRET"), "{unsigned:?}");
    assert!(forbidden.stdout.is_empty() && unsigned.stdout.is_empty());
    world.close().await;
}
