//! Messages of other services, read as events.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{Attributes, Envelope};
use super::object::{Object, Part};
use super::payload::{Clock, ClosedData, NotifiedData, Payload, PlanChangedData, RespondedData, ViewedData};
use super::refusal::{Refusal, quoted};
use super::routing_key::{LEAD_CLOSED, LEAD_NOTIFIED, LEAD_RESPONDED, LEAD_VIEWED, PLAN_CHANGED};
use super::{CLOUD_EVENT, JSON, trace};
use crate::domain::event::{Event, Origin};

/// The largest body that is accepted, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// The longest id of an event, in characters.
const ID_LIMIT: usize = 255;

/// Scopes the ids of events that came without one, so that they meet no other UUIDv5.
const NAMESPACE: Uuid = Uuid::from_u128(0x1d0e_4c1b_92a7_4f0c_8a35_77c2_e0b4_5d19);

/// A message as the broker delivers it.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// What the message was first published with; of a replayed one, that is not what it was delivered with.
    pub routing_key: &'a str,
    /// AMQP `content_type`. Absent or empty, the body is bare JSON.
    pub content_type: Option<&'a str>,
    /// AMQP `message_id`.
    pub message_id: Option<&'a str>,
    /// AMQP `timestamp`.
    pub timestamp: Option<DateTime<Utc>>,
    /// The AMQP headers that are text; one that is an AMQP timestamp is given as RFC 3339.
    pub headers: &'a [(&'a str, &'a str)],
    /// The payload.
    pub body: &'a [u8],
    /// When this process received the message.
    pub received: DateTime<Utc>,
}

/// Reads a message as the event that its routing key names.
///
/// Accepted are structured CloudEvents, binary ones and bare JSON. The event's id is that of the CloudEvent, else the
/// `message_id`, else one derived from routing key and body, so that the same message gets the same id again.
///
/// # Errors
///
/// The message can never be processed as it is; it should be parked with the refusal's text as the reason.
pub fn parse(incoming: &Incoming<'_>) -> Result<Event, Refusal> {
    if incoming.body.len() > MAX_BODY {
        return Err(Refusal::TooLarge(incoming.body.len()));
    }
    let mut decoded = Vec::new();
    match incoming.routing_key {
        LEAD_NOTIFIED => read::<NotifiedData<'_>>(incoming, LEAD_NOTIFIED, &mut decoded),
        LEAD_VIEWED => read::<ViewedData<'_>>(incoming, LEAD_VIEWED, &mut decoded),
        LEAD_RESPONDED => read::<RespondedData<'_>>(incoming, LEAD_RESPONDED, &mut decoded),
        LEAD_CLOSED => read::<ClosedData<'_>>(incoming, LEAD_CLOSED, &mut decoded),
        PLAN_CHANGED => read::<PlanChangedData<'_>>(incoming, PLAN_CHANGED, &mut decoded),
        other => Err(Refusal::RoutingKey(quoted(other))),
    }
}

/// Reads a message whose data is `T`; `decoded` is where the data borrows from that comes in base64.
fn read<'a, T: Payload<'a>>(
    incoming: &Incoming<'a>,
    routing_key: &'static str,
    decoded: &'a mut Vec<u8>,
) -> Result<Event, Refusal> {
    let (mut attributes, data): (_, T) = if is_structured(incoming.content_type)? {
        open_structured(incoming, routing_key, decoded)?
    } else {
        open_plain(incoming, routing_key)?
    };
    let clock = Clock { stated: attributes.time()?.or(incoming.timestamp), received: incoming.received };
    let id = id(incoming, &mut attributes)?;
    let traceparent = traceparent(incoming, &attributes);
    Ok(Event { id, traceparent, origin: Origin::Message, fact: data.fact(&clock)? })
}

fn open_structured<'a, T: Payload<'a>>(
    incoming: &Incoming<'a>,
    routing_key: &'static str,
    decoded: &'a mut Vec<u8>,
) -> Result<(Attributes<'a>, T), Refusal> {
    let envelope: Envelope<'a, T> = object(incoming.body)?.required("the body")?;
    envelope.attributes.check(routing_key)?;
    let data = match envelope.encoded_data()? {
        None => envelope.data.required("data")?,
        Some(bytes) => {
            *decoded = bytes;
            object(decoded)?.required("data_base64")?
        }
    };
    Ok((envelope.attributes, data))
}

/// The body is the data; the attributes are in the headers of a binary CloudEvent, and bare JSON has none.
fn open_plain<'a, T: Payload<'a>>(
    incoming: &Incoming<'a>,
    routing_key: &'static str,
) -> Result<(Attributes<'a>, T), Refusal> {
    let attributes = Attributes::of_headers(incoming.headers)?;
    if let Some(attributes) = &attributes {
        attributes.check(routing_key)?;
    }
    Ok((attributes.unwrap_or_default(), object(incoming.body)?.required("the body")?))
}

/// Whether the content type announces a structured CloudEvent rather than plain JSON.
fn is_structured(content_type: Option<&str>) -> Result<bool, Refusal> {
    let content_type = content_type.unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(CLOUD_EVENT) {
        Ok(true)
    } else if media_type.is_empty() || media_type.eq_ignore_ascii_case(JSON) {
        Ok(false)
    } else {
        Err(Refusal::ContentType(quoted(content_type)))
    }
}

/// The JSON object that the bytes are, or what else they are. Some publishers' libraries put a byte order mark first.
fn object<'a, T: Object<'a>>(bytes: &'a [u8]) -> Result<Part<T>, Refusal> {
    let text = str::from_utf8(bytes).map_err(Refusal::NotUtf8)?;
    let mut deserializer = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let part = Part::deserialize(&mut deserializer).and_then(|part| deserializer.end().map(|()| part));
    part.map_err(
        |error| {
            if error.is_data() { Refusal::Contradiction(error.to_string()) } else { Refusal::NotJson(error) }
        },
    )
}

fn id<'a>(incoming: &Incoming<'a>, attributes: &mut Attributes<'a>) -> Result<String, Refusal> {
    const FIELD: &str = "the event id";
    let given = attributes.take_id()?.filter(|id| !id.is_empty());
    let given = given.or(incoming.message_id.filter(|id| !id.is_empty()).map(Into::into));
    match given {
        None => Ok(derived_id(incoming).to_string()),
        Some(id) if id.contains('\0') => Err(Refusal::Nul { field: FIELD }),
        Some(id) if id.chars().count() > ID_LIMIT => Err(Refusal::TooLong { field: FIELD, limit: ID_LIMIT }),
        Some(id) => Ok(id.into_owned()),
    }
}

fn derived_id(incoming: &Incoming<'_>) -> Uuid {
    let name = [incoming.routing_key.as_bytes(), b"\n", incoming.body].concat();
    Uuid::new_v5(&NAMESPACE, &name)
}

/// The trace context: the transport's own header before the attribute, as the CloudEvents extension has it.
fn traceparent(incoming: &Incoming<'_>, attributes: &Attributes<'_>) -> Option<String> {
    let header = incoming.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
    header.and_then(|(_, value)| trace::parse(value)).or_else(|| attributes.traceparent().and_then(trace::parse))
}
