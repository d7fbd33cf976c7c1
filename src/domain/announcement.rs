//! What the service tells others.

use chrono::{DateTime, Utc};
use strum::IntoStaticStr;
use uuid::Uuid;

use super::event::{FreelancerId, LeadId, MissedReason, Response};

/// Identifies one offer: one notification of a lead to a freelancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferKey {
    /// The lead.
    pub lead_id: LeadId,
    /// The freelancer.
    pub freelancer_id: FreelancerId,
    /// The number of the offer, from 1.
    pub offer: i32,
}

/// Scopes the ids that this service derives, so that they meet no other UUIDv5.
const NAMESPACE: Uuid = Uuid::from_u128(0x5c1f_0d0e_6a0b_4f43_9c1e_8f6a_31c2_77d4);

impl OfferKey {
    /// The id of the one `lead.missed` that this offer can have.
    pub fn missed_event_id(&self) -> Uuid {
        self.derive("lead.missed")
    }

    /// The id of the one `lead.missed_retracted` that this offer can have.
    pub fn retracted_event_id(&self) -> Uuid {
        self.derive("lead.missed_retracted")
    }

    fn derive(&self, kind: &str) -> Uuid {
        let name = format!("{kind}/{}/{}/{}", self.lead_id, self.freelancer_id, self.offer);
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }
}

/// `lead.missed`: an offer ended without an answer that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// The offer.
    pub key: OfferKey,
    /// Why.
    pub reason: MissedReason,
    /// What the freelancer said of it.
    pub notes: Option<String>,
    /// When the freelancer was notified.
    pub notified_at: DateTime<Utc>,
    /// Until when an answer was in time.
    pub deadline_at: DateTime<Utc>,
    /// When the offer ended: of a timeout, the deadline.
    pub missed_at: DateTime<Utc>,
    /// Who found out.
    pub detected_by: DetectedBy,
}

/// Who found out that an offer was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DetectedBy {
    /// The offer's timer, or a fact whose own time lies after the deadline.
    Timeout,
    /// The sweep over deadlines that no timer announced.
    Sweep,
    /// An administrator's check.
    Admin,
    /// The freelancer said so.
    Freelancer,
    /// The lead was gone.
    LeadClosed,
}

impl DetectedBy {
    /// The name in messages and metrics.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// `lead.missed_retracted`: an announced offer turned out to have been answered in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Retraction {
    /// The offer.
    pub key: OfferKey,
    /// The answer, [`Response::Accepted`] or [`Response::Ignored`].
    pub response: Response,
    /// When it was given.
    pub responded_at: DateTime<Utc>,
}
