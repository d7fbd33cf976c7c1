//! Who is offered leads.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::harness::{Event, Offer};
use crate::jobs::FREELANCERS;

/// So many of the demo's freelancers take part.
const EVERYBODY: usize = 12;
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// A freelancer.
pub(crate) struct Person {
    /// Who it is.
    pub(crate) id: Uuid,
    /// The name.
    pub(crate) name: &'static str,
    /// Whether there is a lead plan.
    pub(crate) has_plan: bool,
}

/// Everybody; each fourth is on the free plan. Their ids are the same in every trial.
pub(crate) fn everybody() -> Vec<Person> {
    let names = FREELANCERS.into_iter().take(EVERYBODY).enumerate();
    let person = |(index, name): (usize, &'static str)| Person {
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        name,
        has_plan: index % 4 != 3,
    };
    names.map(person).collect()
}

impl Person {
    /// What is told of them first: the plan of those who have one, and an offer too late for those who had.
    pub(crate) fn introduced(&self, now: DateTime<Utc>) -> Event {
        if self.has_plan {
            return Event::plan_changed(self.id, "active", now + MONTH).at(now - MONTH * 6);
        }
        let offer = Offer { lead: Uuid::new_v4(), freelancer: self.id, notified_at: now - MONTH };
        offer.notified().with("freelancer", serde_json::json!({ "fullName": self.name, "leadPlanEndsAt": null }))
    }
}
