//! compose.yaml without a container engine: its settings, its passwords and its steps, on a broker set up as it says.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use url::Url;

use crate::compose::environment;
use crate::harness::{Addresses, Launch, eventually};
use crate::{BINARY, project, text};

/// A private RabbitMQ with the trial's settings and definitions, and a PostgreSQL; gone when this is.
struct Pair {
    services: Child,
    addresses: Addresses,
}

impl Pair {
    fn start(folder: &Path) -> Self {
        let tell_and_wait = r#"printf '%s\n' "$DATABASE_URL" "$AMQP_URL"; read -r _ || true"#;
        let mut services = Command::new(project("tests/services.sh"));
        services.arg("--rabbitmq").arg(folder).args(["sh", "-c", tell_and_wait]);
        let services = services.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut services = services.expect("tests/services.sh can be run");
        let mut lines = BufReader::new(services.stdout.take().expect("stdout is piped")).lines();
        let mut url = || -> Url {
            let line = lines.next().expect("RabbitMQ and PostgreSQL start, see above");
            line.expect("addresses are UTF-8").parse().expect("an address is a URL")
        };
        let addresses = Addresses { database: url(), amqp: url() };
        Self { services, addresses }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        drop(self.services.stdin.take());
        // Not asserted, since a test may be panicking; what it started ends with it in any case.
        let _ = self.services.wait();
    }
}

/// What the container `secrets` does; where the hosts are known, with them.
fn make_secrets(folder: &Path, hosts: &[(&str, String)]) {
    let mut script = Command::new(project("rabbitmq/trial-secrets.sh"));
    let made = script.arg(folder).envs(hosts.iter().map(|(name, host)| (name, host))).status();
    assert!(made.expect("bash is there").success(), "rabbitmq/trial-secrets.sh fails");
}

fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().expect("it has a host"), url.port().expect("it has a port"))
}

/// The binary as a service of compose.yaml has it.
fn program(service: &str, secrets: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().envs(environment(service, secrets));
    command
}

fn run(service: &str, secrets: &Path, arguments: &[&str]) {
    let output = program(service, secrets).args(arguments).output().expect("the binary can be run");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{service} cannot {arguments:?}: {told}");
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// What PostgreSQL's image makes of POSTGRES_USER and POSTGRES_DB.
async fn make_database(server: &Url) {
    let admin = connect(server.as_str()).await;
    for statement in ["create role leads login", "create database leads owner leads"] {
        admin.batch_execute(statement).await.expect("the server is new");
    }
}

#[tokio::test]
async fn the_trial_works_by_its_own_settings() {
    let folder = TempDir::new().expect("there is room for the secrets");
    let secrets = folder.path();
    make_secrets(secrets, &[]);
    fs::copy(project("rabbitmq/rabbitmq.conf"), secrets.join("rabbitmq.conf")).expect("there is a rabbitmq.conf");
    let pair = Pair::start(secrets);
    make_secrets(secrets, &[("POSTGRESQL", host(&pair.addresses.database)), ("RABBITMQ", host(&pair.addresses.amqp))]);
    make_database(&pair.addresses.database).await;

    run("topology", secrets, &["topology", "declare"]);
    let service = Launch::new(program("lead-tracker", secrets), secrets.join("log")).spawn();
    service.ready().await;
    run("operator", secrets, &["publish", "notified", "--title", "Fix a leaking tap"]);
    run("operator", secrets, &["topology", "verify"]);
    run("operator", secrets, &["token", "--admin"]);

    let ledger = connect(text(secrets.join("database-url")).trim()).await;
    let missed = "select from freelancer_lead_interactions where status = 'missed'";
    eventually("the offer is missed", async || {
        ledger.query_opt(missed, &[]).await.expect("the service has migrated").is_some()
    })
    .await;
    assert!(!service.log().contains("ACCESS_REFUSED"), "{}", service.log());
    assert_eq!(service.terminate().await.code(), Some(0), "{}", service.log());
}
