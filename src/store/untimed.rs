//! Events without a time of their own: all others are known again by it, these have to be remembered.

use std::collections::BTreeSet;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::error::Error;
use super::ledger::{Ledger, column};
use super::pool::Store;
use super::statement;
use crate::domain::event::{FreelancerId, LeadId};

/// What an event without a time of its own is known again by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UntimedEvent<'e> {
    /// The publisher's id of the event.
    pub id: &'e str,
    /// Which kind of event.
    pub routing_key: &'static str,
    /// The lead; nil where it concerns none.
    pub lead_id: LeadId,
    /// The freelancer; nil where it concerns none.
    pub freelancer_id: FreelancerId,
}

impl Ledger<'_> {
    /// Remembers events that have no time of their own. Returns those that were not known before.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn remember<'e>(&self, events: &BTreeSet<UntimedEvent<'e>>) -> Result<BTreeSet<UntimedEvent<'e>>, Error> {
        if events.is_empty() {
            return Ok(BTreeSet::new());
        }
        let events: Vec<_> = events.iter().collect();
        let parameters: [&(dyn ToSql + Sync); 4] = [
            &column(&events, |event| event.id),
            &column(&events, |event| event.routing_key),
            &column(&events, |event| event.lead_id),
            &column(&events, |event| event.freelancer_id),
        ];
        let rows = self.query(statement::REMEMBER_UNTIMED_EVENTS, &parameters).await?;
        let new = rows.iter().map(key).collect::<Result<BTreeSet<_>, _>>()?;
        let is_new = |event: &&UntimedEvent<'_>| {
            new.contains(&(event.id, event.routing_key, event.lead_id, event.freelancer_id))
        };
        Ok(events.into_iter().filter(is_new).copied().collect())
    }
}

impl Store {
    /// Forgets events without a time of their own that were received more than a week ago. Returns how many.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn forget_untimed_events(&self) -> Result<u64, Error> {
        self.execute(statement::FORGET_UNTIMED_EVENTS, &[]).await
    }
}

fn key(row: &Row) -> Result<(&str, &str, LeadId, FreelancerId), Error> {
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
}
