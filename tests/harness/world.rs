//! A database, a name prefix and the processes of one test, all gone afterwards.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::Client;
use url::Url;
use uuid::Uuid;

use super::amqp::Amqp;
use super::commands::{self, Finished};
use super::database::Database;
use super::service::{Launch, Service};
use super::subscriber::Subscriber;
use super::{Addresses, Publisher, comes_to, removal};

/// What tokens are signed with.
pub(crate) const SECRET: &str = "a secret for tests alone, of a decent length";

/// What a test may leave behind on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Leftover {
    /// Rows of the outbox.
    Outbox,
    /// Messages in the inbox or among the expired timers.
    Backlog,
    /// Parked messages.
    Parked,
}

/// Everything that belongs to one test.
pub(crate) struct World {
    binary: PathBuf,
    addresses: Addresses,
    prefix: String,
    window: Duration,
    database: Database,
    amqp: Amqp,
    folder: TempDir,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    services: Vec<Service>,
    windows: BTreeSet<u128>,
    subscribers: Vec<String>,
    leftovers: BTreeSet<Leftover>,
    closed: bool,
}

impl World {
    /// A world in which `binary` runs with this response window.
    pub(crate) async fn new(binary: PathBuf, addresses: Addresses, window: Duration) -> Self {
        let prefix = format!("t{}.", &Uuid::new_v4().simple().to_string()[..10]);
        Self::with_prefix(&prefix, binary, addresses, window).await
    }

    /// A world whose names have this prefix, which no other has: none at all, on a broker of its own.
    pub(crate) async fn with_prefix(prefix: &str, binary: PathBuf, addresses: Addresses, window: Duration) -> Self {
        let prefix = prefix.to_owned();
        let database = Database::create(&addresses.database).await;
        let amqp = Amqp::connect(&addresses.amqp, &prefix).await;
        let folder = TempDir::new().expect("there is room for the logs");
        let world = Self { binary, addresses, prefix, window, database, amqp, folder, state: Mutex::default() };
        world.knows_window(window);
        world
    }

    /// The response window that every process here starts with.
    pub(crate) fn window(&self) -> Duration {
        self.window
    }

