//! Replicas that come and go, and two versions side by side: the ledger stays whole.

use std::path::Path;

use chrono::{TimeDelta, Utc};
use tokio::time::sleep;

use crate::crowd::Crowd;
use crate::crowds::around_the_deadline;
use crate::harness::{Publisher, Service, World};
use crate::world;

/// The release before this one, as `tests/previous.sh` builds it.
const PREVIOUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/previous/lead-tracker");

async fn start_previous(world: &World) -> Service {
    assert!(Path::new(PREVIOUS).exists(), "{PREVIOUS} is missing: run tests/previous.sh, as `make test` does");
    let service = world.spawn(world.service_of(world.program(PREVIOUS)));
    service.ready().await;
    service
}

/// A crowd whose offers the broker has.
async fn offered(world: &World, publisher: &Publisher) -> Crowd {
    const LEADS: usize = 300;
    let crowd = Crowd::of(LEADS, world.window(), |index| around_the_deadline(index, LEADS));
    publisher.send_all(crowd.offers()).await;
    crowd
}

async fn drain(service: &Service) {
    assert_eq!(service.terminate().await.code(), Some(0), "{}", service.log());
}

async fn applied_migrations(world: &World) -> i64 {
    world.rows("_sqlx_migrations").await
}

#[tokio::test]
async fn scaled_to_zero_over_the_deadline_and_up_again_everybody_ends_as_they_must() {
    let world = world(5_000).await;
    let subscriber = world.subscriber().await;
    let (one, other) = tokio::join!(world.start(), world.start());
    let publisher = world.publisher().await;
    let crowd = offered(&world, &publisher).await;

    let scale = async {
        tokio::join!(drain(&one), drain(&other));
        let second_past = crowd.last_deadline() - Utc::now() + TimeDelta::seconds(1);
        sleep(second_past.to_std().unwrap_or_default()).await;
        tokio::join!(world.start(), world.start())
    };
    let (_, _) = tokio::join!(crowd.answer_when_due(&publisher), scale);

    crowd.ends_as_it_must(&world, &subscriber).await;
    world.close().await;
}

#[tokio::test]
async fn a_rolling_update_from_the_previous_release_leaves_the_ledger_whole() {
    let world = world(5_000).await;
    let subscriber = world.subscriber().await;
    let (old, older) = (start_previous(&world).await, start_previous(&world).await);
    let before = applied_migrations(&world).await;
    let publisher = world.publisher().await;

    let first = offered(&world, &publisher).await;
    let update = async {
        let _new = world.start().await;
        let second = offered(&world, &publisher).await;
        tokio::join!(drain(&older), second.answer_when_due(&publisher));
        let _newer = world.start().await;
        let third = offered(&world, &publisher).await;
        tokio::join!(drain(&old), third.answer_when_due(&publisher));
        second.and(third)
    };
    let ((), later) = tokio::join!(first.answer_when_due(&publisher), update);

    assert!(applied_migrations(&world).await > before, "the new version has a schema of its own");
    first.and(later).ends_as_it_must(&world, &subscriber).await;
    world.close().await;
}

#[tokio::test]
async fn the_previous_release_starts_and_works_on_todays_schema() {
    let world = world(5_000).await;
    let subscriber = world.subscriber().await;
    world.run(&["migrate"]).await.succeeded();
    let todays = applied_migrations(&world).await;

    let (_old, _older) = (start_previous(&world).await, start_previous(&world).await);
    let publisher = world.publisher().await;
    let crowd = offered(&world, &publisher).await;
    crowd.answer_when_due(&publisher).await;

    crowd.ends_as_it_must(&world, &subscriber).await;
    assert_eq!(applied_migrations(&world).await, todays, "it leaves the schema as it is");
    world.close().await;
}
