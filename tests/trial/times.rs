//! When leads are posted: many lately, few long ago, and from now on one after the other.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// How often a new lead is posted.
pub(crate) const BETWEEN_LEADS: Duration = Duration::from_secs(30);

/// The ages of those that wait for an answer when the trial begins, in minutes.
const FRESH: [f64; 8] = [0.5, 4.0, 8.0, 13.0, 17.0, 21.0, 25.5, 28.5];
/// How many are older than that.
const PAST: i32 = 52;
/// Each is older than the next by this factor, which takes the oldest back four months.
const GROWTH: f64 = 1.181;
/// As long as a trial's token lasts.
const FUTURE: u32 = 12 * 3600 / BETWEEN_LEADS.as_secs() as u32;

/// When each lead is posted, the newest of the past first.
pub(crate) fn of_leads(now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let past = (1..=PAST).map(|number| 31.0 * GROWTH.powi(number));
    let past = FRESH.into_iter().chain(past).map(|age| now - minutes(age));
    let future = (1..=FUTURE).map(|number| now + BETWEEN_LEADS * number);
    past.chain(future).collect()
}

/// Whether a lead was due within the last day, but before the trial began.
pub(crate) fn was_due_lately(notified_at: DateTime<Utc>) -> bool {
    let age = Utc::now() - notified_at;
    TimeDelta::minutes(30) < age && age < TimeDelta::days(1)
}

/// So many minutes.
pub(crate) fn minutes(minutes: f64) -> TimeDelta {
    TimeDelta::milliseconds((minutes * 60_000.0) as i64)
}
