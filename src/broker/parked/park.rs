//! Parking messages.

use chrono::{DateTime, SecondsFormat, Utc};
use lapin::types::FieldTable;
use uuid::Uuid;

use super::{
    fit::{fit, set},
    message::{self, header},
};
use crate::broker::{
    delivery::Delivery,
    error::BrokerError,
    names::Names,
    outbound::Message,
    publisher::{Outcome, Publisher},
};

/// Puts a copy of each delivery, with the reason, into the parked queue, and waits until the broker has them all: acknowledge
/// the deliveries after that, and not before. Parked again after a lost acknowledgement a message is there twice, under two
/// ids.
///
/// Body, properties and headers stay as they are, but for what would send the copy elsewhere or delete it there, and for the
/// largest headers of those that exceed 64 KiB together: `x-headers-dropped` says how many.
pub async fn park(
    publisher: &Publisher,
    names: &Names,
    refused: &[(&Delivery, &str)],
    parked_at: DateTime<Utc>,
) -> Result<(), BrokerError> {
    let copies = refused
        .iter()
        .map(|(delivery, reason)| Message::forward(delivery, names.parked(), headers(delivery, reason, parked_at)));
    let reports = publisher.send(copies.collect::<Result<_, _>>()?).await?;
    match reports.iter().find(|report| report.outcome != Outcome::Confirmed) {
        None => Ok(()),
        Some(report) => Err(BrokerError::NotTaken { queue: names.parked().to_owned(), outcome: report.outcome }),
    }
}

fn headers(delivery: &Delivery, reason: &str, parked_at: DateTime<Utc>) -> FieldTable {
    let mut headers = message::kept_headers(delivery);
    let parked_at = parked_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let first = delivery.header(header::FIRST_PARKED_AT).unwrap_or_else(|| parked_at.as_str().into());
    set(&mut headers, header::ID, &Uuid::now_v7().to_string());
    set(&mut headers, header::REASON, reason);
    set(&mut headers, header::PARKED_AT, &parked_at);
    set(&mut headers, header::FIRST_PARKED_AT, &first);
    set(&mut headers, header::ORIGINAL_ROUTING_KEY, &delivery.event_routing_key());
    set(&mut headers, header::ORIGINAL_QUEUE, &delivery.queue);
    // A replayed message comes by the default exchange, and tells which one it came by first.
    let replayed = delivery.header(header::ORIGINAL_EXCHANGE).filter(|_| delivery.exchange.is_empty());
    set(&mut headers, header::ORIGINAL_EXCHANGE, replayed.as_deref().unwrap_or(&delivery.exchange));
    fit(headers)
}
