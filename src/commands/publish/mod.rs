//! `lead-tracker publish`

mod event;

use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::output::{print, print_json};
use super::{after_help, connect, disconnect};
use crate::broker::{Connection, Names, Outbound, Outcome, Publisher, Target};
use crate::config::Settings;
use crate::contract::{self, CLOUD_EVENT, Incoming};
use crate::handler::now;

pub(super) use event::Publish;

pub(super) const AFTER_HELP: &str = after_help!(
    "  Offer a new lead to a new freelancer:
    lead-tracker publish notified --title 'Fix a leaking tap'
  Answer with the ids that it printed:
    lead-tracker publish responded --response accepted --lead 3b6e… --freelancer 91c2…
  Say more than there are options for:
    lead-tracker publish notified --data '{\"lead\": {\"pincode\": \"560001\"}, \"freelancer\": {\"leadPlanEndsAt\": null}}'
  See how a broken message is parked:
    lead-tracker publish viewed --data '{\"leadId\": 42}' && lead-tracker parked list

Every event goes to the exchange, as from another service, and thus to all of its subscribers.",
    "failed, or no queue took the event"
);

/// The `source` of hand-made events.
const SOURCE: &str = "/lead-tracker/publish";
const IS_IT_DECLARED: &str = "is it declared (lead-tracker topology declare)?";

impl Publish {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let json = self.options().json;
        let event = HandMade::new(&self, now())?;
        let (connection, names) = connect(settings).await?;
        let published = event.publish(&connection, &names).await;
        disconnect(connection).await;
        published?;
        if let Some(refusal) = event.refusal() {
            eprintln!("lead-tracker: the service will park this event: {refusal}");
        }
        if json {
            print_json(&event.receipt)?
        } else {
            print(&event.receipt.to_string())?
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// An event that is ready to be sent.
pub(super) struct HandMade {
    receipt: Receipt,
    time: DateTime<Utc>,
    body: Vec<u8>,
}

/// What is told of an event that was sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    id: String,
    routing_key: &'static str,
    lead_id: Value,
    freelancer_id: Value,
}

impl HandMade {
    fn new(event: &Publish, time: DateTime<Utc>) -> serde_json::Result<Self> {
        Ok(Self::of(event.routing_key(), event.options().id.clone(), event.data()?, time))
    }

    /// The event `routing_key` with this id and these data, which happened at `time`.
    pub(super) fn of(routing_key: &'static str, id: String, data: Value, time: DateTime<Utc>) -> Self {
        let [lead_id, freelancer_id] =
            ["leadId", "freelancerId"].map(|name| data.get(name).cloned().unwrap_or_default());
        let subject = if lead_id.is_null() { text(&freelancer_id) } else { text(&lead_id) };
        let body = contract::cloud_event(SOURCE, &id, routing_key, subject, time, data);
        Self { receipt: Receipt { id, routing_key, lead_id, freelancer_id }, time, body }
    }

    /// Sends it, and waits until a queue has taken it.
    pub(super) async fn publish(&self, connection: &Connection, names: &Names) -> anyhow::Result<()> {
        let Receipt { id, routing_key, lead_id, .. } = &self.receipt;
        let mut message =
            Outbound::new(Target::Topic { routing_key: (*routing_key).to_owned() }, id, self.body.clone());
        message.kind = Some((*routing_key).to_owned());
        message.correlation_id = (!lead_id.is_null()).then(|| text(lead_id));
        message.timestamp = Some(self.time);
        message.content_type = Some(CLOUD_EVENT.to_owned());
        message.headers.insert("traceparent".to_owned(), contract::fresh_traceparent());
        let exchange = names.exchange();
        let published = Publisher::open(connection, names).await?.publish(vec![message]).await;
        let reports = published.with_context(|| format!("not published to exchange {exchange}: {IS_IT_DECLARED}"))?;
        match reports.first().map(|report| report.outcome) {
            Some(Outcome::Confirmed) => Ok(()),
            Some(Outcome::Unroutable) => {
                bail!("no queue is bound to {routing_key} on exchange {exchange}: {IS_IT_DECLARED}")
            }
            Some(Outcome::Refused) | None => bail!("a queue that is bound to {routing_key} did not take the event"),
        }
    }

    /// Why the service will not process it; nobody is kept from trying that out.
    fn refusal(&self) -> Option<contract::Refusal> {
        let incoming = Incoming {
            routing_key: self.receipt.routing_key,
            content_type: Some(CLOUD_EVENT),
            message_id: Some(&self.receipt.id),
            timestamp: Some(self.time),
            headers: &[],
            body: &self.body,
            received: self.time,
        };
        contract::parse(&incoming).err()
    }
}

impl std::fmt::Display for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Published {} {}", self.routing_key, self.id)?;
        for (option, id) in [("--lead", &self.lead_id), ("--freelancer", &self.freelancer_id)] {
            if !id.is_null() {
                write!(f, "\n  {option} {}", text(id))?;
            }
        }
        Ok(())
    }
}

/// An id as it is written by hand, where it is what it should be: a text.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
