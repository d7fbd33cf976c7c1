//! What happened between a freelancer and a lead, as a timeline.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::{View, words};
use crate::domain::history::ActorKind;
use crate::domain::interaction::Status;
use crate::page::moment;
use crate::store::HistoryEntry;

/// What is heard of later than this is said to have been.
const PROMPT: TimeDelta = TimeDelta::seconds(5);

/// Draws it, the oldest first.
pub(super) fn draw(view: &View<'_>, entries: &[HistoryEntry]) -> Markup {
    let has_offers = entries.iter().any(|entry| entry.offer > 1);
    html! {
        ol.timeline {
            @for entry in entries {
                li {
                    (moment::time(entry.occurred_at, view.zone, view.now))
                    div {
                        strong { (what(view, entry)) }
                        @if has_offers { span.muted { " · offer " (entry.offer) } }
                        @if let Some(notes) = &entry.notes { p.notes { "“" (notes) "”" } }
                        @if entry.recorded_at - entry.occurred_at > PROMPT {
                            p.muted { "We heard of it at " (moment::text(entry.recorded_at, view.zone, view.now)) "." }
                        }
                    }
                }
            }
        }
    }
}

fn what(view: &View<'_>, entry: &HistoryEntry) -> String {
    // It may also be the freelancer who was faster.
    let is_own = entry.actor.kind == ActorKind::Freelancer && entry.actor.id == Some(view.freelancer);
    match (entry.status, entry.reason) {
        (Status::Notified, _) if entry.previous_status.is_some() => "Offered to you again".to_owned(),
        (Status::Notified, _) => "Offered to you".to_owned(),
        (Status::Viewed, _) => "You looked at it".to_owned(),
        (Status::Accepted, _) => "You accepted".to_owned(),
        (Status::Ignored, _) => "You put it aside".to_owned(),
        (Status::Missed, Some(reason)) if is_own => format!("You said: {}", words::reason(reason).to_lowercase()),
        (Status::Missed, Some(reason)) => format!("Missed: {}", words::reason(reason).to_lowercase()),
        (Status::Missed, None) => "Missed".to_owned(),
    }
}
