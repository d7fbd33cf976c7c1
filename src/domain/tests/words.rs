//! States and effects in words, as the tests expect them.

use chrono::{DateTime, Utc};

use super::scenario::minute;
use crate::domain::announcement::OfferKey;
use crate::domain::event::{FreelancerId, MissedReason, Response};
use crate::domain::history::{Change, Effect};
use crate::domain::interaction::{Interaction, Status};

/// The state of a row in words.
pub(super) fn describe_row(row: &Interaction) -> String {
    let late = if row.late { " late" } else { "" };
    match row.status {
        Status::Notified | Status::Viewed => word(row.status),
        Status::Missed => format!("{}{}", status(row.status, row.missed_reason), at(row.missed_at)),
        Status::Accepted | Status::Ignored => format!("{}{}{late}", word(row.status), at(row.responded_at)),
    }
}

fn at(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| " @never".to_owned(), |time| format!(" @{}", (time - minute(0)).num_minutes()))
}

fn word(value: impl serde::Serialize) -> String {
    let text = serde_json::to_string(&value).expect("an enum without data");
    text.trim_matches('"').to_owned()
}

fn status(status: Status, reason: Option<MissedReason>) -> String {
    reason.map_or_else(|| word(status), |reason| format!("{} {}", word(status), word(reason)))
}

fn key(key: &OfferKey) -> String {
    format!("{}{}", name(key.freelancer_id), key.offer)
}

/// An effect in words.
pub(super) fn describe(effect: &Effect) -> String {
    match effect {
        Effect::Record(change) => describe_change(change),
        Effect::Respond { responded, .. } => format!("tell {:?}", responded.response),
        Effect::Arm { key: offer, deadline_at } => format!("arm {}{}", key(offer), at(Some(*deadline_at))),
        Effect::Announce { missed, .. } => format!(
            "announce {} {}{} {}",
            key(&missed.key),
            word(missed.reason),
            at(Some(missed.missed_at)),
            missed.detected_by.as_str()
        ),
        Effect::Retract { retraction, .. } => {
            let answer = if retraction.response == Response::Accepted { "accepted" } else { "ignored" };
            format!("retract {} {answer}{}", key(&retraction.key), at(Some(retraction.responded_at)))
        }
    }
}

fn describe_change(change: &Change) -> String {
    let before = change.previous_status.map_or_else(|| "new".to_owned(), word);
    let after = status(change.status, change.reason);
    let actor = word(change.cause.actor.kind);
    let who = change.cause.actor.id.map(|id| format!(" {}", name(id))).unwrap_or_default();
    let when = at(Some(change.cause.occurred_at));
    format!("{} {before} -> {after} ({} {actor}{who}{when})", key(&change.key), change.cause.source.as_str())
}

fn name(id: FreelancerId) -> char {
    u32::try_from(id.as_u128()).ok().and_then(char::from_u32).expect("a freelancer of a scenario")
}
