//! How it is switched on and off, by the standard variables.

use std::net::TcpListener;

use crate::collector::Collector;
use crate::harness::{Offer, Service};
use crate::span::Context;
use crate::{exporting, sent_within, world};

/// Whether the SDK's thread is there, which sends the spans.
fn exports(service: &Service) -> bool {
    service.threads().iter().any(|name| name.starts_with("OpenTelemetry"))
}

#[tokio::test]
async fn nothing_is_exported_unless_a_collector_is_named() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let (offer, publisher) = (Offer::now(), Context::new());

    world.publisher().await.send(sent_within(offer.notified(), &publisher)).await;
    let missed = subscriber.wait_for("lead.missed", offer.key()).await;

    assert!(!exports(&service), "{:?}", service.threads());
    assert_eq!(missed.header("traceparent"), Some(publisher.traceparent()), "the offer's own is handed on");
    world.close().await;
}

#[tokio::test]
async fn a_named_collector_can_be_switched_off() {
    let world = world(60_000).await;
    let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    nobody.set_nonblocking(true).expect("a listener need not block");
    let endpoint = format!("http://{}", nobody.local_addr().expect("a listener has an address"));
    for (name, value) in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")] {
        let service = world.spawn(exporting(&world, &endpoint).env(name, value));
        service.ready().await;
        assert!(!exports(&service), "{name}");
        service.terminate().await;
    }
    assert!(nobody.accept().is_err(), "nobody connects");
    world.close().await;
}

#[tokio::test]
async fn the_standard_variables_are_heeded() {
    let world = world(60_000).await;
    let collector = Collector::start().await;
    let launch = exporting(&world, &collector.endpoint())
        .env("OTEL_SERVICE_NAME", "leads")
        .env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=trial,service.version=7")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=hirelocal");
    let service = world.spawn(launch);
    service.ready().await;

    world.publisher().await.send(Offer::now().notified()).await;
    collector.span("at all", |_| true).await;

    let resource = collector.resource();
    let told = ["service.name", "service.version", "deployment.environment.name", "telemetry.sdk.language"];
    assert_eq!(told.map(|name| resource[name].as_str()), ["leads", "7", "trial", "rust"]);
    assert!(!resource["service.instance.id"].is_empty());
    assert_eq!(collector.header("x-tenant"), "hirelocal");
    world.close().await;
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent_and_says_so_to_others() {
    let world = world(500).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    let service = world.spawn(exporting(&world, &collector.endpoint()).env("OTEL_TRACES_SAMPLER", "always_off"));
    service.ready().await;
    let offer = Offer::now();

    world.publisher().await.send(offer.notified()).await;
    let missed = subscriber.wait_for("lead.missed", offer.key()).await;
    service.terminate().await;

    let traceparent = missed.header("traceparent").expect("it has one all the same");
    assert!(traceparent.ends_with("-00"), "{traceparent}");
    assert!(collector.spans().is_empty(), "{:?}", collector.spans());
    world.close().await;
}

#[tokio::test]
async fn a_wrong_variable_stops_the_start_by_its_name() {
    let world = world(60_000).await;
    // The port is taken: a service that opened it first would complain of that instead.
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = taken.local_addr().expect("a listener has an address").to_string();
    let on = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    for wrong in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
    ] {
        let variables = [on, wrong, ("LEAD_TRACKER_HTTP__ADDRESS", &address)];
        let finished = world.run_with(&variables, &["serve"]).await;
        assert!(finished.complaint().contains(&format!("{}: ", wrong.0)), "{wrong:?}: {}", finished.complaint());
    }
    world.close().await;
}
