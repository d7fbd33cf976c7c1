//! Schemathesis asks in every way that the API describes, and in many that it does not: nothing fails in here, and no
//! answer has a status, a content type or a body that is not described.

use std::path::Path;
use std::process::{Command, Stdio};

use uuid::Uuid;

use crate::harness::{Offer, Service, World};
use crate::token::Claims;
use crate::{offered, world};

/// Two that do not fit: a filter may be refused for what no schema tells, such as a month beside a day, and an empty one
/// counts as none.
const NOT_CHECKED: &str = "positive_data_acceptance,negative_data_rejection";
/// Just below what one user may ask for in the long run.
const RATE: &str = "45/s";

/// Asks the routes that `selection` chooses, with the settings of a configuration file.
async fn assert_is_as_described(world: &World, service: &Service, token: &str, settings: &str, selection: &[&str]) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis/bin/schemathesis");
    assert!(program.exists(), "Schemathesis is missing: run `make schemathesis`");
    let file = world.folder().join("schemathesis.toml");
    std::fs::write(&file, settings).expect("there is room for a file");
    let mut command = Command::new(program);
    command.current_dir(world.folder()).stdin(Stdio::null()).arg("--config-file").arg(file);
    command.args(["run", &service.url("/api/openapi.json"), "--header", &format!("Authorization: Bearer {token}")]);
    command.args(["--exclude-checks", NOT_CHECKED, "--rate-limit", RATE, "--request-timeout", "30"]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1", "--no-color"]);
    command.args(selection);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("running it does not panic");
    let output = output.expect("the program can be run");
    let [told, complaint] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{told}{complaint}");
}

#[tokio::test]
async fn what_freelancers_are_answered_is_described() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber_of(&["lead.responded", "lead.missed"]).await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let offers = ["accept|history", "missed", "ignored|viewed"].map(|routes| (routes, Uuid::new_v4()));
    offered(&world, &offers.map(|(_, lead)| Offer::of(lead, freelancer))).await;
    let parameters = offers.map(|(routes, lead)| {
        format!("[[operations]]\ninclude-path-regex = '/({routes})$'\nparameters = {{ leadId = '{lead}' }}\n")
    });
    let token = Claims::freelancer(freelancer).sign();

    // A stream of events has no end, and administrators have a token of their own.
    let selection = ["--exclude-path-regex", "^/api/admin|/events$"];
    assert_is_as_described(&world, &service, &token, &parameters.concat(), &selection).await;

    world.close().await;
}

#[tokio::test]
async fn what_administrators_are_answered_is_described() {
    let world = world(60_000).await;
    let service = world.start().await;

    // Every response window that is set would leave a queue behind.
    let selection = ["--include-path-regex", "^/api/admin", "--exclude-method", "PUT"];
    assert_is_as_described(&world, &service, &Claims::admin().sign(), "", &selection).await;

    world.close().await;
}
