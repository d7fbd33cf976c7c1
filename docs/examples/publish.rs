//! Offers one lead to two freelancers, and ends well only when RabbitMQ has taken both events.

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, PublisherConfirm};
use serde_json::{Value, json};
use uuid::Uuid;

/// As the publisher keeps it, so that an event that has to be sent again is the same event.
struct Offer {
    event_id: Uuid,
    lead_id: Uuid,
    freelancer_id: Uuid,
    notified_at: DateTime<Utc>,
}

impl Offer {
    fn cloud_event(&self) -> Value {
        let notified_at = self.notified_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        json!({
            "specversion": "1.0",
            "id": self.event_id,
            "source": "/hirelocal/leads",
            "type": "com.hirelocal.lead.notified",
            "data": { "leadId": self.lead_id, "freelancerId": self.freelancer_id, "notifiedAt": notified_at },
        })
    }

    async fn publish(&self, channel: &Channel, exchange: &str) -> lapin::Result<PublisherConfirm> {
        let mandatory = BasicPublishOptions { mandatory: true, ..Default::default() };
        let properties = BasicProperties::default()
            .with_content_type("application/cloudevents+json".into())
            .with_message_id(self.event_id.to_string().into())
            .with_delivery_mode(2); // persistent
        let body = self.cloud_event().to_string();
        channel.basic_publish(exchange.into(), "lead.notified".into(), mandatory, body.as_bytes(), properties).await
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = std::env::var("AMQP_URL").context("AMQP_URL is not set")?;
    let exchange = std::env::var("EXCHANGE").unwrap_or_else(|_| "hirelocal.leads".to_owned());
    let connection = Connection::connect(&url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;

    let (lead_id, notified_at) = (Uuid::new_v4(), Utc::now());
    let offers = [Uuid::new_v4(), Uuid::new_v4()];
    let offers = offers.map(|freelancer_id| Offer { event_id: Uuid::new_v4(), lead_id, freelancer_id, notified_at });

    // All of them on their way before the first confirm is awaited.
    let mut confirms = Vec::new();
    for offer in &offers {
        confirms.push(offer.publish(&channel, &exchange).await?);
    }
    for confirm in confirms {
        match confirm.await? {
            Confirmation::Ack(None) => {}
            Confirmation::Ack(Some(returned)) => bail!("no queue is bound to {}", returned.delivery.routing_key),
            refused => bail!("RabbitMQ did not take an event: {refused:?}"),
        }
    }
    for Offer { lead_id, freelancer_id, .. } in &offers {
        println!("offered {lead_id} to {freelancer_id}");
    }
    Ok(connection.close(200, "done".into()).await?)
}
