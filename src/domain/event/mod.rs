//! What can happen to a lead, as facts with a time of their own.

mod details;
mod moment;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

pub use details::{Category, Customer, FreelancerProfile, LeadDetails};
pub use moment::{Basis, Moment};

/// Identifies a lead, a customer's job request.
pub type LeadId = Uuid;
/// Identifies a freelancer.
pub type FreelancerId = Uuid;

/// Something that happened, as another service or this one's own API told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The publisher's id of the event, or one derived from its content; at most 255 characters.
    pub id: String,
    /// The W3C trace context that the event came with, handed on to what follows from it.
    pub traceparent: Option<String>,
    /// How it came.
    pub origin: Origin,
    /// What happened.
    pub fact: Fact,
}

/// How an event came to this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Another service published it.
    Message,
    /// A freelancer did it here.
    Api,
}

/// The facts that the service learns from outside.
#[derive(Debug, Clone, PartialEq, EnumCount)]
#[expect(
    clippy::large_enum_variant,
    reason = "most events are notifications; a box for each would cost more than it saves"
)]
pub enum Fact {
    /// A freelancer was notified of a lead.
    Notified(Notified),
    /// A freelancer looked at a lead.
    Viewed(Viewed),
    /// A freelancer answered.
    Responded(Responded),
    /// The lead is gone.
    Closed(Closed),
    /// A freelancer's lead plan changed.
    PlanChanged(PlanChanged),
}

impl Fact {
    /// The lead that it concerns; `None` where it concerns none.
    pub fn lead_id(&self) -> Option<LeadId> {
        match self {
            Self::Notified(fact) => Some(fact.lead_id),
            Self::Viewed(fact) => Some(fact.lead_id),
            Self::Responded(fact) => Some(fact.lead_id),
            Self::Closed(fact) => Some(fact.lead_id),
            Self::PlanChanged(_) => None,
        }
    }

    /// The freelancer whom it concerns; `None` where it concerns none.
    pub fn freelancer_id(&self) -> Option<FreelancerId> {
        match self {
            Self::Notified(fact) => Some(fact.freelancer_id),
            Self::Viewed(fact) => Some(fact.freelancer_id),
            Self::Responded(fact) => Some(fact.freelancer_id),
            Self::Closed(_) => None,
            Self::PlanChanged(fact) => Some(fact.freelancer_id),
        }
    }

    /// When it happened.
    pub fn at(&self) -> Moment {
        match self {
            Self::Notified(fact) => fact.at,
            Self::Viewed(fact) => fact.at,
            Self::Responded(fact) => fact.at,
            Self::Closed(fact) => fact.at,
            Self::PlanChanged(fact) => fact.at,
        }
    }
}

/// `lead.notified`
#[derive(Debug, Clone, PartialEq)]
pub struct Notified {
    /// The lead that is offered.
    pub lead_id: LeadId,
    /// Who is offered it.
    pub freelancer_id: FreelancerId,
    /// When the freelancer was notified.
    pub at: Moment,
    /// What the publisher says of the freelancer.
    pub freelancer: FreelancerProfile,
    /// What the publisher says of the lead.
    pub lead: LeadDetails,
}

/// `lead.viewed`
#[derive(Debug, Clone, PartialEq)]
pub struct Viewed {
    /// The lead that was looked at.
    pub lead_id: LeadId,
    /// Who looked.
    pub freelancer_id: FreelancerId,
    /// When.
    pub at: Moment,
}

/// `lead.responded`
#[derive(Debug, Clone, PartialEq)]
pub struct Responded {
    /// The lead that was answered.
    pub lead_id: LeadId,
    /// Who answered.
    pub freelancer_id: FreelancerId,
    /// The answer.
    pub response: Response,
    /// Free text that came with the answer.
    pub notes: Option<String>,
    /// When.
    pub at: Moment,
}

/// `lead.closed`
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// The lead that is gone.
    pub lead_id: LeadId,
    /// Why it is gone.
    pub outcome: Outcome,
    /// Who accepted it, where the publisher says so.
    pub accepted_by: Option<FreelancerId>,
    /// When.
    pub at: Moment,
}

/// `freelancer.plan_changed`
#[derive(Debug, Clone, PartialEq)]
pub struct PlanChanged {
    /// Whose plan.
    pub freelancer_id: FreelancerId,
    /// What became of it.
    pub status: PlanStatus,
    /// When the plan ends or ended.
    pub ends_at: DateTime<Utc>,
    /// When the change happened.
    pub at: Moment,
}

/// How a freelancer answers an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// Takes the job.
    Accepted,
    /// Does not want to hear of it again.
    Ignored,
    /// Says why it was missed.
    Missed(MissedReason),
}

/// Why an offer was missed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissedReason {
    /// The lead was gone at or before the deadline and before this freelancer responded.
    Expired,
    /// The deadline passed and the lead was still open.
    NoResponse,
    /// The freelancer had no time.
    Busy,
    /// The freelancer did not want it.
    NotInterested,
}

/// Why a lead is gone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// Somebody got the job.
    Accepted,
    /// The job is done.
    Completed,
    /// The customer withdrew it.
    Cancelled,
}

/// What became of a lead plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PlanStatus {
    /// Paid, until it ends.
    Active,
    /// Ended by itself.
    Expired,
    /// Ended by the freelancer or by HireLocal.
    Cancelled,
}
