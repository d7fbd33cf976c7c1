//! What administrators did lately.

use std::time::Duration;

use maud::{Markup, html};
use serde_json::Value;

use super::desk::Desk;
use crate::page::moment;
use crate::page::number::count;
use crate::store::{AdminAction, RecordedAction};

/// Draws it, the latest first.
pub(super) fn draw(desk: &Desk, actions: &[RecordedAction]) -> Markup {
    html! {
        section #record aria-labelledby="record-title" {
            h2 #record-title { "What administrators did lately" }
            div.sheet {
                @if actions.is_empty() { p.muted { "Nothing yet. Whatever somebody changes is kept, with who did it." } }
                @else { (timeline(desk, actions)) }
            }
        }
    }
}

fn timeline(desk: &Desk, actions: &[RecordedAction]) -> Markup {
    html! {
        ol.timeline {
            @for action in actions {
                li {
                    (desk.time(action.at))
                    div { strong { (what(action)) } span.muted { " · " (action.user_id) } }
                }
            }
        }
    }
}

fn what(action: &RecordedAction) -> String {
    let is = |known: AdminAction| action.action == known.as_str();
    match () {
        () if is(AdminAction::CheckMissedLeads) => checked(&action.details),
        () if is(AdminAction::SetResponseWindow) => {
            let window = Duration::from_millis(number(&action.details, "responseWindowMs"));
            format!("Set the response window to {}", moment::duration(window))
        }
        () if is(AdminAction::ReplayParked) => "Replayed a parked message".to_owned(),
        () if is(AdminAction::DiscardParked) => "Discarded a parked message".to_owned(),
        // Another replica may know more of them.
        () => action.action.clone(),
    }
}

fn checked(details: &Value) -> String {
    match (number(details, "skippedBacklog"), number(details, "processedCount")) {
        (0, 0) => "Ran the check, which found nothing overdue".to_owned(),
        (0, 1) => "Ran the check, which ended 1 offer".to_owned(),
        (0, ended) => format!("Ran the check, which ended {} offers", count(ended)),
        (_, _) => "Ran the check, which gave up behind a full inbox".to_owned(),
    }
}

fn number(details: &Value, name: &str) -> u64 {
    details[name].as_u64().unwrap_or_default()
}
