//! A message of the outbox as the broker gets it.

use std::time::Duration;

use crate::broker::{Names, Outbound, Target};
use crate::contract::{CLOUD_EVENT, JSON};
use crate::store::{Kind, OutboxMessage};
use crate::telemetry::spans;

pub(super) fn outbound(message: &OutboxMessage, names: &Names) -> Outbound {
    let target = match (message.kind, message.delay_ms) {
        (Kind::Timer, Some(delay_ms)) => Target::Queue(names.response_window(window(delay_ms))),
        (Kind::Timer, None) => Target::Queue(names.expired().to_owned()),
        (kind, _) => Target::Topic { routing_key: kind.as_str().to_owned() },
    };
    let is_timer = message.kind == Kind::Timer;
    let mut outbound = Outbound::new(target, message.message_id.clone(), message.body.clone());
    outbound.kind = Some(message.kind.as_str().to_owned());
    outbound.correlation_id = message.lead_id.map(|lead_id| lead_id.to_string());
    outbound.timestamp = Some(message.occurred_at);
    outbound.content_type = Some(if is_timer { JSON } else { CLOUD_EVENT }.to_owned());
    outbound.headers.extend(message.traceparent.clone().map(|traceparent| ("traceparent".to_owned(), traceparent)));
    outbound
}

/// What a span tells of it.
pub(super) fn described<'m>(message: &'m Outbound, names: &'m Names) -> spans::Message<'m> {
    let (exchange, routing_key) = match &message.target {
        Target::Topic { routing_key } => (names.exchange(), routing_key),
        Target::Queue(queue) => ("", queue),
    };
    spans::Message {
        exchange,
        routing_key: routing_key.as_str().into(),
        id: &message.message_id,
        lead_id: message.correlation_id.as_deref().map(Into::into),
        traceparent: message.headers.get("traceparent").map(Into::into),
    }
}

/// The response window that the outbox has in milliseconds.
pub(super) fn window(delay_ms: i64) -> Duration {
    Duration::from_millis(delay_ms.unsigned_abs())
}
