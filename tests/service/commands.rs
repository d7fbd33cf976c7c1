//! What all commands have in common: help, usage, exit codes, and where they print.

use lead_tracker::contract::routing_key::INBOUND;

use crate::world;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["migrate"],
    &["topology"],
    &["topology", "declare"],
    &["topology", "verify"],
    &["topology", "prune"],
    &["check-missed-leads"],
    &["publish"],
    &["publish", "notified"],
    &["publish", "viewed"],
    &["publish", "responded"],
    &["publish", "closed"],
    &["publish", "plan-changed"],
    &["parked"],
    &["parked", "list"],
    &["parked", "replay"],
    &["parked", "discard"],
    &["self-test"],
    &["token"],
];

#[tokio::test]
async fn every_command_explains_itself_with_examples_and_exit_codes() {
    let world = world(60_000).await;
    for command in COMMANDS {
        let help = world.run(&[command, &["--help"][..]].concat()).await.succeeded().stdout;
        for part in ["Usage: lead-tracker", "Examples:\n", "Exit codes:\n", "--config"] {
            assert!(help.contains(part), "{command:?} --help lacks {part}:\n{help}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn every_event_can_be_published_by_its_routing_key() {
    let world = world(60_000).await;
    for key in INBOUND {
        world.run(&["publish", key, "--help"]).await.succeeded();
    }
    world.close().await;
}

#[tokio::test]
async fn wrong_usage_ends_with_2() {
    let world = world(60_000).await;
    let wrong: &[&[&str]] = &[
        &[],
        &["serf"],
        &["check-missed-leads", "--limit", "0"],
        &["parked", "replay"],
        &["parked", "discard", "42"],
        &["parked", "discard", "--all", "0b5f3a52-61c7-4c0e-8d4e-27a99f1053b6"],
        &["publish", "responded", "--response", "perhaps"],
        &["publish", "viewed", "--viewed-at", "2026-01-31T18:30:00"],
        &["publish", "viewed", "--data", "[]"],
        &["token"],
        &["token", "--admin", "--expires-in", "5"],
    ];
    for arguments in wrong {
        let finished = world.run(arguments).await;
        assert_eq!(finished.status.code(), Some(2), "{arguments:?}: {finished:?}");
        assert!(finished.stdout.is_empty() && !finished.stderr.is_empty(), "{arguments:?}: {finished:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_reached_is_named_in_one_line_at_once() {
    let world = world(60_000).await;
    let nobody = ("postgres://nobody@127.0.0.1:1/nowhere", "amqp://127.0.0.1:1");
    let unreachable: &[(&str, &str, &[&str])] = &[
        ("AMQP_URL", nobody.1, &["topology", "verify"]),
        ("AMQP_URL", nobody.1, &["parked", "list"]),
        ("AMQP_URL", nobody.1, &["publish", "viewed"]),
        ("DATABASE_URL", nobody.0, &["migrate"]),
        ("DATABASE_URL", nobody.0, &["topology", "declare"]),
        ("DATABASE_URL", nobody.0, &["check-missed-leads"]),
    ];
    for (variable, url, arguments) in unreachable {
        let finished = world.run_with(&[(variable, url)], arguments).await;
        assert!(finished.complaint().contains("127.0.0.1:1"), "{arguments:?}: {finished:?}");
        assert_eq!((finished.status.code(), finished.stdout.as_str()), (Some(1), ""), "{arguments:?}");
    }
    let without = world.run_with(&[("AMQP_URL", "")], &["parked", "list"]).await;
    assert!(without.complaint().contains("AMQP_URL"), "{without:?}");
    world.close().await;
}

#[tokio::test]
async fn a_check_asks_for_the_schema() {
    let world = world(60_000).await;

    let before = world.run(&["check-missed-leads", "--dry-run"]).await;
    world.run(&["migrate"]).await.succeeded();
    let after = world.run(&["check-missed-leads", "--dry-run"]).await.succeeded();

    assert!(before.complaint().contains("lead-tracker migrate"), "{before:?}");
    assert!(after.stdout.starts_with("Nothing is past its deadline"), "{after:?}");
    world.close().await;
}
