//! The words of the domain and those that the database has for them.

use std::fmt::Debug;

use lead_tracker::domain::event::{MissedReason, PlanStatus};
use lead_tracker::domain::history::ActorKind;
use lead_tracker::domain::interaction::Status;
use lead_tracker::domain::lead::LeadStatus;
use strum::VariantArray;

use crate::harness::World;
use crate::world;

#[tokio::test]
async fn the_database_has_the_words_of_the_domain() {
    let world = world(60_000).await;
    world.run(&["migrate"]).await.succeeded();
    assert_has_all::<LeadStatus>(&world, "lead_status").await;
    assert_has_all::<Status>(&world, "interaction_status").await;
    assert_has_all::<MissedReason>(&world, "missed_reason").await;
    assert_has_all::<PlanStatus>(&world, "plan_status").await;
    assert_has_all::<ActorKind>(&world, "actor_type").await;
    world.close().await;
}

async fn assert_has_all<T: VariantArray + Copy + Debug + Into<&'static str>>(world: &World, kind: &str) {
    let query = format!("select unnest(enum_range(null::{kind}))::text order by 1");
    let rows = world.sql().query(&query, &[]).await.expect("the type is an enum");
    let known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut words: Vec<&str> = T::VARIANTS.iter().map(|word| (*word).into()).collect();
    words.sort_unstable();
    assert_eq!(known, words, "{kind}");
}
