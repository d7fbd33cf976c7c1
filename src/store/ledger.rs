//! Locks and loads what the domain decides on, within one transaction.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::{Client, Transaction};
use futures::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::error::Error;
use super::rows;
use super::statement::{self, Statement};
use crate::domain::event::{FreelancerId, LeadId};
use crate::domain::lead::Lead;
use crate::domain::plan::Freelancer;

/// The ledger as one transaction sees it. Nothing is kept unless [`Ledger::commit`] is called.
pub struct Ledger<'a> {
    transaction: Transaction<'a>,
}

impl<'a> Ledger<'a> {
    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn begin(client: &'a mut Client) -> Result<Self, Error> {
        Ok(Self { transaction: client.transaction().await? })
    }

    /// Locks these leads, making rows for those that are not known yet, and reads them with everybody's dealings.
    ///
    /// Rows are locked in the order of their ids, so that two transactions never wait for each other.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn lock_leads(&self, ids: &BTreeSet<LeadId>) -> Result<BTreeMap<LeadId, Lead>, Error> {
        let ids: Vec<LeadId> = ids.iter().copied().collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        // Prepared before any is sent: preparing takes round trips of its own at a connection's first use, and a
        // statement that is ready sooner would read before the locks are held.
        let insert = self.prepare(statement::INSERT_MISSING_LEADS).await?;
        let lock = self.prepare(statement::LOCK_LEADS).await?;
        let interactions = self.prepare(statement::INTERACTIONS_OF_LEADS).await?;
        let past_offers = self.prepare(statement::PAST_OFFERS_OF_LEADS).await?;
        let ids: [&(dyn ToSql + Sync); 1] = [&ids];
        // Sent at once and executed in this order: the later ones see what the locks protect.
        let (_, leads, interactions, past_offers) = try_join!(
            self.transaction.execute(&insert, &ids),
            self.transaction.query(&lock, &ids),
            self.transaction.query(&interactions, &ids),
            self.transaction.query(&past_offers, &ids),
        )?;
        rows::assemble(&leads, &interactions, &past_offers)
    }

    /// What is known of these freelancers; those of whom nothing is known are left out.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn freelancers(&self, ids: &BTreeSet<FreelancerId>) -> Result<BTreeMap<FreelancerId, Freelancer>, Error> {
        let ids: Vec<FreelancerId> = ids.iter().copied().collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = self.query(statement::FREELANCERS_BY_ID, &[&ids]).await?;
        found.iter().map(rows::freelancer).map(|row| row.map(|freelancer| (freelancer.id, freelancer))).collect()
    }

    /// Keeps what was saved.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers. When the connection breaks meanwhile the outcome is unknown; everything that is
    /// saved here may be saved again.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.transaction.commit().await?)
    }

    async fn prepare(&self, statement: Statement) -> Result<tokio_postgres::Statement, Error> {
        Ok(self.transaction.prepare_cached(statement.text).await?)
    }

    pub(super) async fn query(
        &self,
        statement: Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let prepared = self.prepare(statement).await?;
        Ok(self.transaction.query(&prepared, parameters).await?)
    }

    pub(super) async fn execute(&self, statement: Statement, parameters: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
        let prepared = self.prepare(statement).await?;
        self.transaction.execute(&prepared, parameters).await?;
        Ok(())
    }
}

/// One column of several rows, as `unnest` takes it.
pub(super) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
