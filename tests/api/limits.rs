//! What holds for every request.

use futures::future::join_all;
use reqwest::{Body, Method};
use serde_json::json;
use uuid::Uuid;

use crate::client::{Answer, Client, send};
use crate::harness::Offer;
use crate::token::Claims;
use crate::{offered, world};

const PLAN: &str = "/api/freelancer/plan";

#[tokio::test]
async fn a_body_may_have_64_kib() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = Offer::now();
    offered(&world, &[offer]).await;
    let client = Client::freelancer(&service, offer.freelancer);
    let path = format!("/api/freelancer/leads/{}/ignored", offer.lead);
    let frame = json!({ "notes": "" }).to_string().len();
    let body = |length: usize| json!({ "notes": "x".repeat(length - frame) }).to_string();
    let post = || client.request(Method::POST, &path).header("content-type", "application/json");
    let chunks = |length| futures::stream::iter([Ok::<_, std::io::Error>(body(length))]);

    send(post().body(body(64 * 1024 + 1))).await.problem(413, "too-large");
    send(post().body(Body::wrap_stream(chunks(64 * 1024 + 1)))).await.problem(413, "too-large");
    send(post().body(body(64 * 1024))).await.lead();
    world.close().await;
}

#[tokio::test]
async fn who_asks_too_much_is_told_when_to_come_back() {
    let world = world(60_000).await;
    let service = world.start().await;
    let greedy = Client::freelancer(&service, Uuid::new_v4());
    let mut refused: Option<Answer> = None;

    for _ in 0..20 {
        let answers = join_all((0..100).map(|_| greedy.get(PLAN))).await;
        refused = refused.or(answers.into_iter().find(|answer| answer.status != 200));
        if refused.is_some() {
            break;
        }
    }

    let refused = refused.expect("2,000 requests at once are too many");
    refused.problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{refused:?}");
    assert_eq!(Client::freelancer(&service, Uuid::new_v4()).get(PLAN).await.status, 200, "others are not held up");
    world.close().await;
}

#[tokio::test]
async fn every_answer_has_an_id_and_headers_that_keep_browsers_careful() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = Client::freelancer(&service, Uuid::new_v4());

    for path in [PLAN, "/health", "/nowhere", "/api/freelancer/leads/seven/history"] {
        let answer = client.get(path).await;
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
    }
    let echoed = send(client.request(Method::GET, PLAN).header("x-request-id", "mine")).await;
    assert_eq!(echoed.header("x-request-id"), "mine");
    world.close().await;
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_method_are_problems_too() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = Client::freelancer(&service, Uuid::new_v4());
    let accept = format!("/api/freelancer/leads/{}/accept", Uuid::new_v4());

    client.get("/").await.problem(404, "not-found");
    client.get("/api/freelancer").await.problem(404, "not-found");
    for (method, path, allowed) in [
        (Method::POST, PLAN, "GET,HEAD"),
        (Method::DELETE, PLAN, "GET,HEAD"),
        (Method::OPTIONS, PLAN, "GET,HEAD"),
        (Method::GET, &*accept, "POST"),
    ] {
        let answer = send(client.request(method, path)).await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allowed);
    }
    let head = send(client.request(Method::HEAD, PLAN)).await;
    assert_eq!((head.status, head.header("content-type"), &*head.text), (200, "application/json", ""));
    world.close().await;
}

#[tokio::test]
async fn nothing_personal_is_logged() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.spawn(world.service().env("RUST_LOG", "trace"));
    service.ready().await;
    let offer = Offer::now();
    offered(&world, &[offer]).await;
    let token = Claims::freelancer(offer.freelancer).sign();
    let client = Client::anonymous(&service).with_token(token.clone());

    client.leads().await;
    client.get("/api/freelancer/leads/filtered-with-status?status=Wanderlust").await.problem(422, "invalid");
    client.act(offer.lead, "ignored", &json!({ "notes": "My knee hurts" })).await.lead();
    client.act(offer.lead, "missed", &json!({ "reason": "Sciatica" })).await.problem(422, "invalid");
    client.act(offer.lead, "accept", &json!({})).await.lead();
    Client::anonymous(&service).with_token(format!("{token}x")).get(PLAN).await.problem(401, "bad-token");
    world.settles().await;

    let log = service.log();
    assert!(log.contains("answered a request"), "{log}");
    let signature = token.rsplit('.').next().expect("a token has three parts");
    let told = ["Kitchen sink", "Meenakshi", "Sundaram", "9845098450", "Asha Rao", "knee", "Sciatica", "Wanderlust"];
    for secret in told.into_iter().chain([signature]) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    world.close().await;
}
