//! Names on the exchange; each is the routing key of its event and the end of its CloudEvents `type`.

use strum::EnumCount;

use crate::domain::event::Fact;

/// A freelancer was notified of a lead.
pub const LEAD_NOTIFIED: &str = "lead.notified";
/// A freelancer looked at a lead.
pub const LEAD_VIEWED: &str = "lead.viewed";
/// A freelancer answered; sent as well, for an answer given through this service's own API.
pub const LEAD_RESPONDED: &str = "lead.responded";
/// A lead is gone.
pub const LEAD_CLOSED: &str = "lead.closed";
/// A freelancer's lead plan changed.
pub const PLAN_CHANGED: &str = "freelancer.plan_changed";
/// An offer ended without an answer that counts.
pub const LEAD_MISSED: &str = "lead.missed";
/// An announced offer turned out to have been answered in time.
pub const LEAD_MISSED_RETRACTED: &str = "lead.missed_retracted";

/// What the service listens to.
pub const INBOUND: [&str; Fact::COUNT] = [LEAD_NOTIFIED, LEAD_VIEWED, LEAD_RESPONDED, LEAD_CLOSED, PLAN_CHANGED];

/// The routing key of what happened.
pub fn of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Notified(_) => LEAD_NOTIFIED,
        Fact::Viewed(_) => LEAD_VIEWED,
        Fact::Responded(_) => LEAD_RESPONDED,
        Fact::Closed(_) => LEAD_CLOSED,
        Fact::PlanChanged(_) => PLAN_CHANGED,
    }
}
