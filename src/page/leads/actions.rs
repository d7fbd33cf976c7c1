//! What a freelancer does on the page. Forms come here, with script and without: the answer is the lead's own page, with
//! a sentence above that says what came of it.

use axum::Form;
use maud::Markup;
use serde::Deserialize;
use uuid::Uuid;

use super::missed_form::{self, NOTES};
use super::notice::Tried;
use super::subject::Subject;
use crate::api::problem::Problem;
use crate::contract;
use crate::domain::action::{Action, ActionOutcome};
use crate::domain::event::{MissedReason, Response};
use crate::domain::lead::Lead;
use crate::handler::{ActionRequest, now};
use crate::store::Answer;

/// Notes that the freelancer has looked at the lead.
pub(in crate::page) async fn viewed(subject: Subject) -> Result<Markup, Problem> {
    subject.act(Action::View).await
}

/// Accepts it.
pub(in crate::page) async fn accept(subject: Subject) -> Result<Markup, Problem> {
    subject.act(Action::Respond { response: Response::Accepted, notes: None }).await
}

/// Puts it aside.
pub(in crate::page) async fn ignored(subject: Subject) -> Result<Markup, Problem> {
    subject.act(Action::Respond { response: Response::Ignored, notes: None }).await
}

/// Asks why it was or will be missed.
pub(in crate::page) async fn say_why(subject: Subject) -> Result<Markup, Problem> {
    let form = missed_form::draw(&subject.view().address(&subject.read().await?, "/missed"));
    subject.show(None, Some(form)).await
}

/// What that form says.
#[derive(Debug, Deserialize)]
pub(in crate::page) struct Why {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    notes: String,
}

/// Says why it was or will be missed.
pub(in crate::page) async fn missed(subject: Subject, Form(why): Form<Why>) -> Result<Markup, Problem> {
    let accepted = || format!("it must be {}", contract::one_of::<MissedReason>());
    let reason: MissedReason = why.reason.parse().map_err(|_| Problem::invalid("reason", accepted()))?;
    let notes = why.notes.trim();
    if notes.contains('\0') || notes.chars().count() > NOTES {
        return Err(Problem::invalid("notes", format!("it must be a text of up to {NOTES} characters without NUL")));
    }
    let notes = (!notes.is_empty()).then(|| notes.to_owned());
    subject.act(Action::Respond { response: Response::Missed(reason), notes }).await
}

impl Subject {
    async fn act(&self, action: Action) -> Result<Markup, Problem> {
        // Nothing may begin for a lead that was never offered.
        self.read().await?;
        let request = ActionRequest {
            lead_id: self.lead_id,
            freelancer_id: self.freelancer.id,
            action,
            event_id: Uuid::now_v7().to_string(),
            traceparent: None,
            key: None,
        };
        let mut notice = None;
        let note = |lead: &Lead, outcome: ActionOutcome| {
            let tried =
                Tried { freelancer_id: self.freelancer.id, action: &request.action, at: now(), zone: self.zone };
            notice = Some(tried.notice(lead, outcome));
            // Nothing is kept under a key here.
            Answer { status: 0, body: Vec::new() }
        };
        self.state.handler.act(&request, note).await?;
        self.show(notice.as_ref(), None).await
    }
}
