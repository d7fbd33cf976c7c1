//! Saves what the domain decided, within one transaction.

use futures::try_join;
use tokio_postgres::types::Json;

use super::error::Error;
use super::ledger::{Ledger, column};
use super::live::HISTORY_CHANNEL;
use super::outbox::OutboxMessage;
use super::statement;
use crate::domain::history::Change;
use crate::domain::interaction::Interaction;
use crate::domain::lead::Lead;
use crate::domain::plan::Freelancer;

/// Wakes whoever publishes the outbox.
pub const OUTBOX_CHANNEL: &str = "lead_tracker_outbox";

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

impl Ledger<'_> {
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
            self.query(statement::NOTIFY, &[&HISTORY_CHANNEL]).await?;
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
        try_join!(append, self.query(statement::NOTIFY, &[&OUTBOX_CHANNEL]))?;
        Ok(())
    }
}
