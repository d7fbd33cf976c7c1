//! A lead with everybody's dealings with it: the unit in which decisions are made.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::event::{FreelancerId, LeadDetails, LeadId, Moment, Outcome};
use super::interaction::{Interaction, Status};
use super::plan::fill_in;
use super::verdict::LeadFacts;

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LeadStatus {
    /// Open, and somebody may still answer.
    Pending,
    /// Somebody has it.
    Accepted,
    /// The job is done.
    Completed,
    /// The customer withdrew it.
    Cancelled,
    /// Open, every offer of it has ended, at least one of them missed.
    Missed,
    /// Open, and everybody who was offered it ignored it.
    Ignored,
}

/// A lead, who wants it, and everybody who was offered it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Which lead.
    pub id: LeadId,
    /// What is known of it.
    pub details: LeadDetails,
    /// Fact: the earliest acceptance known, whether or not a closing came before it.
    pub claim: Option<Claim>,
    /// Fact: that it was closed.
    pub closing: Option<Closing>,
    /// Everybody's dealings with it.
    pub interactions: BTreeMap<FreelancerId, Interaction>,
}

/// An acceptance of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// When it was accepted.
    pub at: DateTime<Utc>,
    /// By whom; on a tie the lower id has it.
    pub freelancer_id: FreelancerId,
}

/// That a lead was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When it was first closed: from then on it was gone.
    pub at: DateTime<Utc>,
    /// What the last word on it says.
    pub outcome: Outcome,
    /// When that was said.
    pub outcome_at: DateTime<Utc>,
}

impl Lead {
    /// A lead of which nothing is known yet.
    pub fn unknown(id: LeadId) -> Self {
        Self { id, details: LeadDetails::default(), claim: None, closing: None, interactions: BTreeMap::new() }
    }

    /// The acceptance that counts: the earliest, unless the lead was closed before it.
    pub fn acceptance(&self) -> Option<Claim> {
        self.claim.filter(|claim| self.closing.is_none_or(|closing| claim.at <= closing.at))
    }

    /// The lead's own state, which follows from its closing and its offers.
    pub fn status(&self) -> LeadStatus {
        match (self.closing, self.acceptance()) {
            (Some(closing), _) => closing.outcome.into(),
            (None, Some(_)) => LeadStatus::Accepted,
            (None, None) => self.open_status(),
        }
    }

    fn open_status(&self) -> LeadStatus {
        let mut offers = self.interactions.values().filter(|offer| offer.notified_at.is_some()).peekable();
        if offers.peek().is_none() {
            return LeadStatus::Pending;
        }
        let mut status = LeadStatus::Ignored;
        for offer in offers {
            match offer.status {
                Status::Notified | Status::Viewed | Status::Accepted => return LeadStatus::Pending,
                Status::Missed => status = LeadStatus::Missed,
                Status::Ignored => {}
            }
        }
        status
    }

    /// What matters of the lead to one freelancer.
    pub(super) fn facts_for(&self, freelancer_id: FreelancerId) -> LeadFacts {
        let taken_at = self.claim.filter(|claim| claim.freelancer_id != freelancer_id).map(|claim| claim.at);
        let closed_at = self.closing.map(|closing| closing.at);
        LeadFacts {
            gone_at: [taken_at, closed_at].into_iter().flatten().min(),
            accepted_at: self.acceptance().filter(|claim| claim.freelancer_id == freelancer_id).map(|claim| claim.at),
        }
    }

    /// Notes an acceptance. Says whether that is news.
    pub(super) fn note_claim(&mut self, claim: Claim) -> bool {
        let news = self.claim.is_none_or(|known| claim < known);
        if news {
            self.claim = Some(claim);
        }
        news
    }

    /// Notes a closing: gone from the first one on, with the outcome of the last. Says whether that is news.
    pub(super) fn note_closing(&mut self, moment: &Moment, outcome: Outcome) -> bool {
        let at = moment.at;
        let before = self.closing;
        let closing = self.closing.get_or_insert(Closing { at, outcome, outcome_at: at });
        closing.at = closing.at.min(at);
        // Without a time of its own the same word looks newer whenever it is delivered again.
        let is_repeated = !moment.is_own() && outcome == closing.outcome;
        if !is_repeated && (at, outcome) > (closing.outcome_at, closing.outcome) {
            (closing.outcome_at, closing.outcome) = (at, outcome);
        }
        self.closing != before
    }

    /// The row of one freelancer, and whether it is a new one.
    pub(super) fn interaction(&mut self, freelancer_id: FreelancerId) -> (&mut Interaction, bool) {
        let lead_id = self.id;
        let mut is_new = false;
        let row = self.interactions.entry(freelancer_id).or_insert_with(|| {
            is_new = true;
            Interaction::unknown(lead_id, freelancer_id)
        });
        (row, is_new)
    }
}

impl From<Outcome> for LeadStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted => Self::Accepted,
            Outcome::Completed => Self::Completed,
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

impl LeadDetails {
    /// Takes over what was not known before. Says whether there was anything.
    pub(super) fn fill_in(&mut self, told: &Self) -> bool {
        // Named one by one, so that one more is not forgotten.
        let Self {
            title,
            description,
            location,
            pincode,
            budget_min,
            budget_max,
            preferred_time,
            created_at,
            category,
            customer,
            mobile_number,
        } = self;
        [
            fill_in(title, &told.title),
            fill_in(description, &told.description),
            fill_in(location, &told.location),
            fill_in(pincode, &told.pincode),
            fill_in(budget_min, &told.budget_min),
            fill_in(budget_max, &told.budget_max),
            fill_in(preferred_time, &told.preferred_time),
            fill_in(created_at, &told.created_at),
            fill_in(category, &told.category),
            fill_in(customer, &told.customer),
            fill_in(mobile_number, &told.mobile_number),
        ]
        .contains(&true)
    }
}

/// The deadline of an offer: when the freelancer was notified, plus the response window.
///
/// A window that leads beyond the calendar ends with it.
pub fn deadline(notified_at: DateTime<Utc>, window: Duration) -> DateTime<Utc> {
    chrono::Duration::from_std(window)
        .ok()
        .and_then(|window| notified_at.checked_add_signed(window))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
