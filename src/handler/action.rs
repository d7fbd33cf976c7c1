//! What freelancers do through the API: an event like any other, answered at once.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::{Handler, count, now};
use crate::domain::action::{Action, ActionOutcome, Attempt};
use crate::domain::event::{FreelancerId, LeadId};
use crate::domain::lead::Lead;
use crate::store::{self, Answer, Claim, IdempotencyKey, Ledger};

/// A freelancer's request to do something about a lead that was offered to them.
#[derive(Debug, Clone)]
pub struct ActionRequest<'r> {
    /// The lead; it must have been offered to the freelancer.
    pub lead_id: LeadId,
    /// Who asks.
    pub freelancer_id: FreelancerId,
    /// For what.
    pub action: Action,
    /// The id of the event that it becomes.
    pub event_id: String,
    /// The trace that it belongs to.
    pub traceparent: Option<String>,
    /// By which a repetition is known, with the fingerprint of what was asked for.
    pub key: Option<(IdempotencyKey<'r>, Vec<u8>)>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionReply {
    /// This is the answer, now or when the request came first.
    Answer(Answer),
    /// Its key came with another request before.
    OtherRequest,
}

impl Handler {
    /// Does what a freelancer asks for and records everything that follows from it, the `answer` under the request's key
    /// included, in one transaction.
    ///
    /// # Errors
    ///
    /// As [`Handler::handle_events`].
    pub async fn act(
        &self,
        request: &ActionRequest<'_>,
        answer: impl FnOnce(&Lead, ActionOutcome) -> Answer,
    ) -> Result<ActionReply, store::Error> {
        let window = *self.window.borrow();
        let handle = async |ledger: &Ledger<'_>| {
            if let Some((key, fingerprint)) = &request.key {
                match ledger.claim_key(key, fingerprint).await? {
                    Claim::First => {}
                    Claim::Answered(answer) => return Ok((ActionReply::Answer(answer), Vec::new())),
                    Claim::OtherRequest => return Ok((ActionReply::OtherRequest, Vec::new())),
                }
            }
            let mut decision = Decision::new(ledger.lock_leads(&BTreeSet::from([request.lead_id])).await?);
            let answer = request.decide(&mut decision, answer)?;
            if let Some((key, _)) = &request.key {
                ledger.remember_answer(key, &answer).await?;
            }
            let effects = self.record(ledger, decision, Vec::new(), window).await?;
            Ok((ActionReply::Answer(answer), effects))
        };
        let (reply, effects) = self.transact(handle).await?;
        count(&effects);
        Ok(reply)
    }
}

impl ActionRequest<'_> {
    fn decide(
        &self,
        decision: &mut Decision,
        answer: impl FnOnce(&Lead, ActionOutcome) -> Answer,
    ) -> Result<Answer, store::Error> {
        let lead = decision.leads.get_mut(&self.lead_id).ok_or(store::Error::NoRow)?;
        let attempt = Attempt {
            freelancer_id: self.freelancer_id,
            action: &self.action,
            event_id: &self.event_id,
            traceparent: self.traceparent.as_deref(),
            // After the lock: of two who accept in the same instant the one who comes first has the earlier time.
            at: now(),
        };
        let outcome = lead.act(&attempt, &mut decision.effects);
        Ok(answer(lead, outcome))
    }
}
