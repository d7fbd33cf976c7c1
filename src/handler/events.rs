//! Events: what other services tell of leads and freelancers.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::freelancers::Freelancers;
use super::{Handler, count};
use crate::contract;
use crate::domain::event::{Basis, Event, Fact, FreelancerId};
use crate::domain::transition::EventOutcome;
use crate::store::{self, Ledger, UntimedEvent};
use crate::telemetry::metrics;

impl Handler {
    /// Applies events, in this order, and records everything that follows from them, in one transaction. Returns what
    /// became of each.
    ///
    /// Calls `pass_turn` as soon as the next batch may begin without overtaking this one, which is before the commit: it
    /// will wait for the leads that are locked here, and for no others.
    ///
    /// # Errors
    ///
    /// Nothing is changed then. [`store::Error::class`] tells whether to repeat it or to look for the culprit.
    pub async fn handle_events(
        &self,
        events: &[Event],
        pass_turn: impl FnOnce(),
    ) -> Result<Vec<EventOutcome>, store::Error> {
        let window = *self.window.borrow();
        let handle = async |ledger: &Ledger<'_>| {
            let repeated = repeated(ledger, events).await?;
            let mut freelancers = Freelancers::new(ledger.freelancers(&freelancers_of(events)).await?);
            let verdicts = freelancers.admit(events, &repeated);
            let admitted = events.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_none());
            let leads = ledger.lock_leads(&admitted.filter_map(|(event, _)| event.fact.lead_id()).collect()).await?;
            // Freelancers are not locked: what is new about one must be committed before the next batch reads it.
            if !freelancers.has_news() {
                pass_turn();
            }
            let mut decision = Decision::new(leads);
            let outcomes = decision.apply(events, &verdicts, window);
            let effects = self.record(ledger, decision, freelancers.changed(), window).await?;
            Ok((outcomes, effects))
        };
        let (outcomes, effects) = self.transact(handle).await?;
        count(&effects);
        count_clamped(events);
        Ok(outcomes)
    }
}

/// Whose plans matter.
fn freelancers_of(events: &[Event]) -> BTreeSet<FreelancerId> {
    let id = |event: &Event| match &event.fact {
        Fact::Notified(fact) => Some(fact.freelancer_id),
        Fact::PlanChanged(fact) => Some(fact.freelancer_id),
        Fact::Viewed(_) | Fact::Responded(_) | Fact::Closed(_) => None,
    };
    events.iter().filter_map(id).collect()
}

/// Which of the events were handled before. Those with a time of their own are known again by it, the others have to be
/// remembered.
async fn repeated(ledger: &Ledger<'_>, events: &[Event]) -> Result<Vec<bool>, store::Error> {
    let mut new = ledger.remember(&events.iter().filter_map(untimed).collect()).await?;
    Ok(events.iter().map(|event| untimed(event).is_some_and(|event| !new.remove(&event))).collect())
}

fn untimed(event: &Event) -> Option<UntimedEvent<'_>> {
    let fact = &event.fact;
    (!fact.at().is_own()).then(|| UntimedEvent {
        id: &event.id,
        routing_key: contract::routing_key::of(fact),
        lead_id: fact.lead_id().unwrap_or_default(),
        freelancer_id: fact.freelancer_id().unwrap_or_default(),
    })
}

fn count_clamped(events: &[Event]) {
    let is_clamped = |event: &&Event| event.fact.at().basis == Basis::Clamped;
    metrics::clamped_times(events.iter().filter(is_clamped).count() as u64);
}
