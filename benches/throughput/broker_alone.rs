//! The broker's own ceiling: consume, publish with confirms, acknowledge, in batches; no database.

use std::time::Duration;

use chrono::Utc;
use futures::StreamExt;
use futures::future::{join_all, try_join_all};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions};
use lapin::types::FieldTable;

use crate::harness::{Addresses, Leftover};
use crate::{OFFERS, fill, offers, seconds_since, whole, world};

/// How many messages are published together.
const BATCH: usize = 500;

/// Messages a second, from the inbox into the delay queue.
pub(crate) async fn measure(addresses: &Addresses) -> f64 {
    let world = world(addresses, Duration::from_secs(1800)).await;
    world.leaves(Leftover::Outbox);
    whole::declare(&world).await;
    fill(&world, offers()).await;
    let (consuming, publishing) = (world.amqp().channel().await, world.amqp().channel().await);
    consuming.basic_qos(2000, BasicQosOptions::default()).await.expect("the channel is open");
    let delay_queue = world.amqp().name(&world.delay_queue(world.window()));
    let began = Utc::now();
    let inbox = world.amqp().name("lead-tracker.inbox");
    let consume =
        consuming.basic_consume(inbox.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default());
    let mut batches = consume.await.expect("the inbox can be consumed").take(OFFERS).chunks(BATCH);
    while let Some(batch) = batches.next().await {
        let batch: Vec<_> = batch.into_iter().map(|delivery| delivery.expect("the channel is open")).collect();
        let publishes = batch.iter().map(|delivery| {
            let options = BasicPublishOptions { mandatory: true, ..Default::default() };
            let properties = lapin::BasicProperties::default().with_delivery_mode(2);
            publishing.basic_publish("".into(), delay_queue.as_str().into(), options, &delivery.data[..100], properties)
        });
        let confirms = try_join_all(publishes).await.expect("the channel is open");
        for confirm in join_all(confirms).await {
            confirm.expect("the broker confirms");
        }
        let last = batch.last().expect("no batch is empty");
        last.ack(BasicAckOptions { multiple: true }).await.expect("the channel is open");
    }
    let per_second = OFFERS as f64 / seconds_since(began);
    world.close().await;
    per_second
}
