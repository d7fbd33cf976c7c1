//! A freelancer's paid lead plan.

use chrono::{DateTime, Utc};

use super::event::{FreelancerId, Notified, PlanChanged, PlanStatus};
use super::transition::EventOutcome;

/// What is known of a freelancer.
#[derive(Debug, Clone, PartialEq)]
pub struct Freelancer {
    /// Who it is.
    pub id: FreelancerId,
    /// The freelancer's id as a user.
    pub user_id: Option<String>,
    /// The freelancer's name.
    pub full_name: Option<String>,
    /// The newest statement about the lead plan; `None` where nobody made one.
    pub plan: Option<Plan>,
}

/// A statement about a lead plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What became of it.
    pub status: PlanStatus,
    /// When it ends or ended; `None` where there is no plan.
    pub ends_at: Option<DateTime<Utc>>,
    /// When this was so.
    pub stated_at: DateTime<Utc>,
}

impl Plan {
    /// Whether the plan is paid for at `at`. A cancelled or expired plan is not, whatever its end.
    pub fn is_active(&self, at: DateTime<Utc>) -> bool {
        self.status == PlanStatus::Active && self.ends_at.is_some_and(|ends_at| at < ends_at)
    }

    /// Whether it follows that no plan was active at `at`. A cancellation after that says nothing about it.
    fn was_inactive(&self, at: DateTime<Utc>) -> bool {
        let had_ended = self.ends_at.is_some_and(|ends_at| ends_at <= at);
        had_ended || (self.stated_at <= at && !self.is_active(at))
    }
}

/// What a token says of the plan of whoever it was issued to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanClaim {
    /// When the plan ends or ended; `None` where there is no plan.
    pub ends_at: Option<DateTime<Utc>>,
    /// When this was so: the token's `iat`, in whole seconds as a rule.
    pub issued_at: Option<DateTime<Utc>>,
}

/// How a freelancer stands with the lead plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanStanding {
    /// Whether the plan is paid for now.
    pub active: bool,
    /// When the plan ends or ended, as it was told; a cancelled one may have an end that is yet to come.
    pub ends_at: Option<DateTime<Utc>>,
}

impl PlanStanding {
    /// What holds at `now`, by the newer of what a token claims and what is stored. A claim that does not say when it
    /// was made counts as the oldest; where nobody says anything, there is no plan.
    pub fn of(claim: Option<PlanClaim>, stored: Option<Plan>, now: DateTime<Utc>) -> Self {
        let claimed = claim.map(|claim| Plan {
            status: PlanStatus::Active,
            ends_at: claim.ends_at,
            stated_at: claim.issued_at.unwrap_or(DateTime::<Utc>::MIN_UTC),
        });
        // Of two that are equally old the last one counts, the claim: `iat` is cut to the second, so that the token was
        // issued at that moment or after it.
        let newest = stored.into_iter().chain(claimed).max_by_key(|plan| plan.stated_at);
        Self { active: newest.is_some_and(|plan| plan.is_active(now)), ends_at: newest.and_then(|plan| plan.ends_at) }
    }

    /// Until when the plan is active, unless something changes; `None` where it is not.
    pub fn active_until(&self) -> Option<DateTime<Utc>> {
        self.ends_at.filter(|_| self.active)
    }
}

impl Freelancer {
    /// A freelancer of whom nothing is known.
    pub fn unknown(id: FreelancerId) -> Self {
        Self { id, user_id: None, full_name: None, plan: None }
    }

    /// Whether both lead to the same decisions: the plan may have been stated again, nothing else differs.
    pub fn judges_like(&self, other: &Self) -> bool {
        let terms = |known: &Self| known.plan.map(|plan| (plan.status, plan.ends_at));
        (&self.user_id, &self.full_name, terms(self)) == (&other.user_id, &other.full_name, terms(other))
    }

    /// Learns what a notification says of the freelancer. Returns whether the lead is to be tracked: only a plan that
    /// is known not to have been active when the freelancer was notified speaks against it.
    pub fn notified(&mut self, event: &Notified) -> bool {
        let profile = &event.freelancer;
        fill_in(&mut self.user_id, &profile.user_id);
        fill_in(&mut self.full_name, &profile.full_name);
        if let Some(ends_at) = profile.lead_plan_ends_at {
            self.learn(Plan { status: PlanStatus::Active, ends_at, stated_at: event.at.at });
        }
        !self.plan.is_some_and(|plan| plan.was_inactive(event.at.at))
    }

    /// Learns of a change of the plan.
    pub fn plan_changed(&mut self, event: &PlanChanged) -> EventOutcome {
        self.learn(Plan { status: event.status, ends_at: Some(event.ends_at), stated_at: event.at.at })
    }

    /// Of two statements the one that is not older wins.
    fn learn(&mut self, plan: Plan) -> EventOutcome {
        match self.plan {
            Some(known) if known == plan => EventOutcome::Duplicate,
            Some(known) if known.stated_at > plan.stated_at => EventOutcome::Unchanged,
            _ => {
                self.plan = Some(plan);
                EventOutcome::Applied
            }
        }
    }
}

/// Takes over what was not known before. Says whether there was anything.
pub(super) fn fill_in<T: Clone>(known: &mut Option<T>, told: &Option<T>) -> bool {
    let is_news = known.is_none() && told.is_some();
    if is_news {
        known.clone_from(told);
    }
    is_news
}
