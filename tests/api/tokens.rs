//! Which tokens are believed, and where they may come from.

use chrono::{TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use uuid::Uuid;

use crate::client::{Client, send};
use crate::harness::Offer;
use crate::token::Claims;
use crate::{offered, world};

const PLAN: &str = "/api/freelancer/plan";

#[tokio::test]
async fn tokens_that_are_not_good_are_refused() {
    let world = world(60_000).await;
    let service = world.start().await;
    let claims = Claims::freelancer(Uuid::new_v4());
    let (now, minutes) = (Utc::now(), TimeDelta::minutes(2));
    let bad = [
        ("unsigned", claims.unsigned()),
        ("signed by somebody else", claims.sign_with("another secret, just as long as the right one")),
        ("without an end", claims.clone().without("exp").sign()),
        ("expired", claims.clone().at("exp", now - minutes).sign()),
        ("not yet valid", claims.clone().at("nbf", now + minutes).sign()),
        ("of nobody", claims.clone().without("sub").sign()),
        ("of an unknown role", claims.clone().with("role", json!("superuser")).sign()),
        ("of no freelancer", claims.clone().with("freelancerId", json!("seven")).sign()),
        ("of an unreadable plan", claims.clone().with("leadPlanEndsAt", json!("next year")).sign()),
    ];

    for (what, token) in bad {
        let answer = Client::anonymous(&service).with_token(token.clone()).get(PLAN).await;
        let problem = answer.problem(401, "bad-token");
        assert!(!problem.to_string().contains(&token), "{what}");
    }
    let leeway = claims.at("exp", now - minutes / 4).at("nbf", now + minutes / 4);
    assert_eq!(Client::anonymous(&service).with_token(leeway.sign()).get(PLAN).await.status, 200);
    world.close().await;
}

#[tokio::test]
async fn the_cookie_counts_but_not_on_behalf_of_another_site() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = Offer::now();
    offered(&world, &[offer]).await;
    let client = Client::anonymous(&service);
    let cookie = format!("theme=dark; hirelocal_session={}", Claims::freelancer(offer.freelancer).sign());
    let get = |path: &str| client.request(Method::GET, path).header("cookie", &cookie);
    let viewed = format!("/api/freelancer/leads/{}/viewed", offer.lead);
    let post = || client.request(Method::POST, &viewed).header("cookie", &cookie);
    let forged: [fn(RequestBuilder) -> RequestBuilder; 3] = [
        |request| request.header("origin", "https://elsewhere.example"),
        |request| request.header("origin", "null"),
        |request| request.header("sec-fetch-site", "cross-site"),
    ];

    assert_eq!(send(get(PLAN)).await.status, 200);
    for forge in forged {
        send(forge(post())).await.problem(403, "cross-site");
        assert_eq!(send(forge(get(PLAN))).await.status, 200, "whoever only reads changes nothing");
    }
    assert_eq!(world.interaction(offer.key()).await.and_then(|row| row.viewed_at), None);
    let own = service.url("");
    send(post().header("origin", own)).await.lead();
    send(post().header("sec-fetch-site", "same-origin")).await.lead();
    send(post()).await.lead();
    world.close().await;
}

#[tokio::test]
async fn a_token_in_the_header_wins_over_the_cookie() {
    let world = world(60_000).await;
    let service = world.start().await;
    let good = Claims::freelancer(Uuid::new_v4()).sign();
    let bad = Client::anonymous(&service).with_token("not.a.token".to_owned());

    let request = bad.request(Method::GET, PLAN).header("cookie", format!("hirelocal_session={good}"));

    send(request).await.problem(401, "bad-token");
    world.close().await;
}
