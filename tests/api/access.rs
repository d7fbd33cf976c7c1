//! Who may use which route.

use chrono::{TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use uuid::Uuid;

use crate::client::{Answer, Client, send};
use crate::harness::{Event, Offer, Service, World, comes_to};
use crate::token::Claims;
use crate::{offered, world};

const PLAN: &str = "/api/freelancer/plan";
const LISTS: [&str; 3] = [
    "/api/freelancer/leads/all-with-interactions",
    "/api/freelancer/leads/filtered-with-status",
    "/api/freelancer/leads/counts",
];
const ACTIONS: [&str; 4] = ["viewed", "accept", "missed", "ignored"];

/// Every route that needs a plan, with what it is called with.
fn routes(lead: Uuid) -> Vec<(Method, String)> {
    let lists = LISTS.map(|path| (Method::GET, path.to_owned()));
    let history = (Method::GET, format!("/api/freelancer/leads/{lead}/history"));
    let actions = ACTIONS.map(|action| (Method::POST, format!("/api/freelancer/leads/{lead}/{action}")));
    lists.into_iter().chain([history]).chain(actions).collect()
}

fn request(client: &Client, (method, path): &(Method, String)) -> RequestBuilder {
    let request = client.request(method.clone(), path);
    if method == Method::POST { request.json(&json!({ "reason": "busy" })) } else { request }
}

/// A running service that knows of one offer.
async fn with_an_offer(world: &World) -> (Service, Offer) {
    let service = world.start().await;
    let offer = Offer::now();
    offered(world, &[offer]).await;
    (service, offer)
}

#[tokio::test]
async fn every_route_is_closed_to_whom_it_is_not_for() {
    let world = world(60_000).await;
    let (service, offer) = with_an_offer(&world).await;
    let plan = (Method::GET, PLAN.to_owned());
    let client = Client::anonymous(&service);
    let bad = client.clone().with_token("not.a.token".to_owned());
    let admin = client.clone().with_token(Claims::admin().sign());

    for route in routes(offer.lead).iter().chain([&plan]) {
        let refused = send(request(&client, route)).await;
        refused.problem(401, "no-token");
        assert_eq!(refused.header("www-authenticate"), "Bearer", "{route:?}");
        let refused = send(request(&bad, route)).await;
        refused.problem(401, "bad-token");
        assert!(refused.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""), "{route:?}");
        send(request(&admin, route)).await.problem(403, "wrong-role");
    }
    assert_eq!(world.interaction(offer.key()).await.map(|row| row.status).as_deref(), Some("notified"));
    world.close().await;
}

#[tokio::test]
async fn leads_are_for_those_who_have_a_plan() {
    let world = world(60_000).await;
    let (service, offer) = with_an_offer(&world).await;
    let unpaid = Claims::freelancer(offer.freelancer).with("leadPlanEndsAt", json!("2020-01-01T00:00:00Z"));
    let client = Client::anonymous(&service).with_token(unpaid.sign());

    for route in &routes(offer.lead) {
        let problem = send(request(&client, route)).await.problem(403, "needs-subscription");
        assert_eq!(problem["needsSubscription"], true, "{route:?}");
        assert_eq!(problem["upgradeUrl"], "/subscription-plans", "{route:?}");
    }
    let plan = json!({ "active": false, "endsAt": "2020-01-01T00:00:00Z", "upgradeUrl": "/subscription-plans" });
    assert_eq!(client.get(PLAN).await.json(), plan);
    world.close().await;
}

#[tokio::test]
async fn another_freelancer_sees_and_changes_nothing() {
    let world = world(60_000).await;
    let (service, offer) = with_an_offer(&world).await;
    let other = Client::freelancer(&service, Uuid::new_v4());

    for route in &routes(offer.lead)[LISTS.len()..] {
        send(request(&other, route)).await.problem(404, "not-found");
    }
    assert!(other.leads().await.is_empty());
    let none = json!({ "all": 0, "accepted": 0, "missed": 0, "ignored": 0, "pending": 0 });
    assert_eq!(other.get("/api/freelancer/leads/counts").await.json(), none);
    assert_eq!(world.history().await.len(), 1);
    assert_eq!(Client::freelancer(&service, offer.freelancer).leads().await.len(), 1);
    world.close().await;
}

/// What a plan route answers to a token.
async fn plan(service: &Service, claims: &Claims) -> Answer {
    Client::anonymous(service).with_token(claims.sign()).get(PLAN).await
}

#[tokio::test]
async fn the_newer_word_on_a_plan_counts() {
    let world = world(60_000).await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let (now, minute) = (Utc::now(), TimeDelta::minutes(1));
    let cancelled = Event::plan_changed(freelancer, "cancelled", now + TimeDelta::days(10)).at(now - minute);
    let claims = Claims::freelancer(freelancer);
    let unsaid = claims.clone().without("leadPlanEndsAt");
    assert_eq!(plan(&service, &unsaid).await.json()["active"], false, "nobody knows of a plan");
    assert_eq!(plan(&service, &claims).await.json()["active"], true);

    world.publisher().await.send(cancelled).await;

    let older = claims.clone().at("iat", now - minute * 2);
    comes_to("an older token's plan", false.into(), async || plan(&service, &older).await.json()["active"].take())
        .await;
    assert_eq!(plan(&service, &claims).await.json()["active"], true, "a newer token is believed");
    assert_eq!(plan(&service, &claims.clone().without("iat")).await.json()["active"], false);
    assert_eq!(plan(&service, &unsaid).await.json()["active"], false);
    let renewed = Event::plan_changed(freelancer, "active", now + TimeDelta::days(20)).at(Utc::now());
    let unpaid = claims.with("leadPlanEndsAt", json!(null)).at("iat", now - minute);
    assert_eq!(plan(&service, &unpaid).await.json()["active"], false);
    world.publisher().await.send(renewed).await;
    comes_to("the plan", true.into(), async || plan(&service, &unpaid).await.json()["active"].take()).await;
    world.close().await;
}

#[tokio::test]
async fn a_freelancer_is_found_by_the_user_whom_the_events_named() {
    let world = world(60_000).await;
    let (service, offer) = with_an_offer(&world).await;
    let claims = Claims::user("user-7").with("leadPlanEndsAt", json!(4_102_444_800_i64));
    let client = Client::anonymous(&service);

    let leads = client.clone().with_token(claims.sign()).leads().await;
    assert_eq!(leads[0]["id"], json!(offer.lead));
    let claims = Claims::user("user-8").with("leadPlanEndsAt", json!(4_102_444_800_i64));
    let stranger = client.with_token(claims.sign());
    assert!(stranger.leads().await.is_empty());
    stranger.act(offer.lead, "accept", &json!({})).await.problem(404, "not-found");
    world.close().await;
}
