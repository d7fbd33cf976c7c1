//! Signing in for trials.

use serde_json::json;
use uuid::Uuid;

use crate::client::{Client, send};
use crate::harness::{Offer, Service, World, eventually};
use crate::stage::world;
use crate::{Page, look, submit};

const SIGN_IN: &str = "/sign-in";

async fn with_trials(world: &World) -> Service {
    let service = world.spawn(world.service().env("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true"));
    service.ready().await;
    service
}

/// Sends the form without going where it leads; returns where that is, and the cookie.
async fn choose(service: &Service, form: &str) -> (String, String) {
    let request = Client::anonymous(service).request(reqwest::Method::POST, SIGN_IN);
    let answer = send(request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned())).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    (answer.header("location").to_owned(), answer.header("set-cookie").to_owned())
}

#[tokio::test]
async fn there_is_none_unless_trials_are_allowed() {
    let world = world(60_000).await;
    let service = world.start().await;
    let nobody = Client::anonymous(&service);

    assert_eq!(look(&nobody, SIGN_IN).await.status, 404);
    assert_eq!(send(nobody.request(reqwest::Method::POST, "/sign-out")).await.status, 404);
    assert_eq!(submit(&nobody, SIGN_IN, &[("admin", "true")]).await.status, 404);
    world.close().await;
}

#[tokio::test]
async fn one_signs_in_as_a_freelancer_or_as_an_administrator() {
    let world = world(60_000).await;
    let service = with_trials(&world).await;
    let offer = Offer::now();
    world.publisher().await.send(offer.notified_in_full()).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;

    let page = look(&Client::anonymous(&service), SIGN_IN).await;
    page.says("Asha Rao");
    page.says("on the free plan");

    let (place, cookie) = choose(&service, &format!("freelancer={}", offer.freelancer)).await;
    assert_eq!(place, "/freelancer/leads");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let request = Client::anonymous(&service).request(reqwest::Method::GET, &place).header("cookie", cookie);
    Page::read(&send(request).await).says("Get leads with the lead plan");

    let (place, _) = choose(&service, "admin=true").await;
    assert_eq!(place, "/admin");
    world.close().await;
}

#[tokio::test]
async fn whoever_was_offered_nothing_is_a_freelancer_without_leads() {
    let world = world(60_000).await;
    let service = with_trials(&world).await;
    let someone = json!(Uuid::new_v4());
    let (_, cookie) = choose(&service, &format!("freelancer={}", someone.as_str().unwrap_or_default())).await;
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let request = Client::anonymous(&service).request(reqwest::Method::GET, "/freelancer/leads");

    Page::read(&send(request.header("cookie", cookie)).await).says("Get leads with the lead plan");
    world.close().await;
}
