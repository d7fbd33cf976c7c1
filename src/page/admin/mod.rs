//! The administrator's pages: how the last day went and how the service stands, a check, the response window, and the
//! parked messages.
//!
//! What they do, the administrators' API does: both call the same functions.

mod chart;
mod check;
mod day;
mod desk;
mod detail;
mod overview;
mod parked;
mod parked_card;
mod record;
mod standing;
mod window;

pub(super) use self::check::{check, count};
pub(super) use self::overview::overview;
pub(super) use self::parked::{back, discard, list, replay};
pub(super) use self::window::{set_window, window};

/// Where a check is run.
pub(super) const CHECK: &str = "/admin/check";
/// Where the response window is changed.
pub(super) const WINDOW: &str = "/admin/window";
/// Where parked messages are looked after.
pub(super) const PARKED: &str = "/admin/parked";
