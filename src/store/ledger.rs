//! Loads and saves what the domain decides on, within one transaction.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::{Client, Transaction};
use futures::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql};

use super::error::Error;
use super::live::HISTORY_CHANNEL;
use super::outbox::OutboxMessage;
use super::rows;
use super::statement::{self, Statement};
use crate::domain::event::{FreelancerId, LeadId};
use crate::domain::history::Change;
use crate::domain::interaction::Interaction;
use crate::domain::lead::Lead;
use crate::domain::plan::Freelancer;

/// Wakes whoever publishes the outbox.
pub const OUTBOX_CHANNEL: &str = "lead_tracker_outbox";

/// The ledger as one transaction sees it. Nothing is kept unless [`Ledger::commit`] is called.
pub struct Ledger<'a> {
    transaction: Transaction<'a>,
}

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

/// What one transaction writes.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// Leads whose own columns changed.
    pub leads: Vec<&'a Lead>,
    /// Interactions that are new or changed.
    pub interactions: Vec<&'a Interaction>,
    /// Freelancers of whom something new is known.
    pub freelancers: Vec<&'a Freelancer>,
    /// Entries of the history, in the order in which they happened.
    pub history: Vec<&'a Change>,
    /// Messages to publish.
    pub outbox: Vec<OutboxMessage>,
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
        let found = self.rows(statement::FREELANCERS_BY_ID, &[&ids]).await?;
        found.iter().map(rows::freelancer).map(|row| row.map(|freelancer| (freelancer.id, freelancer))).collect()
    }

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
        let new = self.rows(statement::REMEMBER_UNTIMED_EVENTS, &parameters).await?;
        let new: BTreeSet<(&str, &str, LeadId, FreelancerId)> = new
            .iter()
            .map(|row| Ok::<_, Error>((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)))
            .collect::<Result<_, _>>()?;
        let is_new = |event: &&UntimedEvent<'_>| {
            new.contains(&(event.id, event.routing_key, event.lead_id, event.freelancer_id))
        };
        Ok(events.into_iter().filter(is_new).copied().collect())
    }

    /// Writes all changes, one statement a table.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers, a broken CHECK among it.
    pub async fn save(&self, changes: &Changes<'_>) -> Result<(), Error> {
        try_join!(
            self.save_leads(&changes.leads),
            self.save_interactions(&changes.interactions),
            self.save_past_offers(&changes.interactions),
            self.append_history(&changes.history),
            self.notify_history(&changes.history),
            self.save_freelancers(&changes.freelancers),
            self.append_outbox(&changes.outbox),
        )?;
        Ok(())
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

    async fn save_leads(&self, leads: &[&Lead]) -> Result<(), Error> {
        if leads.is_empty() {
            return Ok(());
        }
        let details = || leads.iter().map(|lead| &lead.details);
        self.execute(
            statement::SAVE_LEADS,
            &[
                &column(leads, |lead| lead.id),
                &column(leads, |lead| -> &'static str { lead.status().into() }),
                &details().map(|lead| lead.title.as_deref()).collect::<Vec<_>>(),
                &details().map(|lead| lead.description.as_deref()).collect::<Vec<_>>(),
                &details().map(|lead| lead.location.as_deref()).collect::<Vec<_>>(),
                &details().map(|lead| lead.pincode.as_deref()).collect::<Vec<_>>(),
                &details().map(|lead| lead.budget_min).collect::<Vec<_>>(),
                &details().map(|lead| lead.budget_max).collect::<Vec<_>>(),
                &details().map(|lead| lead.preferred_time.as_deref()).collect::<Vec<_>>(),
                &details().map(|lead| lead.created_at).collect::<Vec<_>>(),
                &details().map(|lead| lead.category.as_ref().map(Json)).collect::<Vec<_>>(),
                &details().map(|lead| lead.customer.as_ref().map(Json)).collect::<Vec<_>>(),
                &details().map(|lead| lead.mobile_number.as_deref()).collect::<Vec<_>>(),
                &column(leads, |lead| lead.claim.map(|claim| claim.freelancer_id)),
                &column(leads, |lead| lead.claim.map(|claim| claim.at)),
                &column(leads, |lead| lead.closing.map(|closing| closing.at)),
                &column(leads, |lead| lead.closing.map(|closing| -> &'static str { closing.outcome.into() })),
                &column(leads, |lead| lead.closing.map(|closing| closing.outcome_at)),
            ],
        )
        .await
    }

    async fn save_interactions(&self, rows: &[&Interaction]) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        self.execute(
            statement::SAVE_INTERACTIONS,
            &[
                &column(rows, |row| row.lead_id),
                &column(rows, |row| row.freelancer_id),
                &column(rows, |row| row.offer),
                &column(rows, |row| -> &'static str { row.status.into() }),
                &column(rows, |row| row.missed_reason.map(|reason| -> &'static str { reason.into() })),
                &column(rows, |row| row.notes.as_deref()),
                &column(rows, |row| row.notified_at),
                &column(rows, |row| row.deadline_at),
                &column(rows, |row| row.viewed_at),
                &column(rows, |row| row.responded_at),
                &column(rows, |row| row.missed_at),
                &column(rows, |row| row.late),
                &column(rows, |row| row.accepted_at),
                &column(rows, |row| row.ignored_at),
                &column(rows, |row| row.mark.map(|mark| mark.at)),
                &column(rows, |row| row.mark.map(|mark| -> &'static str { mark.reason.into() })),
                &column(rows, |row| row.announced),
                &column(rows, |row| row.retracted),
                &column(rows, |row| row.traceparent.as_deref()),
            ],
        )
        .await
    }

    async fn save_past_offers(&self, rows: &[&Interaction]) -> Result<(), Error> {
        let past: Vec<_> = rows.iter().flat_map(|row| row.past.iter().map(move |past| (row, past))).collect();
        if past.is_empty() {
            return Ok(());
        }
        self.execute(
            statement::SAVE_PAST_OFFERS,
            &[
                &column(&past, |(row, _)| row.lead_id),
                &column(&past, |(row, _)| row.freelancer_id),
                &column(&past, |(_, past)| past.offer),
                &column(&past, |(_, past)| past.notified_at),
                &column(&past, |(_, past)| past.deadline_at),
                &column(&past, |(_, past)| past.retracted),
            ],
        )
        .await
    }

    async fn append_history(&self, history: &[&Change]) -> Result<(), Error> {
        if history.is_empty() {
            return Ok(());
        }
        self.execute(
            statement::APPEND_HISTORY,
            &[
                &column(history, |change| change.key.lead_id),
                &column(history, |change| change.key.freelancer_id),
                &column(history, |change| change.key.offer),
                &column(history, |change| -> &'static str { change.status.into() }),
                &column(history, |change| change.previous_status.map(|status| -> &'static str { status.into() })),
                &column(history, |change| change.reason.map(|reason| -> &'static str { reason.into() })),
                &column(history, |change| change.notes.as_deref()),
                &column(history, |change| -> &'static str { change.cause.actor.kind.into() }),
                &column(history, |change| change.cause.actor.id),
                &column(history, |change| change.cause.source.as_str()),
                &column(history, |change| change.cause.event_id.as_str()),
                &column(history, |change| change.cause.occurred_at),
            ],
        )
        .await
    }

    async fn notify_history(&self, history: &[&Change]) -> Result<(), Error> {
        if !history.is_empty() {
            self.rows(statement::NOTIFY, &[&HISTORY_CHANNEL]).await?;
        }
        Ok(())
    }

    async fn save_freelancers(&self, freelancers: &[&Freelancer]) -> Result<(), Error> {
        if freelancers.is_empty() {
            return Ok(());
        }
        self.execute(
            statement::SAVE_FREELANCERS,
            &[
                &column(freelancers, |freelancer| freelancer.id),
                &column(freelancers, |freelancer| freelancer.user_id.as_deref()),
                &column(freelancers, |freelancer| freelancer.full_name.as_deref()),
                &column(freelancers, |freelancer| freelancer.plan.map(|plan| -> &'static str { plan.status.into() })),
                &column(freelancers, |freelancer| freelancer.plan.and_then(|plan| plan.ends_at)),
                &column(freelancers, |freelancer| freelancer.plan.map(|plan| plan.stated_at)),
            ],
        )
        .await
    }

    async fn append_outbox(&self, outbox: &[OutboxMessage]) -> Result<(), Error> {
        if outbox.is_empty() {
            return Ok(());
        }
        let append = async {
            self.execute(
                statement::APPEND_OUTBOX,
                &[
                    &column(outbox, |message| message.kind.as_str()),
                    &column(outbox, |message| message.delay_ms),
                    &column(outbox, |message| message.message_id.as_str()),
                    &column(outbox, |message| message.follows.as_deref()),
                    &column(outbox, |message| message.lead_id),
                    &column(outbox, |message| message.traceparent.as_deref()),
                    &column(outbox, |message| message.occurred_at),
                    &column(outbox, |message| message.due_at),
                    &column(outbox, |message| message.body.as_slice()),
                ],
            )
            .await
        };
        // One empty wake-up a transaction; whoever wakes up looks into the table.
        try_join!(append, self.rows(statement::NOTIFY, &[&OUTBOX_CHANNEL]))?;
        Ok(())
    }

    async fn prepare(&self, statement: Statement) -> Result<tokio_postgres::Statement, Error> {
        Ok(self.transaction.prepare_cached(statement.text).await?)
    }

    pub(super) async fn rows(
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
fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
