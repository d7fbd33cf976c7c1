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
mod timer;
mod trace;

#[cfg(test)]
mod tests;

pub use inbound::{Incoming, MAX_BODY, parse};
pub use outbound::{Message, missed, responded, retracted};
pub use refusal::Refusal;
pub use timer::{parse_timer, timer_body};

/// The content type of a structured CloudEvent, the only one that the service sends.
pub const CLOUD_EVENT: &str = "application/cloudevents+json";

/// The content type of bare data.
pub const JSON: &str = "application/json";

/// Names on the exchange; each is the routing key of its event and the end of its CloudEvents `type`.
pub mod routing_key {
    /// A freelancer was notified of a lead.
    pub const LEAD_NOTIFIED: &str = "lead.notified";
    /// A freelancer looked at a lead.
    pub const LEAD_VIEWED: &str = "lead.viewed";
    /// A freelancer answered; sent as well, for an answer given through this service's own API.
    pub const LEAD_RESPONDED: &str = "lead.responded";
    /// A lead is gone.
    pub const LEAD_CLOSED: &str = "lead.closed";
    /// A freelancer's lead plan changed.
    pub const PLAN_CHANGED: &str = "freelancer.plan_changed";
    /// An offer ended without an answer that counts.
    pub const LEAD_MISSED: &str = "lead.missed";
    /// An announced offer turned out to have been answered in time.
    pub const LEAD_MISSED_RETRACTED: &str = "lead.missed_retracted";

    /// What the service listens to.
    pub const INBOUND: [&str; 5] = [LEAD_NOTIFIED, LEAD_VIEWED, LEAD_RESPONDED, LEAD_CLOSED, PLAN_CHANGED];
}
