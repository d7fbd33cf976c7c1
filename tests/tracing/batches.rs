//! Many messages at a time: one span, with a link to each message's own trace.

use std::collections::BTreeSet;

use crate::collector::Collector;
use crate::harness::Offer;
use crate::span::{Context, Span};
use crate::{sent_within, traced, world};

const OFFERS: usize = 1000;

/// The links of spans of this kind.
fn links(spans: &[Span], is_wanted: impl Fn(&Span) -> bool) -> BTreeSet<Context> {
    spans.iter().filter(|span| is_wanted(span)).flat_map(|span| span.links.keys().cloned()).collect()
}

#[tokio::test]
async fn a_batch_has_one_span_with_a_link_to_every_message() {
    let world = world(500).await;
    let (subscriber, collector) = (world.subscriber().await, Collector::start().await);
    world.run(&["topology", "declare"]).await.succeeded();
    let offers: Vec<_> = Offer::many(OFFERS).into_iter().map(|offer| (offer, Context::new())).collect();
    let events = offers.iter().map(|(offer, context)| sent_within(offer.notified(), context));
    world.publisher().await.send_all(events).await;

    traced(&world, &collector).await;
    subscriber.wait_until("every miss is announced", |messages| messages.len() == OFFERS).await;

    let contexts: BTreeSet<_> = offers.iter().map(|(_, context)| context.clone()).collect();
    let is_inbox = |span: &Span| span.name.ends_with("lead-tracker.inbox");
    crate::harness::eventually("every offer is linked to", async || links(&collector.spans(), is_inbox) == contexts)
        .await;
    let spans = collector.spans();
    let batch = spans.iter().filter(|span| is_inbox(span)).max_by_key(|span| span.links.len()).expect("there is one");
    assert!(batch.links.len() > 128, "the SDK's own limit would cut its {} links", batch.links.len());
    assert!(batch.parent.is_empty(), "{}", batch.name);
    assert_eq!(batch.attribute("messaging.batch.message_count"), batch.links.len().to_string());
    assert_eq!(batch.attribute("messaging.rabbitmq.destination.routing_key"), "lead.notified", "it is the same of all");
    let leads: BTreeSet<_> =
        batch.links.values().map(|told| told["messaging.message.conversation_id"].clone()).collect();
    assert_eq!(leads.len(), batch.links.len(), "each link tells which lead");

    let is_announcement = |span: &Span| span.name == "create lead.missed";
    crate::harness::eventually("every miss has a span", async || {
        collector.spans().iter().filter(|span| is_announcement(span)).count() == OFFERS
    })
    .await;
    assert_eq!(links(&collector.spans(), is_announcement), contexts, "each miss is linked to its offer");
    world.close().await;
}
