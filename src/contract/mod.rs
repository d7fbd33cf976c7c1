//! What crosses the broker: messages of other services read as [`Event`](crate::domain::event::Event)s, and what the
//! service announces written as CloudEvents.
//!
//! Reading is lenient where nothing is lost by it (both spellings of a name, unknown fields, missing details) and
//! strict where a guess could be wrong: times have an offset, ids are UUIDs, a message that contradicts itself is
//! refused. A [`Refusal`] is one sentence that can be shown to whoever sent the message; it never repeats free text,
//! so no name and no phone number reaches a log by it.
//!
//! Everything here is pure: the time of receipt is an argument, and nothing is read or sent.

mod envelope;
mod field;
mod inbound;
mod object;
mod outbound;
mod payload;
mod refusal;
pub mod routing_key;
mod timer;
mod trace;

#[cfg(test)]
mod tests;

pub use inbound::{Incoming, MAX_BODY, parse};
pub use outbound::{Message, cloud_event, missed, responded, retracted};
pub(crate) use payload::one_of;
pub use refusal::Refusal;
pub use timer::{parse_timer, timer_body};
pub use trace::{fresh as fresh_traceparent, parse as parse_traceparent};

/// The content type of a structured CloudEvent, the only one that the service sends.
pub const CLOUD_EVENT: &str = "application/cloudevents+json";

/// The content type of bare data.
pub const JSON: &str = "application/json";