    /// Where PostgreSQL and RabbitMQ really are; the database is this world's own.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses { database: self.database.url(), amqp: self.addresses.amqp.clone() }
    }

    /// A service that is yet to be started.
    pub(crate) fn service(&self) -> Launch {
        self.service_of(self.command(&[]))
    }

    /// A service that this program is, or starts, when its last argument is `serve`.
    pub(crate) fn service_of(&self, program: Command) -> Launch {
        let log = self.folder.path().join(format!("{}.log", Uuid::new_v4()));
        Launch::new(program, log)
    }

    /// Starts a service and waits until it is ready.
    pub(crate) async fn start(&self) -> Service {
        let service = self.spawn(self.service());
        service.ready().await;
        service
    }

    /// Starts a service without waiting for it.
    pub(crate) fn spawn(&self, launch: Launch) -> Service {
        let service = launch.spawn();
        self.state().services.push(service.clone());
        service
    }

    /// Runs another command of the binary to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Finished {
        commands::run(self.command(arguments)).await
    }

    /// Runs another command with more variables in its environment.
    pub(crate) async fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        commands::run(command).await
    }

    /// Another program, with what the service's binary finds in its environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let inherited = std::env::vars()
            .filter(|(name, _)| ["LEAD_TRACKER_", "OTEL_"].iter().all(|prefix| !name.starts_with(prefix)));
        command.env_clear().envs(inherited).envs(self.settings());
        command
    }

    /// Runs another program to its end.
    #[allow(dead_code, reason = "only the documentation's examples are other programs")]
    pub(crate) async fn run_program(&self, command: Command) -> Finished {
        commands::run(command).await
    }

    /// A publisher like other services have.
    pub(crate) async fn publisher(&self) -> Publisher {
        self.amqp.declare_exchange().await;
        Publisher::new(&self.amqp).await
    }

    /// A subscriber like the notification service.
    pub(crate) async fn subscriber(&self) -> Subscriber {
        self.subscriber_of(&["lead.missed", "lead.missed_retracted"]).await
    }

    /// A subscriber that wants these kinds of messages alone.
    pub(crate) async fn subscriber_of(&self, keys: &[&str]) -> Subscriber {
        let queue = self.new_subscriber_queue();
        self.amqp.declare_exchange().await;
        Subscriber::bound_to(&self.amqp, &queue, keys).await
    }

    /// A subscriber's queue that nobody reads, so that its depth tells what was announced; returns its name.
    #[allow(dead_code, reason = "for benchmarks, where reading would take part in what is measured")]
    pub(crate) async fn unread_subscriber_of(&self, keys: &[&str]) -> String {
        let queue = self.new_subscriber_queue();
        self.amqp.declare_exchange().await;
        self.amqp.declare_bound(&queue, keys).await;
        queue
    }

    /// The broker, seen past the service.
    pub(crate) fn amqp(&self) -> &Amqp {
        &self.amqp
    }

    /// The same broker for another user.
    #[allow(dead_code, reason = "for the users of definitions.json, whom a shared broker does not have")]
    pub(crate) async fn amqp_at(&self, url: &Url) -> Amqp {
        Amqp::connect(url, &self.prefix).await
    }

    /// A connection to this world's database.
    pub(crate) fn sql(&self) -> &Client {
        self.database.client()
    }

    /// Ends every connection to the database but the test's own; returns how many there were.
    pub(crate) async fn terminate_backends(&self) -> usize {
        self.database.terminate_backends().await
    }

    /// The name of the delay queue for a window, without the prefix.
    pub(crate) fn delay_queue(&self, window: Duration) -> String {
        self.knows_window(window);
        format!("lead-tracker.response-window.{}ms", window.as_millis())
    }

    /// A folder that goes with the world.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Says that this test leaves something behind on purpose.
    pub(crate) fn leaves(&self, leftover: Leftover) {
        self.state().leftovers.insert(leftover);
    }

    /// Ends the test: everything is worked off, every service that still runs stops cleanly, nothing is left.
    pub(crate) async fn close(self) {
        self.settles().await;
        let services = self.state().services.clone();
        for service in services.iter().filter(|service| service.exit_status().is_none()) {
            assert_eq!(service.terminate().await.code(), Some(0), "SIGTERM is followed by a clean end");
        }
        self.state().closed = true;
    }

    /// Ends everything at once, without looking at what is left.
    #[allow(dead_code, reason = "only the demo can be interrupted")]
    pub(crate) fn abandon(self) {
        self.state().closed = true;
    }

    /// Waits until outbox and queues are empty, except for what the test leaves behind on purpose.
    pub(crate) async fn settles(&self) {
        let kept = self.state().leftovers.clone();
        if !kept.contains(&Leftover::Outbox) {
            comes_to("unpublished messages", 0, async || self.unpublished().await).await;
        }
        let backlog = ["lead-tracker.inbox", "lead-tracker.expired"].map(|queue| (Leftover::Backlog, queue));
        for (leftover, queue) in backlog.into_iter().chain([(Leftover::Parked, "lead-tracker.parked")]) {
            if !kept.contains(&leftover) {
                let what = format!("messages in {queue}");
                comes_to(&what, 0, async || self.amqp.ready(queue).await.unwrap_or(0)).await;
            }
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(&self.binary);
        command.args(arguments);
        command
    }

    /// What the service's binary finds in its environment.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let Addresses { database, amqp } = self.addresses();
        vec![
            ("DATABASE_URL", database.to_string()),
            ("AMQP_URL", amqp.to_string()),
            ("LEAD_TRACKER_BROKER__PREFIX", self.prefix.clone()),
            ("LEAD_TRACKER_RESPONSE_WINDOW", format!("{}ms", self.window.as_millis())),
            ("LEAD_TRACKER_AUTH__HS256_SECRET", SECRET.to_owned()),
        ]
    }

    fn remove(&self) {
        let state = self.state();
        let delays = state.windows.iter().map(|ms| format!("lead-tracker.response-window.{ms}ms"));
        let queues = ["lead-tracker.inbox", "lead-tracker.expired", "lead-tracker.parked"].map(str::to_owned);
        let queues = queues.into_iter().chain(delays).chain(state.subscribers.iter().cloned()).collect();
        drop(state);
        removal::remove(&self.database, &self.addresses.amqp, &self.prefix, queues);
    }

    fn knows_window(&self, window: Duration) {
        self.state().windows.insert(window.as_millis());
    }

    /// The name, without the prefix, of a queue that goes with the world; whoever uses it declares it.
    pub(crate) fn new_subscriber_queue(&self) -> String {
        let subscribers = &mut self.state().subscribers;
        let queue = format!("subscriber-{}.inbox", subscribers.len() + 1);
        subscribers.push(queue.clone());
        queue
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding the lock")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let services = std::mem::take(&mut self.state().services);
        if std::thread::panicking() {
            services.iter().for_each(|service| eprintln!("--- log of a service ---\n{}", service.log()));
        }
        drop(services);
        self.remove();
        assert!(self.state().closed || std::thread::panicking(), "a test ends with `world.close()`");
    }
}
