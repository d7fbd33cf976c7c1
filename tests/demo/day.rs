//! The day: every job, offered in turn, with everything that will be told about it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Event, Offer};
use crate::jobs::{FREELANCERS, JOBS, Job, MALFORMED};
use crate::story::{End, Scheduled};

const BETWEEN_JOBS: Duration = Duration::from_millis(200);

/// One lead as one freelancer is offered it, and how that must end.
pub(crate) struct Part {
    /// Lead and freelancer.
    pub(crate) key: (Uuid, Uuid),
    /// The lead's title.
    pub(crate) title: &'static str,
    /// The freelancer's name.
    pub(crate) freelancer: &'static str,
    /// How it must end.
    pub(crate) end: End,
}

/// Everything that will happen.
pub(crate) struct Day {
    /// The offers and their ends.
    pub(crate) parts: Vec<Part>,
    /// What will be published.
    pub(crate) events: Vec<Scheduled>,
    /// When it starts.
    pub(crate) starts_at: DateTime<Utc>,
    window: Duration,
}

impl Day {
    /// A day that starts then, with this response window.
    pub(crate) fn starting_at(starts_at: DateTime<Utc>, window: Duration) -> Self {
        let starts_at = starts_at.trunc_subsecs(6);
        let freelancers = FREELANCERS.map(|name| (name, Uuid::new_v4()));
        let mut turn = freelancers.iter().cycle();
        let mut day = Self { parts: Vec::new(), events: Vec::new(), starts_at, window };
        for (job, number) in JOBS.iter().zip(0..) {
            let chosen: Vec<_> = turn.by_ref().take(job.story.freelancers()).copied().collect();
            day.add(job, &chosen, starts_at + BETWEEN_JOBS * number);
        }
        day
    }

    /// What is about to be shown.
    pub(crate) fn introduction(&self) -> String {
        format!(
            "\n{} leads are offered to {} freelancers, {} offers in all. Whoever has not responded after {} s\n\
             has missed it, and the notification service hears of that as lead.missed. {} malformed messages\n\
             come in between.\n",
            JOBS.len(),
            FREELANCERS.len(),
            self.parts.len(),
            self.window.as_secs(),
            MALFORMED.len(),
        )
    }

    /// The part that is about a lead and a freelancer.
    pub(crate) fn part(&self, key: (Uuid, Uuid)) -> Option<&Part> {
        self.parts.iter().find(|part| part.key == key)
    }

    fn add(&mut self, job: &'static Job, freelancers: &[(&'static str, Uuid)], notified_at: DateTime<Utc>) {
        let lead = Uuid::new_v4();
        let offers: Vec<Offer> =
            freelancers.iter().map(|&(_, freelancer)| Offer { lead, freelancer, notified_at }).collect();
        let notified: Vec<Event> =
            offers.iter().zip(freelancers).map(|(offer, (name, _))| notified(job, offer, name)).collect();
        self.events.extend(job.story.events(&offers, &notified, self.window));
        for ((offer, &(freelancer, _)), end) in offers.iter().zip(freelancers).zip(job.story.ends()) {
            self.parts.push(Part { key: offer.key(), title: job.title, freelancer, end });
        }
    }
}

fn notified(job: &Job, offer: &Offer, freelancer: &str) -> Event {
    let (budget_min, budget_max) = job.budget;
    let (location, pincode) = job.place.rsplit_once(' ').unwrap_or((job.place, ""));
    let category = json!({ "id": job.trade.to_lowercase(), "name": job.trade });
    offer
        .notified()
        .with("freelancer", json!({ "userId": format!("user-{}", offer.freelancer), "fullName": freelancer }))
        .with(
            "lead",
            json!({
                "title": job.title, "description": job.title, "location": location, "pincode": pincode,
                "budgetMin": budget_min, "budgetMax": budget_max, "category": category,
            }),
        )
}
