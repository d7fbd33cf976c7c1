//! What a batch comes to, decided on loaded leads; pure.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Deadline, Leads};
use crate::domain::event::Event;
use crate::domain::history::Effect;
use crate::domain::interaction::Interaction;
use crate::domain::lead::Lead;
use crate::domain::transition::{EventOutcome, TimerOutcome};

/// Leads as they were and as they become.
pub(super) struct Decision {
    before: Leads,
    /// As they become.
    pub(super) leads: Leads,
    /// What is to be done about it.
    pub(super) effects: Vec<Effect>,
}

impl Decision {
    pub(super) fn new(leads: Leads) -> Self {
        Self { before: leads.clone(), leads, effects: Vec::new() }
    }

    /// Applies the events on which there is no verdict yet.
    pub(super) fn apply(
        &mut self,
        events: &[Event],
        verdicts: &[Option<EventOutcome>],
        window: Duration,
    ) -> Vec<EventOutcome> {
        let outcome = |(event, verdict): (&Event, &Option<EventOutcome>)| {
            verdict.unwrap_or_else(|| match event.fact.lead_id().and_then(|id| self.leads.get_mut(&id)) {
                Some(lead) => lead.apply(event, window, &mut self.effects),
                None => EventOutcome::Unchanged,
            })
        };
        events.iter().zip(verdicts).map(outcome).collect()
    }

    /// Ends the offers whose deadline has passed, and has those looked at again whose deadline is near. Returns how long
    /// after its deadline each was found missed.
    pub(super) fn end_offers(&mut self, deadlines: &[Deadline], now: DateTime<Utc>) -> Vec<Duration> {
        let mut late = Vec::new();
        for Deadline { key, detector } in deadlines {
            let Some(lead) = self.leads.get_mut(&key.lead_id) else { continue };
            match lead.end_offer(key, detector, now, &mut self.effects) {
                TimerOutcome::Missed { deadline_at } => late.push((now - deadline_at).to_std().unwrap_or_default()),
                TimerOutcome::Early { deadline_at } => self.effects.push(Effect::Arm { key: *key, deadline_at }),
                TimerOutcome::Stale => {}
            }
        }
        late
    }

    /// The rows to write.
    pub(super) fn changed(&self) -> (Vec<&Lead>, Vec<&Interaction>) {
        let (mut leads, mut interactions) = (Vec::new(), Vec::new());
        for (id, lead) in &self.leads {
            let before = self.before.get(id);
            if before.is_none_or(|before| !has_same_columns(before, lead)) {
                leads.push(lead);
            }
            let is_changed =
                |row: &&Interaction| before.and_then(|lead| lead.interactions.get(&row.freelancer_id)) != Some(*row);
            interactions.extend(lead.interactions.values().filter(is_changed));
        }
        (leads, interactions)
    }
}

fn has_same_columns(before: &Lead, lead: &Lead) -> bool {
    before.status() == lead.status()
        && before.details == lead.details
        && (before.claim, before.closing) == (lead.claim, lead.closing)
}
