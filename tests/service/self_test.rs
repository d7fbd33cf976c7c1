//! The test that operators run beside a service.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio_postgres::Client;

use crate::world;

async fn schemas(client: &Client) -> i64 {
    let count = "select count(*) from pg_namespace where nspname like 'self\\_test\\_%'";
    client.query_one(count, &[]).await.expect("the catalogue can be read").get(0)
}

#[tokio::test]
async fn a_lead_goes_through_an_instance_of_its_own_which_leaves_nothing() {
    let world = world(60_000).await;
    world.start().await;

    let finished = world.run(&["self-test"]).await.succeeded();

    for part in ["Made schema self_test_", "Declared self-test-", "Offered lead", "after its deadline.", "Removed"] {
        assert!(finished.stdout.contains(part), "it lacks {part}: {finished:?}");
    }
    assert_eq!(finished.stderr, "", "nothing is wrong");
    assert_eq!(schemas(world.sql()).await, 0);
    assert_eq!(world.rows("leads").await, 0, "the service beside it has not heard of the lead");
    let exchange = finished.stdout.split_whitespace().find(|word| word.starts_with("self-test-"));
    let prefix = exchange.and_then(|name| name.strip_suffix("hirelocal.leads")).expect("the exchange is named");
    let left = [("LEAD_TRACKER_BROKER__PREFIX", prefix), ("DATABASE_URL", "")];
    for (command, gone) in [(&["topology", "verify"], "exchange"), (&["parked", "list"], "queue")] {
        let asked = world.run_with(&left, command).await;
        assert!(asked.complaint().contains(&format!("{gone} {prefix}")), "the {gone} is gone: {asked:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_user_who_may_not_is_told_of_what() {
    let world = world(60_000).await;
    let role = format!("self_test_{}", uuid::Uuid::new_v4().simple());
    world.sql().batch_execute(&format!("create role {role} login")).await.expect("the user may create roles");
    let mut url = world.addresses().database;
    url.set_username(&role).expect("the URL may have a user");

    let finished = world.run_with(&[("DATABASE_URL", url.as_str())], &["self-test"]).await;

    world.sql().batch_execute(&format!("drop role {role}")).await.expect("the role owns nothing");
    let complaint = finished.complaint();
    assert!(complaint.contains("cannot create schema self_test_"), "{finished:?}");
    assert!(complaint.contains("permission denied"), "{finished:?}");
    world.close().await;
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_named_and_leaves_nothing_behind() {
    let world = world(60_000).await;

    let finished = world.run_with(&[("AMQP_URL", "amqp://127.0.0.1:1")], &["self-test"]).await;

    assert!(finished.complaint().contains("127.0.0.1:1"), "{finished:?}");
    assert_eq!(schemas(world.sql()).await, 0);
    world.close().await;
}

#[tokio::test]
async fn told_to_stop_it_removes_what_it_has_made() {
    let world = world(60_000).await;
    let mut command = world.program(env!("CARGO_BIN_EXE_lead-tracker"));
    let mut test = command.arg("self-test").stdout(Stdio::piped()).spawn().expect("the binary can be run");
    let mut lines = BufReader::new(test.stdout.take().expect("stdout is piped")).lines().map_while(Result::ok);

    assert!(lines.any(|line| line.starts_with("Declared")), "it begins its work");
    kill(Pid::from_raw(test.id().try_into().expect("process ids are small")), Signal::SIGTERM).expect("it runs");

    assert_eq!(test.wait().expect("a child can be waited for").code(), Some(1));
    assert_eq!(schemas(world.sql()).await, 0);
    world.close().await;
}
