//! The heart: one transaction in which the domain decides what events and deadlines do to leads.
//!
//! Messages, timers, the sweep, the API and the commands all come through here.

mod action;
mod deadlines;
mod decision;
mod events;
mod freelancers;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::domain::announcement::DetectedBy;
use crate::domain::event::{FreelancerId, LeadId};
use crate::domain::history::Effect;
use crate::domain::lead::Lead;
use crate::domain::plan::Freelancer;
use crate::store::{self, Changes, Ledger, Store};
use crate::telemetry::metrics;
pub use action::{ActionReply, ActionRequest};
pub use deadlines::{Deadline, DeadlineReport};
use decision::Decision;

/// How long a transaction may take. PostgreSQL ends a slow one earlier by itself; this is for one that has gone silent.
const PATIENCE: Duration = Duration::from_secs(45);

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

fn announced_to(effects: &[Effect]) -> BTreeSet<FreelancerId> {
    let id = |effect: &Effect| match effect {
        Effect::Announce { missed, .. } => Some(missed.key.freelancer_id),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

/// Counts what was committed.
fn count(effects: &[Effect]) {
    let mut missed: BTreeMap<DetectedBy, u64> = BTreeMap::new();
    let mut retracted = 0;
    for effect in effects {
        match effect {
            Effect::Announce { missed: event, .. } => *missed.entry(event.detected_by).or_default() += 1,
            Effect::Retract { .. } => retracted += 1,
            Effect::Record(_) | Effect::Arm { .. } | Effect::Respond { .. } => {}
        }
    }
    missed.into_iter().for_each(|(by, count)| metrics::missed(by, count));
    metrics::retracted(retracted);
}

/// The leads by their ids.
type Leads = BTreeMap<LeadId, Lead>;
