//! What can happen to a lead, as facts with a time of their own.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

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

/// A point in time, to the microsecond, and how far it can be trusted to be the event's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time that counts.
    pub at: DateTime<Utc>,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a [`Moment`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The message states it: in its data, its `time` or its AMQP timestamp.
    Stated,
    /// The message states none; this is when it was received.
    Received,
    /// The message states a time in the future; this is when it was received.
    Clamped,
}

impl Moment {
    /// The stated time, clamped to the time of receipt; without one, the time of receipt.
    ///
    /// Times are cut to microseconds, which is what PostgreSQL keeps, so that a time compares alike before and after
    /// it was stored.
    pub fn new(stated: Option<DateTime<Utc>>, received: DateTime<Utc>) -> Self {
        let received = received.trunc_subsecs(6);
        match stated.map(|at| at.trunc_subsecs(6)) {
            Some(at) if at > received => Self { at: received, basis: Basis::Clamped },
            Some(at) => Self { at, basis: Basis::Stated },
            None => Self { at: received, basis: Basis::Received },
        }
    }

    /// Whether this is the event's own time, neither one of receipt nor clamped.
    pub fn is_own(&self) -> bool {
        self.basis == Basis::Stated
    }
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

/// What an offer says of the freelancer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FreelancerProfile {
    /// The freelancer's id as a user, the `sub` of their tokens; any text of up to 255 characters.
    pub user_id: Option<String>,
    /// The freelancer's name.
    pub full_name: Option<String>,
    /// When the lead plan ends: `None` where nothing is said, `Some(None)` where the publisher says there is no plan.
    pub lead_plan_ends_at: Option<Option<DateTime<Utc>>>,
}

/// What an offer says of the lead. Everything may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeadDetails {
    /// What the customer wants done.
    pub title: Option<String>,
    /// The same at length.
    pub description: Option<String>,
    /// Where, in words.
    pub location: Option<String>,
    /// Where, as an Indian postal code.
    pub pincode: Option<String>,
    /// The least that the customer would pay, in rupees.
    pub budget_min: Option<f64>,
    /// The most that the customer would pay, in rupees.
    pub budget_max: Option<f64>,
    /// When the customer would like it done, in words.
    pub preferred_time: Option<String>,
    /// When the customer posted the job.
    pub created_at: Option<DateTime<Utc>>,
    /// The trade.
    pub category: Option<Category>,
    /// Who posted the job.
    pub customer: Option<Customer>,
    /// The customer's phone number, shown to nobody but the freelancer who accepted.
    pub mobile_number: Option<String>,
}

/// The trade that a lead belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// The parent product's id of it, a text or a number.
    pub id: Value,
    /// Its name.
    pub name: String,
    /// The name of its icon.
    pub icon: Option<String>,
    /// Its colour, as CSS writes it.
    pub color: Option<String>,
}

/// Who posted a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The parent product's id of the customer, a text or a number.
    pub id: Value,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}
