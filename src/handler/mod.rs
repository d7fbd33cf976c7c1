//! The heart: one transaction in which the domain decides what events and deadlines do to leads.
//!
//! Messages, timers, the sweep, the API and the commands all come through here.

mod action;
mod decision;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::contract;
use crate::domain::announcement::{DetectedBy, OfferKey};
use crate::domain::event::{Basis, Event, Fact, FreelancerId, LeadId};
use crate::domain::history::Effect;
use crate::domain::lead::Lead;
use crate::domain::plan::Freelancer;
use crate::domain::transition::{Detector, EventOutcome};
use crate::store::{self, Changes, Ledger, Store, UntimedEvent};
use crate::telemetry::metrics;
pub use action::{ActionReply, ActionRequest};
use decision::Decision;

/// How long a transaction may take. PostgreSQL ends a slow one earlier by itself; this is for one that has gone silent.
const PATIENCE: Duration = Duration::from_secs(45);

/// A deadline to look at, and who asks.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// The offer.
    pub key: OfferKey,
    /// Who found it.
    pub detector: Detector,
}

/// What came of a look at deadlines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeadlineReport {
    /// Offers that were missed.
    pub missed: u64,
    /// Announcements that were recorded for them.
    pub announced: u64,
}

impl AddAssign for DeadlineReport {
    fn add_assign(&mut self, other: Self) {
        self.missed += other.missed;
        self.announced += other.announced;
    }
}

/// Handles events and deadlines. Clones share the database.
#[derive(Clone)]
pub struct Handler {
    store: Store,
    window: watch::Receiver<Duration>,
}

impl Handler {
    /// A handler on this database, for which new offers have the response window that `window` has last seen.
    pub fn new(store: Store, window: watch::Receiver<Duration>) -> Self {
        Self { store, window }
    }

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
            let mut freelancers = ledger.freelancers(&freelancers_of(events)).await?;
            let known_freelancers = freelancers.clone();
            let verdicts = decision::admit(events, &mut freelancers, &repeated);
            let admitted = events.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_none());
            let leads = ledger.lock_leads(&admitted.filter_map(|(event, _)| event.fact.lead_id()).collect()).await?;
            let learned = freelancers.values().filter(|known| known_freelancers.get(&known.id) != Some(known));
            // Freelancers are not locked: what is new about one must be committed before the next batch reads it.
            let is_news =
                |known: &&Freelancer| !known_freelancers.get(&known.id).is_some_and(|old| old.judges_like(known));
            if !learned.clone().any(|known| is_news(&known)) {
                pass_turn();
            }
            let mut decision = Decision::new(leads);
            let outcomes = decision.apply(events, &verdicts, window);
            self.record(ledger, decision, learned.collect(), window).await.map(|effects| (outcomes, effects))
        };
        let (outcomes, effects) = self.transact(handle).await?;
        count(&effects);
        count_clamped(events);
        Ok(outcomes)
    }

    /// Ends the offers of these deadlines that have passed, in one transaction. Calls `pass_turn` as
    /// [`Handler::handle_events`] does.
    ///
    /// # Errors
    ///
    /// As [`Handler::handle_events`].
    pub async fn handle_deadlines(
        &self,
        deadlines: &[Deadline],
        pass_turn: impl FnOnce(),
    ) -> Result<DeadlineReport, store::Error> {
        let window = *self.window.borrow();
        let ids: BTreeSet<LeadId> = deadlines.iter().map(|deadline| deadline.key.lead_id).collect();
        let handle = async |ledger: &Ledger<'_>| {
            let mut decision = Decision::new(ledger.lock_leads(&ids).await?);
            pass_turn();
            // After the locks: waiting for one may take longer than the deadline is away.
            let late = decision.end_offers(deadlines, now());
            self.record(ledger, decision, Vec::new(), window).await.map(|effects| (late, effects))
        };
        let (late, effects) = self.transact(handle).await?;
        late.iter().for_each(|late| metrics::timer_lateness(*late));
        count(&effects);
        let announced = effects.iter().filter(|effect| matches!(effect, Effect::Announce { .. })).count();
        Ok(DeadlineReport { missed: late.len() as u64, announced: announced as u64 })
    }

    /// Runs `handle` in a transaction and keeps what it saved.
    async fn transact<T>(
        &self,
        handle: impl AsyncFnOnce(&Ledger<'_>) -> Result<T, store::Error>,
    ) -> Result<T, store::Error> {
        let mut client = self.store.client().await?;
        let transaction = async {
            let ledger = Ledger::begin(&mut client).await?;
            let value = handle(&ledger).await?;
            ledger.commit().await?;
            Ok(value)
        };
        let result = timeout(PATIENCE, transaction).await.unwrap_or(Err(store::Error::Silent));
        if let Err(error) = &result {
            self.store.discard_if_broken(client, error);
        }
        result
    }

    /// Saves a decision with the messages that follow from it.
    async fn record(
        &self,
        ledger: &Ledger<'_>,
        decision: Decision,
        freelancers: Vec<&Freelancer>,
        window: Duration,
    ) -> Result<Vec<Effect>, store::Error> {
        let users = ledger.freelancers(&announced_to(&decision.effects)).await?;
        let outbox = outbox::messages(&decision.effects, &decision.leads, &users, window, now());
        let history = decision.effects.iter().filter_map(|effect| match effect {
            Effect::Record(change) => Some(change),
            _ => None,
        });
        let (leads, interactions) = decision.changed();
        ledger.save(&Changes { leads, interactions, freelancers, history: history.collect(), outbox }).await?;
        Ok(decision.effects)
    }
}

/// The time, as precisely as PostgreSQL keeps it.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
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

fn announced_to(effects: &[Effect]) -> BTreeSet<FreelancerId> {
    let id = |effect: &Effect| match effect {
        Effect::Announce { missed, .. } => Some(missed.key.freelancer_id),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

fn count(effects: &[Effect]) {
    let mut missed: BTreeMap<&str, (DetectedBy, u64)> = BTreeMap::new();
    let mut retracted = 0;
    for effect in effects {
        match effect {
            Effect::Announce { missed: event, .. } => {
                missed.entry(event.detected_by.as_str()).or_insert((event.detected_by, 0)).1 += 1;
            }
            Effect::Retract { .. } => retracted += 1,
            Effect::Record(_) | Effect::Arm { .. } | Effect::Respond { .. } => {}
        }
    }
    missed.into_values().for_each(|(by, count)| metrics::missed(by, count));
    metrics::retracted(retracted);
}

fn count_clamped(events: &[Event]) {
    let is_clamped = |event: &&Event| event.fact.at().basis == Basis::Clamped;
    metrics::clamped_times(events.iter().filter(is_clamped).count() as u64);
}

/// The leads by their ids.
type Leads = BTreeMap<LeadId, Lead>;
