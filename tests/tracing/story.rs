//! A lead that is missed, from the offer to the announcement.

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use crate::collector::Collector;
use crate::harness::{Event, Offer};
use crate::span::{Context, Span};
use crate::{sent_within, traced, world};

/// What is told of a span's message and where it went.
fn told(span: &Span) -> [&str; 7] {
    [
        "messaging.system",
        "messaging.operation.type",
        "messaging.operation.name",
        "messaging.destination.name",
        "messaging.rabbitmq.destination.routing_key",
        "messaging.message.id",
        "messaging.message.conversation_id",
    ]
    .map(|name| span.attribute(name))
}

#[tokio::test]
async fn an_offer_goes_on_in_the_publishers_trace_and_its_miss_is_linked_to_it() {
    let world = world(500).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    traced(&world, &collector).await;
    let (offer, publisher) = (Offer::now(), Context::new());
    let event = sent_within(offer.notified_in_full(), &publisher);
    let (event_id, lead) = (event.id.clone(), offer.lead.to_string());

    world.publisher().await.send(event).await;
    let missed = subscriber.wait_for("lead.missed", offer.key()).await;

    let (exchange, inbox, expired) =
        ["hirelocal.leads", "lead-tracker.inbox", "lead-tracker.expired"].map(|name| world.amqp().name(name)).into();
    let recorded = collector.span("of the offer", |span| span.attribute("messaging.message.id") == event_id).await;
    let destination = format!("{exchange}:lead.notified:{inbox}");
    assert_eq!((recorded.name.as_str(), recorded.kind), (&*format!("process {destination}"), SpanKind::Consumer));
    assert_eq!(told(&recorded), ["rabbitmq", "process", "process", &destination, "lead.notified", &event_id, &lead]);
    assert!(recorded.is_child_of(&publisher) && recorded.is_linked_to(&publisher), "{recorded:?}");

    let ended = collector.span("of the timer", |span| span.name == format!("process {expired}")).await;
    assert_eq!(ended.kind, SpanKind::Consumer);
    assert!(ended.parent.is_empty() && ended.is_linked_to(&recorded.context), "{ended:?}");

    let created = collector.span("of the announcement", |span| span.name == "create lead.missed").await;
    assert_eq!(created.kind, SpanKind::Producer);
    assert_eq!(told(&created), ["rabbitmq", "create", "create", "lead.missed", "lead.missed", &missed.id, &lead]);
    assert!(created.is_child_of(&ended.context) && created.is_linked_to(&publisher), "{created:?}");
    assert_eq!(missed.header("traceparent"), Some(created.context.traceparent()));

    let destination = format!("{exchange}:lead.missed");
    let published = collector.span("of publishing", |span| span.name == format!("publish {destination}")).await;
    assert_eq!(published.kind, SpanKind::Client);
    assert_eq!(told(&published), ["rabbitmq", "send", "publish", &destination, "lead.missed", &missed.id, &lead]);
    assert!(published.is_linked_to(&created.context), "{published:?}");
    world.close().await;
}

#[tokio::test]
async fn what_an_answer_leads_to_goes_on_in_the_trace_of_the_answer() {
    let world = world(60_000).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    traced(&world, &collector).await;
    let winner = Offer::now();
    let loser = Offer::of(winner.lead, Offer::now().freelancer);
    let (offered, answered) = (Context::new(), Context::new());
    let publisher = world.publisher().await;

    publisher.send_all([winner.notified(), sent_within(loser.notified(), &offered)]).await;
    publisher.send(sent_within(winner.responded("accepted"), &answered)).await;
    let missed = subscriber.wait_for("lead.missed", loser.key()).await;

    let created = collector.span("of the announcement", |span| span.name == "create lead.missed").await;
    assert_eq!(created.context.trace, answered.trace, "{created:?}");
    assert!(created.is_linked_to(&offered), "{created:?}");
    assert_eq!(missed.header("traceparent"), Some(created.context.traceparent()));
    world.close().await;
}

#[tokio::test]
async fn an_offer_without_a_trace_begins_one() {
    let world = world(500).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    traced(&world, &collector).await;
    let offer = Offer::now();

    world.publisher().await.send(offer.notified()).await;
    subscriber.wait_for("lead.missed", offer.key()).await;

    let recorded = collector.span("of the offer", |span| span.name.ends_with("lead-tracker.inbox")).await;
    assert!(recorded.parent.is_empty() && recorded.links.is_empty(), "{recorded:?}");
    let created = collector.span("of the announcement", |span| span.name == "create lead.missed").await;
    assert!(created.is_linked_to(&recorded.context), "{created:?}");
    world.close().await;
}

#[tokio::test]
async fn spans_tell_nothing_personal() {
    let world = world(500).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    traced(&world, &collector).await;
    let offer = Offer::now();
    let publisher = world.publisher().await;
    world.leaves(crate::harness::Leftover::Parked);

    publisher.send(offer.notified_in_full()).await;
    publisher.send(Event::new("lead.viewed", "viewedAt", serde_json::json!({ "leadId": "Meenakshi" }))).await;
    subscriber.wait_for("lead.missed", offer.key()).await;

    collector.span("of the announcement", |span| span.name.starts_with("publish") && !span.links.is_empty()).await;
    let spans = format!("{:?}", collector.spans());
    for secret in ["9845098450", "Meenakshi", "Sundaram", "Asha", "Kitchen", "Indiranagar"] {
        assert!(!spans.contains(secret), "{secret} is in a span:\n{spans}");
    }
    world.close().await;
}
