//! What a parked message tells: from the headers it was parked with, or from RabbitMQ's where the delivery limit sent it.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fit::{fit, set};
use crate::broker::{delivery::Delivery, headers, topology::DELIVERY_LIMIT};

/// The headers of a parked message.
pub(super) mod header {
    pub(in super::super) use crate::broker::delivery::ORIGINAL_ROUTING_KEY;

    pub(in super::super) const ID: &str = "x-parked-id";
    pub(in super::super) const REASON: &str = "x-parked-reason";
    pub(in super::super) const PARKED_AT: &str = "x-parked-at";
    /// Survives a replay: when the message was parked for the first time.
    pub(in super::super) const FIRST_PARKED_AT: &str = "x-first-parked-at";
    pub(in super::super) const ORIGINAL_EXCHANGE: &str = "x-original-exchange";
    pub(in super::super) const ORIGINAL_QUEUE: &str = "x-original-queue";
    /// How many headers were left out, for want of room.
    pub(in super::super) const DROPPED: &str = "x-headers-dropped";

    /// Those that this service writes.
    pub(in super::super) const OURS: [&str; 8] =
        [ID, REASON, PARKED_AT, FIRST_PARKED_AT, ORIGINAL_EXCHANGE, ORIGINAL_QUEUE, ORIGINAL_ROUTING_KEY, DROPPED];
}

/// Scopes the ids that are derived from messages, so that they meet no other UUIDv5.
const NAMESPACE: Uuid = Uuid::from_u128(0x0b5f_3a52_61c7_4c0e_8d4e_27a9_9f10_53b6);

/// A parked message, for people. Serializes as the commands and the administrators' API show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedMessage {
    /// New with every parking. A message that the delivery limit sent there shares it with those of the same content and the
    /// same second, and is replayed or discarded together with them.
    pub id: Uuid,
    /// When; unknown only where another program put the message there.
    pub parked_at: Option<DateTime<Utc>>,
    /// The routing key of the event that it is.
    #[schema(example = "lead.notified")]
    pub routing_key: String,
    /// Why, for people.
    #[schema(example = "leadId: it must be a UUID")]
    pub reason: String,
    /// As the publisher gave it.
    pub content_type: Option<String>,
    /// Text, or base64 where `bodyEncoding` says so.
    pub body: String,
    /// `base64` for a body that is not UTF-8, else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_encoding: Option<&'static str>,
    /// All but the broker's count of deliveries, which looking raises.
    #[schema(value_type = Object)]
    pub headers: Map<String, Value>,
}

impl ParkedMessage {
    pub(super) fn read(delivery: &Delivery) -> Self {
        let (body, body_encoding) = match std::str::from_utf8(&delivery.body) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (STANDARD.encode(&delivery.body), Some("base64")),
        };
        Self {
            id: id(delivery),
            parked_at: parked_at(delivery),
            routing_key: origin(delivery).routing_key,
            reason: reason(delivery),
            content_type: delivery.properties.content_type.clone(),
            body,
            body_encoding,
            headers: headers::json_object(&kept_headers(delivery).into()),
        }
    }
}

/// Where a parked message came from.
pub(super) struct Origin {
    pub(super) queue: Option<String>,
    pub(super) exchange: String,
    pub(super) routing_key: String,
}

pub(super) fn origin(delivery: &Delivery) -> Origin {
    let death = Death::last(delivery);
    let header = |name| delivery.header(name).map(Cow::into_owned);
    // Believed where this service wrote it, which replays by the default exchange only, as in `event_routing_key`.
    let by_exchange = death.as_ref().and_then(|death| death.text("exchange")).is_some_and(|name| !name.is_empty());
    let is_ours = is_labelled(delivery) || !by_exchange;
    let labelled = header(header::ORIGINAL_ROUTING_KEY).filter(|_| is_ours);
    let routing_key = labelled.or_else(|| death.as_ref()?.routing_key());
    let queue = if is_labelled(delivery) { header(header::ORIGINAL_QUEUE) } else { None };
    Origin {
        queue: queue.or_else(|| death.as_ref()?.text("queue")),
        exchange: header(header::ORIGINAL_EXCHANGE).or_else(|| death.as_ref()?.text("exchange")).unwrap_or_default(),
        routing_key: routing_key.unwrap_or_else(|| delivery.routing_key.clone()),
    }
}

pub(super) fn id(delivery: &Delivery) -> Uuid {
    let labelled = delivery.header(header::ID).and_then(|id| Uuid::parse_str(&id).ok());
    labelled.unwrap_or_else(|| derived_id(delivery))
}

