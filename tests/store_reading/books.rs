//! A ledger of a test's own, written by the service's own rules.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use lead_tracker::domain::event::{
    Closed, Event, Fact, FreelancerId, FreelancerProfile, LeadDetails, LeadId, Moment, Notified, Origin, Outcome,
    Responded, Response, Viewed,
};
use lead_tracker::handler::Handler;
use lead_tracker::store::{Store, UrlSource};
use tokio::sync::watch;
use uuid::Uuid;

use crate::database::Database;

/// How long freelancers have to respond.
pub(crate) const WINDOW: Duration = Duration::from_secs(30 * 60);

/// A migrated database, and who writes to it.
pub(crate) struct Books {
    pub(crate) database: Database,
    pub(crate) store: Store,
    pub(crate) handler: Handler,
}

impl Books {
    pub(crate) async fn open() -> Self {
        let server =
            std::env::var("DATABASE_URL").expect("set DATABASE_URL to a PostgreSQL where databases may be created");
        let database = Database::create(&server.parse().expect("DATABASE_URL is a URL")).await;
        let store = Store::new(UrlSource::fixed(database.url()), 4);
        store.migrate().await.expect("the schema");
        let handler = Handler::new(store.clone(), watch::channel(WINDOW).1);
        Self { database, store, handler }
    }

    /// Handles these facts in one transaction.
    pub(crate) async fn tell(&self, facts: impl IntoIterator<Item = Fact>) {
        let events: Vec<Event> = facts.into_iter().map(event).collect();
        self.handler.handle_events(&events, || ()).await.expect("the facts are kept");
    }

    pub(crate) async fn execute(&self, statement: &str) {
        let done = self.database.client().batch_execute(statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }

    pub(crate) async fn close(self) {
        self.store.close();
        self.database.dropping().await;
    }
}

/// So many minutes ago, to the microsecond.
pub(crate) fn minutes_ago(minutes: i64) -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6) - TimeDelta::minutes(minutes)
}

/// The lead or freelancer of this number.
pub(crate) fn number(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(crate) fn event(fact: Fact) -> Event {
    Event { id: Uuid::new_v4().to_string(), traceparent: None, origin: Origin::Message, fact }
}

pub(crate) fn notified(freelancer_id: FreelancerId, lead_id: LeadId, at: DateTime<Utc>) -> Fact {
    let (freelancer, lead) = (FreelancerProfile::default(), LeadDetails::default());
    Fact::Notified(Notified { lead_id, freelancer_id, at: own(at), freelancer, lead })
}

pub(crate) fn viewed(freelancer_id: FreelancerId, lead_id: LeadId, at: DateTime<Utc>) -> Fact {
    Fact::Viewed(Viewed { lead_id, freelancer_id, at: own(at) })
}

pub(crate) fn responded(
    freelancer_id: FreelancerId,
    lead_id: LeadId,
    response: Response,
    notes: Option<&str>,
    at: DateTime<Utc>,
) -> Fact {
    let notes = notes.map(str::to_owned);
    Fact::Responded(Responded { lead_id, freelancer_id, response, notes, at: own(at) })
}

pub(crate) fn closed_for(accepted_by: FreelancerId, lead_id: LeadId, at: DateTime<Utc>) -> Fact {
    Fact::Closed(Closed { lead_id, outcome: Outcome::Accepted, accepted_by: Some(accepted_by), at: own(at) })
}

fn own(at: DateTime<Utc>) -> Moment {
    Moment::new(Some(at), Utc::now())
}
