//! Requests to the API.

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::json;

use crate::collector::Collector;
use crate::harness::{BOUND, Offer, comes_to};
use crate::span::Context;
use crate::token::Claims;
use crate::{sent_within, traced, world};

/// Asks as somebody who traces; returns the status.
async fn ask(request: reqwest::RequestBuilder, context: &Context) -> u16 {
    request.header("traceparent", context.traceparent()).send().await.expect("the service answers").status().as_u16()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(BOUND).no_proxy().build().expect("a client needs nothing")
}

#[tokio::test]
async fn an_answer_over_http_goes_on_in_the_trace_of_the_request() {
    let world = world(60_000).await;
    let subscriber = world.subscriber_of(&["lead.missed", "lead.responded"]).await;
    let collector = Collector::start().await;
    let service = traced(&world, &collector).await;
    let (offer, offered, asked) = (Offer::now(), Context::new(), Context::new());
    world.publisher().await.send(sent_within(offer.notified(), &offered)).await;
    comes_to("interactions", 1, async || world.rows("freelancer_lead_interactions").await).await;
    let path = format!("/api/freelancer/leads/{}/missed", offer.lead);

    let request = client().post(service.url(&path)).bearer_auth(Claims::freelancer(offer.freelancer).sign());
    let status = ask(request.json(&json!({ "reason": "busy", "notes": "Meenakshi" })), &asked).await;

    assert_eq!(status, 200, "{}", service.log());
    let served = collector.span("of the request", |span| span.kind == SpanKind::Server).await;
    assert_eq!(served.name, "POST /api/freelancer/leads/{leadId}/missed");
    assert!(served.is_child_of(&asked), "{served:?}");
    let told = ["http.request.method", "http.route", "http.response.status_code", "url.path", "url.scheme"];
    let expected = ["POST", "/api/freelancer/leads/{leadId}/missed", "200", &path, "http"];
    assert_eq!(told.map(|name| served.attribute(name)), expected);
    for key in ["lead.missed", "lead.responded"] {
        let created = collector.span(key, |span| span.name == format!("create {key}")).await;
        assert!(created.is_child_of(&served.context) && created.is_linked_to(&offered), "{created:?}");
        let message = subscriber.wait_for(key, offer.key()).await;
        assert_eq!(message.header("traceparent"), Some(created.context.traceparent()));
    }
    assert!(!format!("{:?}", collector.spans()).contains("Meenakshi"));
    world.close().await;
}

#[tokio::test]
async fn requests_are_named_by_their_route_and_probes_have_no_span() {
    let world = world(60_000).await;
    let collector = Collector::start().await;
    let service = traced(&world, &collector).await;
    let odd = reqwest::Method::from_bytes(b"BREW").expect("a method may have any name");
    for path in ["/health/live", "/health", "/metrics"] {
        assert_eq!(service.status_of(path).await, Some(200), "{path}");
    }

    let requests = [
        client().get(service.url("/api/freelancer/plan?secret=1")),
        client().get(service.url("/nowhere")),
        client().request(odd, service.url("/nowhere")),
    ];
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(ask(request, &Context::new()).await.to_string());
    }

    comes_to("requests with a span", 3, async || collector.spans().len()).await;
    let spans = collector.spans();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["GET /api/freelancer/plan", "GET", "HTTP"]);
    let told: Vec<_> = spans.iter().map(|span| span.attribute("http.response.status_code")).collect();
    assert_eq!(told, statuses);
    assert_eq!(spans[2].attribute("http.request.method"), "_OTHER");
    assert!(spans.iter().all(|span| !span.is_failed), "what a client does wrong is no failure: {spans:?}");
    assert!(!format!("{spans:?}").contains("secret"), "{spans:?}");
    world.close().await;
}
