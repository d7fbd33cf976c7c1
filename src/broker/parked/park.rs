//! Parking one message.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use lapin::types::{AMQPValue, FieldTable, ShortString};

use super::message::{self, header};
use crate::broker::{
    delivery::Delivery,
    error::BrokerError,
    names::Names,
    outbound::Message,
    publisher::{Outcome, Publisher},
};

/// Puts a copy of a delivery, with the reason, into the parked queue, and waits until the broker has it: acknowledge the
/// delivery after that, and not before. Parked again after a lost acknowledgement it has the same id.
///
/// Body, properties and headers stay as they are, but for what would send the copy elsewhere or delete it there.
pub async fn park(
    publisher: &Publisher,
    names: &Names,
    delivery: &Delivery,
    reason: &str,
    parked_at: DateTime<Utc>,
) -> Result<(), BrokerError> {
    let message = Message::forward(delivery, names.parked(), headers(delivery, reason, parked_at))?;
    let reports = publisher.send(vec![message]).await?;
    match reports.first().map(|report| report.outcome) {
        Some(Outcome::Confirmed) => Ok(()),
        outcome => Err(BrokerError::NotTaken {
            queue: names.parked().to_owned(),
            outcome: outcome.unwrap_or(Outcome::Refused),
        }),
    }
}

fn headers(delivery: &Delivery, reason: &str, parked_at: DateTime<Utc>) -> FieldTable {
    let mut headers = message::kept_headers(delivery);
    let parked_at = parked_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let seen_before = delivery.header(header::FIRST_PARKED_AT).is_some();
    set(&mut headers, header::ID, &message::content_id(delivery, "").to_string());
    set(&mut headers, header::REASON, reason);
    set(&mut headers, header::PARKED_AT, &parked_at);
    if !seen_before {
        set(&mut headers, header::FIRST_PARKED_AT, &parked_at);
    }
    set(&mut headers, header::ORIGINAL_ROUTING_KEY, &delivery.event_routing_key());
    set(&mut headers, header::ORIGINAL_QUEUE, &delivery.queue);
    // A replayed message comes by the default exchange, and tells which one it came by first.
    if !delivery.exchange.is_empty() || delivery.header(header::ORIGINAL_EXCHANGE).is_none() {
        set(&mut headers, header::ORIGINAL_EXCHANGE, &delivery.exchange);
    }
    headers.into()
}

pub(super) fn set(headers: &mut BTreeMap<ShortString, AMQPValue>, name: &str, value: &str) {
    headers.insert(name.into(), AMQPValue::LongString(value.into()));
}
