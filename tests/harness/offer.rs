//! One lead offered to one freelancer, and what may be told about it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Event;
use super::event::text;

/// One lead offered to one freelancer at a known time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Offer {
    /// The lead.
    pub(crate) lead: Uuid,
    /// The freelancer.
    pub(crate) freelancer: Uuid,
    /// When the freelancer was notified.
    pub(crate) notified_at: DateTime<Utc>,
}

impl Offer {
    /// A new lead, offered to a new freelancer now.
    pub(crate) fn now() -> Self {
        Self::of(Uuid::new_v4(), Uuid::new_v4())
    }

    /// A given lead, offered to a given freelancer now.
    pub(crate) fn of(lead: Uuid, freelancer: Uuid) -> Self {
        Self { lead, freelancer, notified_at: Utc::now().trunc_subsecs(6) }
    }

    /// As many new offers as asked for.
    pub(crate) fn many(count: usize) -> Vec<Self> {
        (0..count).map(|_| Self::now()).collect()
    }

    /// Lead and freelancer, by which messages and rows are found.
    pub(crate) fn key(&self) -> (Uuid, Uuid) {
        (self.lead, self.freelancer)
    }

    /// The last moment at which an answer is in time.
    pub(crate) fn deadline(&self, window: Duration) -> DateTime<Utc> {
        self.notified_at + window
    }

    /// `lead.notified` with its own time and nothing that is optional.
    pub(crate) fn notified(&self) -> Event {
        self.notified_on_receipt().at(self.notified_at)
    }

    /// `lead.notified` that does not say when: it counts from its receipt, however long it waits.
    pub(crate) fn notified_on_receipt(&self) -> Event {
        self.event("lead.notified", "notifiedAt")
    }

    /// `lead.notified` with everything that it may say.
    pub(crate) fn notified_in_full(&self) -> Event {
        self.notified()
            .with("lead", described())
            .with("freelancer", json!({ "userId": "user-7", "fullName": "Asha Rao" }))
    }

    /// `lead.viewed` without a time of its own.
    pub(crate) fn viewed(&self) -> Event {
        self.event("lead.viewed", "viewedAt")
    }

    /// `lead.responded` without a time of its own.
    pub(crate) fn responded(&self, response: &str) -> Event {
        self.event("lead.responded", "respondedAt").with("response", json!(response))
    }

    fn event(&self, key: &str, own_time: &'static str) -> Event {
        Event::new(key, own_time, json!({ "leadId": self.lead, "freelancerId": self.freelancer }))
    }
}

fn described() -> Value {
    json!({
        "title": "Kitchen sink leaks", "description": "Water under the cabinet since this morning",
        "location": "Indiranagar, Bengaluru", "pincode": "560038", "budgetMin": 500, "budgetMax": 1500,
        "preferredTime": "today evening", "createdAt": text(Utc::now()),
        "category": { "id": "plumbing", "name": "Plumbing", "icon": "wrench", "color": "#1d4ed8" },
        "customer": { "id": "c-42", "firstName": "Meenakshi", "lastName": "Sundaram" }, "mobileNumber": "+919845098450",
    })
}
