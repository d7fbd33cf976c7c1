//! The permanent record of what happened to an interaction.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::announcement::{Missed, OfferKey, Retraction};
use super::event::{MissedReason, Responded};
use super::interaction::Status;

/// One entry of the history: a change of status, or an answer that changed none.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The offer.
    pub key: OfferKey,
    /// The status from then on.
    pub status: Status,
    /// The status before; `None` for the first entry.
    pub previous_status: Option<Status>,
    /// Why it was missed; of missed ones only.
    pub reason: Option<MissedReason>,
    /// What the freelancer said of it.
    pub notes: Option<String>,
    /// Why it changed.
    pub cause: Cause,
}

/// Why something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Who did it.
    pub actor: Actor,
    /// How this service learned of it.
    pub source: Source,
    /// The event that told it.
    pub event_id: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The trace that it belongs to.
    pub traceparent: Option<String>,
}

/// Who changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Which one, where that is known.
    pub id: Option<Uuid>,
}

/// What kind of actor changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActorKind {
    /// A freelancer.
    Freelancer,
    /// The customer who posted the lead.
    Customer,
    /// HireLocal itself.
    System,
    /// An administrator.
    Admin,
}

impl Actor {
    /// HireLocal itself.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: None };
    /// The customer who posted the lead.
    pub const CUSTOMER: Self = Self { kind: ActorKind::Customer, id: None };
    /// An administrator who is not known by an id.
    pub const ADMIN: Self = Self { kind: ActorKind::Admin, id: None };

    /// A freelancer.
    pub fn freelancer(id: Uuid) -> Self {
        Self { kind: ActorKind::Freelancer, id: Some(id) }
    }
}

/// How the service learned of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A `lead.notified` message.
    Notified,
    /// A `lead.viewed` message.
    Viewed,
    /// A `lead.responded` message.
    Responded,
    /// A `lead.closed` message.
    Closed,
    /// This service's own API.
    Api,
    /// The offer's timer.
    Timer,
    /// The sweep over deadlines.
    Sweep,
    /// An administrator's check.
    Admin,
}

impl Source {
    /// The name in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notified => "lead.notified",
            Self::Viewed => "lead.viewed",
            Self::Responded => "lead.responded",
            Self::Closed => "lead.closed",
            Self::Api => "api",
            Self::Timer => "timer",
            Self::Sweep => "sweep",
            Self::Admin => "admin",
        }
    }
}

/// The W3C trace contexts of what led to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Of the event that caused it; none of a deadline that passed.
    pub cause: Option<String>,
    /// Of the offer that it is about.
    pub offer: Option<String>,
}

impl Trace {
    /// The trace that goes on: that of the cause, else that of the offer.
    pub fn traceparent(&self) -> Option<&str> {
        self.cause.as_deref().or(self.offer.as_deref())
    }
}

/// What is to be done about a change, in the order in which it is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Keep an entry of the history.
    Record(Change),
    /// Wake up at the deadline of an offer.
    Arm {
        /// The offer.
        key: OfferKey,
        /// Its deadline.
        deadline_at: DateTime<Utc>,
    },
    /// Publish `lead.responded`.
    Respond {
        /// The id of the event that the answer is.
        event_id: String,
        /// What to tell.
        responded: Responded,
        /// The traces that it belongs to.
        trace: Trace,
    },
    /// Publish `lead.missed`.
    Announce {
        /// What to tell.
        missed: Missed,
        /// The traces that it belongs to.
        trace: Trace,
    },
    /// Publish `lead.missed_retracted`.
    Retract {
        /// What to tell.
        retraction: Retraction,
        /// The traces that it belongs to.
        trace: Trace,
    },
}