/// The id of a message that the delivery limit sent there, which carries none: of what it is, and of when that was.
fn derived_id(delivery: &Delivery) -> Uuid {
    let time = Death::last(delivery).and_then(|death| death.time());
    let time = time.map(|time| time.to_rfc3339()).unwrap_or_default();
    let message_id = delivery.properties.message_id.as_deref().unwrap_or_default();
    let mut name = [&*delivery.event_routing_key(), message_id, &time].join("\0").into_bytes();
    name.push(0);
    name.extend_from_slice(&delivery.body);
    Uuid::new_v5(&NAMESPACE, &name)
}

fn parked_at(delivery: &Delivery) -> Option<DateTime<Utc>> {
    let labelled = delivery.header(header::PARKED_AT);
    let labelled = labelled.and_then(|time| DateTime::parse_from_rfc3339(&time).ok()).map(|time| time.to_utc());
    labelled.or_else(|| Death::last(delivery)?.time())
}

fn reason(delivery: &Delivery) -> String {
    if let Some(reason) = delivery.header(header::REASON) {
        return reason.into_owned();
    }
    let Some(death) = Death::last(delivery) else {
        return "unknown: put there by another program".to_owned();
    };
    let queue = death.text("queue").unwrap_or_default();
    match death.text("reason").unwrap_or_default().as_str() {
        "delivery_limit" => format!("delivery limit of {DELIVERY_LIMIT} reached on {queue}"),
        other => format!("dead-lettered from {queue}: {other}"),
    }
}

fn is_labelled(delivery: &Delivery) -> bool {
    delivery.header(header::ID).is_some()
}

/// The headers that a copy keeps in another queue. Left out: what earlier stays in queues added, and `CC` and `BCC`, by which the
/// broker would send the copy to further queues.
pub(super) fn kept_headers(delivery: &Delivery) -> BTreeMap<ShortString, AMQPValue> {
    let mut headers = delivery.table().map(|table| table.inner().clone()).unwrap_or_default();
    headers.retain(|name, _| {
        let name = name.as_str();
        !["x-delivery-count", "x-acquired-count", "CC", "BCC"].contains(&name)
    });
    headers
}

/// The headers of a message that is sent to be processed again: as first published, with the label of where it came from.
pub(super) fn replay_headers(delivery: &Delivery) -> FieldTable {
    let origin = origin(delivery);
    let mut headers = kept_headers(delivery);
    headers.retain(|name, _| {
        let name = name.as_str();
        let of_death = name == "x-death" || name.starts_with("x-first-death-") || name.starts_with("x-last-death-");
        !of_death && ![header::ID, header::REASON, header::PARKED_AT, header::ORIGINAL_QUEUE].contains(&name)
    });
    set(&mut headers, header::ORIGINAL_ROUTING_KEY, &origin.routing_key);
    set(&mut headers, header::ORIGINAL_EXCHANGE, &origin.exchange);
    let parked_at =
        || parked_at(delivery).map(|time| time.trunc_subsecs(3).to_rfc3339_opts(SecondsFormat::Millis, true));
    if let Some(time) = delivery.header(header::FIRST_PARKED_AT).or_else(|| parked_at().map(Cow::Owned)) {
        set(&mut headers, header::FIRST_PARKED_AT, &time);
    }
    fit(headers)
}

/// RabbitMQ's record of a dead-lettering.
struct Death<'a>(&'a FieldTable);

impl<'a> Death<'a> {
    /// The last one, which RabbitMQ puts first.
    fn last(delivery: &'a Delivery) -> Option<Self> {
        match delivery.table()?.inner().get("x-death")? {
            AMQPValue::FieldArray(deaths) => match deaths.as_slice().first()? {
                AMQPValue::FieldTable(death) => Some(Self(death)),
                _ => None,
            },
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        headers::text(self.0.inner().get(name)?).map(Cow::into_owned)
    }

    fn routing_key(&self) -> Option<String> {
        match self.0.inner().get("routing-keys")? {
            AMQPValue::FieldArray(keys) => headers::text(keys.as_slice().first()?).map(Cow::into_owned),
            _ => None,
        }
    }

    fn time(&self) -> Option<DateTime<Utc>> {
        match self.0.inner().get("time")? {
            AMQPValue::Timestamp(seconds) => DateTime::from_timestamp(i64::try_from(*seconds).ok()?, 0),
            _ => None,
        }
    }
}
