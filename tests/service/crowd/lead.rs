//! One lead of a crowd: two offers, one planned answer, and the ends that follow from it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Event, Interaction, Offer};

/// How the first freelancer of a lead answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// The response.
    pub(crate) response: &'static str,
    /// When it is given.
    pub(crate) given: Given,
    /// How long after that it is published, in milliseconds.
    pub(crate) delay_ms: i64,
}

/// When an answer is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given {
    /// As soon as the freelancer hears of the lead.
    AtOnce,
    /// So many milliseconds after the deadline; before it where negative.
    AfterDeadline(i64),
    /// A second before the deadline, but it does not say so.
    Unstated,
}

/// A lead that is offered to two freelancers, of whom the first answers.
pub(super) struct Lead {
    pub(super) first: Offer,
    pub(super) second: Offer,
    pub(super) answer: Answer,
    pub(super) answer_id: String,
}

/// What must become of one offer.
pub(super) struct Outcome {
    pub(super) key: (Uuid, Uuid),
    status: &'static str,
    reason: Option<&'static str>,
    announced: bool,
}

impl Lead {
    pub(super) fn new(answer: Answer) -> Self {
        let first = Offer::now();
        let second = Offer::of(first.lead, Uuid::new_v4());
        Self { first, second, answer, answer_id: Uuid::new_v4().to_string() }
    }

    pub(super) fn answered(&self, window: Duration) -> Event {
        let mut event = self.first.responded(self.answer.response);
        event.id.clone_from(&self.answer_id);
        if self.answer.response == "missed" {
            event = event.with("reason", json!("busy"));
        }
        if matches!(self.answer.given, Given::Unstated) { event } else { event.at(self.answered_at(window)) }
    }

    fn answered_at(&self, window: Duration) -> DateTime<Utc> {
        let (offered, deadline) = (self.first.notified_at, self.first.deadline(window));
        match self.answer.given {
            Given::AtOnce => offered + TimeDelta::milliseconds(1),
            Given::AfterDeadline(ms) => deadline + TimeDelta::milliseconds(ms),
            Given::Unstated => deadline - TimeDelta::seconds(1),
        }
    }

    pub(super) fn published_at(&self, window: Duration) -> DateTime<Utc> {
        self.answered_at(window) + TimeDelta::milliseconds(self.answer.delay_ms)
    }

    fn in_time(&self) -> bool {
        !matches!(self.answer.given, Given::AfterDeadline(ms) if ms > 0)
    }

    /// Whether the history must show the answer as a change of status.
    pub(super) fn counts(&self) -> bool {
        self.in_time() || self.answer.response == "accepted"
    }

    pub(super) fn outcomes(&self, window: Duration) -> [Outcome; 2] {
        [self.first_outcome(), self.second_outcome(window)]
    }

    fn first_outcome(&self) -> Outcome {
        let (status, reason, announced) = match (self.answer.response, self.in_time()) {
            ("accepted", in_time) => ("accepted", None, !in_time),
            ("ignored", true) => ("ignored", None, false),
            ("ignored", false) => ("missed", Some("no_response"), true),
            _ => ("missed", Some("busy"), true),
        };
        Outcome { key: self.first.key(), status, reason, announced }
    }

    fn second_outcome(&self, window: Duration) -> Outcome {
        let taken = self.answer.response == "accepted" && self.answered_at(window) <= self.second.deadline(window);
        let reason = if taken { "expired" } else { "no_response" };
        Outcome { key: self.second.key(), status: "missed", reason: Some(reason), announced: true }
    }
}

impl Outcome {
    pub(super) fn difference(&self, row: Option<&Interaction>, standing: &BTreeSet<(Uuid, Uuid)>) -> Option<String> {
        let Some(row) = row else {
            return Some(format!("{:?} was lost", self.key));
        };
        let (wanted, announced) = ((self.status, self.reason), standing.contains(&self.key));
        let is = (row.status.as_str(), row.reason.as_deref());
        (is != wanted || announced != self.announced).then(|| {
            format!(
                "{:?} is {is:?}, announced: {announced}; must be {wanted:?}, announced: {}",
                self.key, self.announced
            )
        })
    }
}
