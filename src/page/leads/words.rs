//! How things are called on the page.

use super::View;
use crate::domain::event::MissedReason;
use crate::domain::lead::LeadStatus;
use crate::page::moment;
use crate::store::{ListedInteraction, ListedLead};

/// What the customer wants done.
pub(super) fn title(lead: &ListedLead) -> &str {
    lead.details.title.as_deref().unwrap_or("A job without a title")
}

/// Why an offer was missed.
pub(super) fn reason(reason: MissedReason) -> &'static str {
    match reason {
        MissedReason::Expired => "The job was gone already",
        MissedReason::NoResponse => "No response in time",
        MissedReason::Busy => "Busy with other work",
        MissedReason::NotInterested => "Not interested",
    }
}

/// Whether the lead can still be had.
pub(super) fn is_open(lead: &ListedLead) -> bool {
    match lead.status {
        LeadStatus::Pending | LeadStatus::Missed | LeadStatus::Ignored => true,
        LeadStatus::Accepted | LeadStatus::Completed | LeadStatus::Cancelled => false,
    }
}

/// What became of a lead that another has, or nobody any more; nothing while it is open, or one's own.
pub(super) fn gone(view: &View<'_>, lead: &ListedLead) -> Option<String> {
    match lead.status {
        _ if is_open(lead) => None,
        LeadStatus::Cancelled => Some("The customer withdrew this job".to_owned()),
        _ if lead.accepted_by == Some(view.freelancer) => None,
        _ if lead.accepted_by.is_some() => {
            let when = lead.accepted_at.map(|at| moment::when(at, view.zone, view.now)).unwrap_or_default();
            Some(format!("Taken by another freelancer {when}"))
        }
        _ => Some("This job is done".to_owned()),
    }
}

/// Why this freelancer missed it, as they would be told.
pub(super) fn missed(view: &View<'_>, lead: &ListedLead, row: &ListedInteraction) -> String {
    match row.missed_reason {
        Some(MissedReason::Expired) | None => {
            gone(view, lead).unwrap_or_else(|| reason(MissedReason::Expired).to_owned())
        }
        Some(MissedReason::NoResponse) => {
            format!("No response by {}", moment::text(row.deadline_at, view.zone, view.now))
        }
        Some(said) => reason(said).to_owned(),
    }
}
