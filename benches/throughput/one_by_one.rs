//! The consumer that everybody writes first: insert, publish the timer, await its confirm, acknowledge; then the next.

use std::time::Duration;

use chrono::Utc;
use futures::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions};
use lapin::types::FieldTable;
use uuid::Uuid;

use crate::harness::{Addresses, Leftover};
use crate::{ONE_BY_ONE, fill, offers, seconds_since, whole, world};

/// Messages a second.
pub(crate) async fn measure(addresses: &Addresses) -> f64 {
    let world = world(addresses, Duration::from_secs(1800)).await;
    world.leaves(Leftover::Outbox);
    whole::declare(&world).await;
    fill(&world, offers().into_iter().take(ONE_BY_ONE).collect()).await;
    let channel = world.amqp().channel().await;
    channel.basic_qos(100, BasicQosOptions::default()).await.expect("the channel is open");
    let inbox = world.amqp().name("lead-tracker.inbox");
    let consume = channel.basic_consume(inbox.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default());
    let mut consumer = consume.await.expect("the inbox can be consumed");
    let delay_queue = world.amqp().name(&world.delay_queue(world.window()));
    let insert = "insert into freelancer_lead_interactions (freelancer_id, lead_id, status, notified_at, deadline_at)
                  values ($1, $2, 'notified', $3, $4)";
    let insert = world.sql().prepare(insert).await.expect("the statement is good");
    let began = Utc::now();
    for _ in 0..ONE_BY_ONE {
        let delivery = consumer.next().await.expect("there is another").expect("the channel is open");
        let event: serde_json::Value = serde_json::from_slice(&delivery.data).expect("it is JSON");
        let id = |name: &str| event[name].as_str().and_then(|id| id.parse::<Uuid>().ok()).expect("it has ids");
        let (now, deadline) = (Utc::now(), Utc::now() + world.window());
        let (freelancer, lead) = (id("freelancerId"), id("leadId"));
        world.sql().execute(&insert, &[&freelancer, &lead, &now, &deadline]).await.expect("the row is new");
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let properties = lapin::BasicProperties::default().with_delivery_mode(2);
        let timer =
            channel.basic_publish("".into(), delay_queue.as_str().into(), options, &delivery.data[..100], properties);
        timer.await.expect("the channel is open").await.expect("the broker confirms");
        delivery.ack(BasicAckOptions::default()).await.expect("the channel is open");
    }
    let per_second = ONE_BY_ONE as f64 / seconds_since(began);
    world.close().await;
    per_second
}
