//! The programs in `docs/examples` do what the pages say that quote them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chrono::TimeDelta;
use lapin::BasicProperties;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Offer, World, comes_to, eventually};
use crate::world;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    std::fs::read_to_string(project().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A program with what it needs to know of the world.
fn example(world: &World, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project()).stdin(Stdio::null());
    command.env("AMQP_URL", world.addresses().amqp.as_str()).env("EXCHANGE", world.amqp().name("hirelocal.leads"));
    command
}

/// An example in JavaScript, in a folder beside the packages that it needs, as a reader has it.
fn javascript(world: &World, name: &str) -> Command {
    let packages = project().join("tests/javascript/node_modules");
    assert!(packages.exists(), "the packages of the examples are missing: run `make javascript`");
    let folder = world.folder().join(name);
    std::fs::create_dir(&folder).expect("there is room for a folder");
    std::fs::write(folder.join(name), text(&format!("docs/examples/{name}"))).expect("there is room for a file");
    std::os::unix::fs::symlink(packages, folder.join("node_modules")).expect("the folder is new");
    let mut command = example(world, "node");
    command.arg(folder.join(name));
    command
}

/// Runs a publisher, and waits until the offers that it tells of are recorded.
async fn assert_offers_are_recorded(world: &World, publisher: Command) {
    let finished = world.run_program(publisher).await.succeeded();
    let offers: Vec<_> = finished.stdout.lines().map(offered).collect();
    assert_eq!(offers.len(), 2, "{finished:?}");
    for key in offers {
        let status = async || world.interaction(key).await.map(|row| row.status);
        comes_to("an offer", Some("notified".to_owned()), status).await;
    }
}

/// Lead and freelancer of a line such as `offered … to …`.
fn offered(line: &str) -> (Uuid, Uuid) {
    let ids: Vec<Uuid> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    (ids[0], ids[1])
}

#[tokio::test]
async fn the_publishers_offers_are_recorded() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let arguments = ["--quiet", "--locked", "--example", "publish"];
    let built = Command::new(env!("CARGO")).current_dir(project()).arg("build").args(arguments).status();
    assert!(built.expect("cargo can be run").success());

    let mut rust = example(&world, env!("CARGO"));
    rust.arg("run").args(arguments);
    assert_offers_are_recorded(&world, rust).await;
    assert_offers_are_recorded(&world, javascript(&world, "publish.mjs")).await;
    world.close().await;
}

#[tokio::test]
async fn the_publishers_notice_that_nobody_is_bound() {
    let world = world(60_000).await;
    world.amqp().declare_exchange().await;

    let finished = world.run_program(javascript(&world, "publish.mjs")).await;

    assert!(!finished.status.success(), "{finished:?}");
    assert!(finished.stderr.contains("no queue is bound to lead.notified"), "{finished:?}");
    world.close().await;
}

/// A program that runs until it is dropped.
struct Running {
    child: Child,
    output: PathBuf,
}

impl Running {
    fn start(world: &World, mut command: Command) -> Self {
        let output = world.folder().join("output");
        let file = File::create(&output).expect("there is room for a file");
        let errors = file.try_clone().expect("a file can be opened twice");
        Self { child: command.stdout(file).stderr(errors).spawn().expect("the program can be run"), output }
    }

    /// Waits until it has printed this line.
    async fn says(&self, line: &str) {
        eventually(line, async || self.lines().iter().any(|printed| printed == line)).await;
    }

    fn lines(&self) -> Vec<String> {
        let printed = std::fs::read_to_string(&self.output).unwrap_or_default();
        printed.lines().map(str::to_owned).collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to kill, and waiting only collects its status.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_subscriber_tells_each_miss_once_and_takes_it_back() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let queue = world.amqp().name(&world.new_subscriber_queue());
    let mut command = javascript(&world, "subscribe.mjs");
    let program = Running::start(&world, {
        command.env("QUEUE", &queue);
        command
    });
    program.says(&format!("listening on {queue}")).await;
    let _service = world.start().await;
    let publisher = world.publisher().await;

    let [known, unknown] = [Offer::now(), Offer::now()];
    let overdue = Offer { notified_at: known.notified_at - TimeDelta::hours(2), ..Offer::now() };
    publisher.send_all([known.notified_in_full(), unknown.notified(), overdue.notified()]).await;
    let missed = async |offer: Offer| subscriber.wait_for("lead.missed", offer.key()).await;
    let known_id = missed(known).await.id;
    program.says(&format!("push {known_id} to user-7")).await;
    let of_unknown = |freelancer: Uuid| format!("the user of freelancer {freelancer}");
    program.says(&format!("push {} to {}", missed(unknown).await.id, of_unknown(unknown.freelancer))).await;
    program.says(&format!("list {} to {}", missed(overdue).await.id, of_unknown(overdue.freelancer))).await;

    // Told again, and taken back before it was told.
    let again = missed(unknown).await.envelope.to_string();
    publisher.send_bytes("lead.missed", again.as_bytes(), BasicProperties::default()).await;
    let early = json!({ "id": Uuid::new_v4(), "data": { "missedEventId": "early" } }).to_string();
    publisher.send_bytes("lead.missed_retracted", early.as_bytes(), BasicProperties::default()).await;
    let late = json!({ "id": "early", "data": {} }).to_string();
    publisher.send_bytes("lead.missed", late.as_bytes(), BasicProperties::default()).await;

    publisher.send(known.responded("ignored").at(known.notified_at)).await;
    program.says(&format!("withdraw {known_id}")).await;
    assert_eq!(program.lines().len(), 5, "{:?}", program.lines());
    drop(program);
    world.close().await;
}

#[tokio::test]
async fn the_table_of_notifications_keeps_each_miss_once() {
    let world = world(60_000).await;
    let page = text("docs/subscribing.md");
    let statements = page.split_once("```sql\n").and_then(|(_, rest)| rest.split_once("```")).expect("there is SQL").0;
    let statements: Vec<_> = statements.split(';').collect();
    world.sql().batch_execute(statements[0]).await.expect("the table can be made");
    let (miss, freelancer) = (Uuid::new_v4(), Uuid::new_v4());

    for (statement, changed) in [(1, 1), (1, 0), (2, 1), (1, 0)] {
        let rows = world.sql().execute(statements[statement], &[&miss, &freelancer]).await;
        assert_eq!(rows.expect("the statement is SQL"), changed);
    }
    let state = world.sql().query_one("select state from lead_notifications", &[]).await.expect("there is one row");
    assert_eq!(state.get::<_, &str>(0), "retracted");
    world.close().await;
}

#[test]
fn the_pages_quote_the_programs() {
    for (page, language, program) in [
        ("docs/publishing.md", "rust", "docs/examples/publish.rs"),
        ("docs/publishing.md", "js", "docs/examples/publish.mjs"),
        ("docs/subscribing.md", "js", "docs/examples/subscribe.mjs"),
    ] {
        let quoted = format!("```{language}\n{}```", text(program));
        assert!(text(page).contains(&quoted), "{page} does not quote {program} as it is");
    }
}
