//! What an action came to, in words: the truth, with the times that explain it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::words;
use crate::domain::action::{Action, ActionOutcome};
use crate::domain::event::{FreelancerId, MissedReason, Outcome, Response};
use crate::domain::interaction::{Interaction, Status};
use crate::domain::lead::Lead;
use crate::page::moment;
use crate::page::notice::Notice;

/// What was tried, by whom, and when the button was pressed.
pub(super) struct Tried<'a> {
    pub(super) freelancer_id: FreelancerId,
    pub(super) action: &'a Action,
    pub(super) at: DateTime<Utc>,
    pub(super) zone: Tz,
}

impl Tried<'_> {
    /// What it came to, for a lead as it now is.
    pub(super) fn notice(&self, lead: &Lead, outcome: ActionOutcome) -> Notice {
        let row = lead.interactions.get(&self.freelancer_id);
        match outcome {
            ActionOutcome::Done | ActionOutcome::Repeated => Notice { is_good: true, text: self.done(row) },
            ActionOutcome::Conflict => Notice { is_good: false, text: self.conflict(lead, row) },
            ActionOutcome::Gone => Notice { is_good: false, text: self.gone(lead) },
        }
    }

    fn done(&self, row: Option<&Interaction>) -> String {
        match self.action {
            Action::View => "It is noted that you have seen this lead.".to_owned(),
            Action::Respond { response: Response::Accepted, .. } => {
                let deadline = row.filter(|row| row.late).and_then(|row| row.deadline_at);
                let late = deadline.map(|deadline| format!(", {} after its time was up", self.since(deadline)));
                format!("You have accepted this lead{}.", late.unwrap_or_default())
            }
            Action::Respond { response: Response::Ignored, .. } => "You have put this lead aside.".to_owned(),
            Action::Respond { response: Response::Missed(reason), .. } => {
                format!("Noted: {}.", words::reason(*reason).to_lowercase())
            }
        }
    }

    fn conflict(&self, lead: &Lead, row: Option<&Interaction>) -> String {
        let deadline = row.and_then(|row| row.deadline_at);
        match row.map(|row| (row.status, row.missed_reason)) {
            Some((Status::Accepted, _)) => "You have accepted this lead already.".to_owned(),
            Some((Status::Ignored, _)) => "You have put this lead aside already.".to_owned(),
            Some((Status::Missed, Some(MissedReason::Expired))) => self.gone(lead),
            Some((Status::Missed, Some(MissedReason::NoResponse))) => {
                let end = deadline.map(|at| format!(" at {}, {}", moment::clock(at, self.zone), self.before(at)));
                format!("The time to respond was up{}.", end.unwrap_or_default())
            }
            Some((Status::Missed, _)) => "You have said already why you missed this lead.".to_owned(),
            _ => "This lead waits for your answer.".to_owned(),
        }
    }

    fn gone(&self, lead: &Lead) -> String {
        let (what, at) = match (lead.acceptance(), lead.closing.as_ref()) {
            (Some(claim), _) if claim.freelancer_id != self.freelancer_id => {
                ("Another freelancer accepted this lead", Some(claim.at))
            }
            (_, Some(closing)) if closing.outcome == Outcome::Cancelled => {
                ("The customer withdrew this lead", Some(closing.at))
            }
            (_, closing) => ("This lead was done", closing.map(|closing| closing.at)),
        };
        let when = at.map(|at| format!(" at {}, {}", moment::clock(at, self.zone), self.before(at)));
        format!("{what}{}.", when.unwrap_or_default())
    }

    fn since(&self, earlier: DateTime<Utc>) -> String {
        moment::span(self.at - earlier)
    }

    fn before(&self, earlier: DateTime<Utc>) -> String {
        format!("{} before you pressed", self.since(earlier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::LeadId;
    use crate::domain::lead::{Claim, Closing};

    fn at(second: u32) -> DateTime<Utc> {
        format!("2026-11-25T05:01:{second:02}Z").parse().expect("it is a time")
    }

    fn told(lead: &Lead, action: &Action, outcome: ActionOutcome) -> String {
        let tried = Tried { freelancer_id: FreelancerId::nil(), action, at: at(40), zone: Tz::Asia__Kolkata };
        tried.notice(lead, outcome).text
    }

    fn lead_of(row: Option<Interaction>) -> Lead {
        let mut lead = Lead::unknown(LeadId::nil());
        lead.interactions.extend(row.map(|row| (FreelancerId::nil(), row)));
        lead
    }

    const ACCEPT: Action = Action::Respond { response: Response::Accepted, notes: None };
    const IGNORE: Action = Action::Respond { response: Response::Ignored, notes: None };

    #[test]
    fn a_lost_race_says_by_how_much() {
        let mut lead = lead_of(None);
        lead.claim = Some(Claim { at: at(37), freelancer_id: FreelancerId::max() });
        let text = told(&lead, &ACCEPT, ActionOutcome::Gone);
        assert_eq!(text, "Another freelancer accepted this lead at 10:31:37, 3 seconds before you pressed.");
        lead.claim = None;
        lead.closing = Some(Closing { at: at(10), outcome: Outcome::Cancelled, outcome_at: at(10) });
        let text = told(&lead, &ACCEPT, ActionOutcome::Gone);
        assert_eq!(text, "The customer withdrew this lead at 10:31:10, 30 seconds before you pressed.");
    }

    #[test]
    fn an_answer_that_comes_late_says_how_late() {
        let mut row = Interaction::unknown(LeadId::nil(), FreelancerId::nil());
        row.deadline_at = Some(at(36));
        (row.status, row.missed_reason) = (Status::Missed, Some(MissedReason::NoResponse));
        let text = told(&lead_of(Some(row.clone())), &IGNORE, ActionOutcome::Conflict);
        assert_eq!(text, "The time to respond was up at 10:31:36, 4 seconds before you pressed.");
        (row.status, row.missed_reason, row.late) = (Status::Accepted, None, true);
        let text = told(&lead_of(Some(row)), &ACCEPT, ActionOutcome::Done);
        assert_eq!(text, "You have accepted this lead, 4 seconds after its time was up.");
    }
}
