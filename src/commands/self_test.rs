//! `lead-tracker self-test`

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::output::print;
use super::publish::HandMade;
use super::{after_help, connect, disconnect};
use crate::app;
use crate::broker::{self, Connection, Inbound, Names, topology};
use crate::config::{Auth, Secret, Settings, Sweep};
use crate::contract::routing_key::{LEAD_MISSED, LEAD_NOTIFIED};
use crate::handler::now;
use crate::store::{Store, Target};
use crate::telemetry::metrics;

pub(super) const AFTER_HELP: &str = after_help!(
    "  With the addresses of a service that runs, beside which it does not show:
    DATABASE_URL=postgres://u:p@localhost/leads AMQP_URL=amqp://u:p@localhost lead-tracker self-test

Everything that it makes has a name of its own: a schema self_test_<id>, an exchange and queues self-test-<id>.…, a response \
window of a second. It needs users who may create the schema, and configure, write and read what begins with self-test-. \
All is removed afterwards, also after a failure and when it is told to stop.",
    "failed, or the lead's timer did not have it announced as missed within 30 s"
);

/// How long a freelancer of the test has to respond.
const WINDOW: Duration = Duration::from_secs(1);
/// How long each step is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the broker is asked whether the service consumes.
const POLL: Duration = Duration::from_millis(50);
/// Until the first sweep finds anything: a lead that is missed was found by its timer.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// Runs the test, and removes what it made, whatever came of it.
pub(super) async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let trial = Trial::new(settings)?;
    // Before anything is made that could be left behind.
    let (connection, _) = connect(&trial.settings).await?;
    let outcome = tokio::select! {
        outcome = trial.run(&connection) => outcome,
        _ = terminate.recv() => Err(anyhow!("told to stop before its end")),
        _ = interrupt.recv() => Err(anyhow!("interrupted before its end")),
    };
    disconnect(connection).await;
    match (outcome, trial.remove().await) {
        (Ok(()), removed) => removed?,
        (Err(failure), Ok(())) => return Err(failure),
        (Err(failure), Err(removal)) => return Err(failure.context(format!("{removal:#}; it had failed before"))),
    }
    print("Removed what the test had made.")?;
    Ok(ExitCode::SUCCESS)
}

/// An instance with names and a schema of its own.
struct Trial {
    settings: Settings,
    names: Names,
    schema: String,
    /// The database outside that schema.
    store: Store,
}

impl Trial {
    fn new(mut settings: Settings) -> anyhow::Result<Self> {
        let id = &Uuid::new_v4().simple().to_string()[..12];
        let schema = format!("self_test_{id}");
        let store = app::store(&settings)?;
        settings.amqp_url()?;
        let url = Target::in_schema(&settings.database_url()?.read()?, &schema)?;
        settings.database.url = Some(Secret::Value(url));
        settings.database.migrate = true;
        settings.broker.prefix = format!("self-test-{id}.");
        settings.broker.declare = true;
        settings.response_window = WINDOW;
        settings.sweep = Sweep { interval: NEVER, grace: NEVER };
        settings.http.address = ([127, 0, 0, 1], 0).into();
        settings.auth = nobody();
        Ok(Self { names: Names::new(&settings.broker.prefix), settings, schema, store })
    }

    async fn run(&self, connection: &Connection) -> anyhow::Result<()> {
        let created = self.store.create_schema(&self.schema).await;
        created.with_context(|| format!("cannot create schema {}", self.schema))?;
        print(&format!("Made schema {}.", self.schema))?;
        topology::declare(connection, &self.names, WINDOW).await?;
        print(&format!("Declared {} and its queues.", self.names.exchange()))?;
        let queue = format!("{}subscriber", self.settings.broker.prefix);
        let mut subscriber = broker::listen(connection, &self.names, &queue, LEAD_MISSED).await?;
        self.serve_meanwhile(self.see_a_lead_missed(connection, &mut subscriber)).await
    }

    /// Runs the service until `work` is done, and drains it.
    async fn serve_meanwhile(&self, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let shutdown = CancellationToken::new();
        let mut service = std::pin::pin!(app::serve(self.settings.clone(), metrics::install()?, shutdown.clone()));
        let outcome = tokio::select! {
            ended = &mut service => return ended.and_then(|()| bail!("the service ended by itself")),
            outcome = work => outcome,
        };
        shutdown.cancel();
        service.await?;
        outcome
    }

    async fn see_a_lead_missed(&self, connection: &Connection, subscriber: &mut Inbound) -> anyhow::Result<()> {
        within("nobody consumes the inbox", self.is_consumed(connection)).await?;
        let (lead_id, freelancer_id, offered) = (Uuid::new_v4(), Uuid::new_v4(), now());
        let data = json!({ "leadId": lead_id, "freelancerId": freelancer_id, "notifiedAt": offered });
        let offer = HandMade::of(LEAD_NOTIFIED, Uuid::new_v4().to_string(), data, offered);
        offer.publish(connection, &self.names).await?;
        print(&format!("Offered lead {lead_id}."))?;
        let missed = within("the lead was not announced as missed", Missed::receive(subscriber)).await?;
        let is_the_one = (missed.lead_id, missed.freelancer_id) == (lead_id, freelancer_id);
        ensure!(is_the_one, "another lead was missed: {missed:?}");
        let late = (now() - missed.deadline_at).num_milliseconds();
        print(&format!("Missed, and announced {late} ms after its deadline."))
    }

    async fn is_consumed(&self, connection: &Connection) -> anyhow::Result<()> {
        while broker::depth(connection, self.names.inbox()).await?.consumers == 0 {
            sleep(POLL).await;
        }
        Ok(())
    }

    async fn remove(&self) -> anyhow::Result<()> {
        let prefix = &self.settings.broker.prefix;
        let queues =
            self.remove_queues().await.with_context(|| format!("what begins with {prefix} is still on the broker"));
        let schema = self.store.drop_schema(&self.schema).await;
        let schema = schema.with_context(|| format!("schema {} is still there", self.schema));
        queues.and(schema)
    }

    async fn remove_queues(&self) -> anyhow::Result<()> {
        let (connection, names) = connect(&self.settings).await?;
        broker::remove(&connection, &names, WINDOW).await?;
        disconnect(connection).await;
        Ok(())
    }
}

/// Waits for a step as long as [`PATIENCE`] allows.
async fn within<T>(otherwise: &str, step: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    timeout(PATIENCE, step).await.map_err(|_| anyhow!("{otherwise} within {} s", PATIENCE.as_secs()))?
}

/// Tokens that nobody can make: the test asks nothing over HTTP.
fn nobody() -> Auth {
    let secret = format!("{}{}", Uuid::new_v4(), Uuid::new_v4());
    Auth {
        hs256_secret: Some(Secret::Value(secret)),
        jwks_url: None,
        issuer: None,
        audience: None,
        allow_trial_tokens: false,
    }
}

/// What the test reads of an announcement.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Missed {
    lead_id: Uuid,
    freelancer_id: Uuid,
    deadline_at: DateTime<Utc>,
}

impl Missed {
    async fn receive(subscriber: &mut Inbound) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Envelope {
            data: Missed,
        }
        let deliveries = subscriber.receive(1, Duration::ZERO).await?;
        let delivery = deliveries.first().context("nothing was delivered")?;
        Ok(serde_json::from_slice::<Envelope>(&delivery.body)?.data)
    }
}
