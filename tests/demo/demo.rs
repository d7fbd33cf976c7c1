//! A working day in small: some fifty leads to twenty freelancers, with a response window of ten seconds.
//!
//! Runs the real service on a database and a name prefix of its own, and shows what the notification service would
//! have received and what a freelancer's page shows. Ends with 0 only if every lead came to the end that it had to.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the demo needs less of the harness than the tests do")]
mod harness;

mod binary;
mod day;
mod jobs;
mod page;
mod progress;
mod report;
mod story;

use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;

use day::Day;
use harness::{Addresses, Leftover, World};
use report::Report;

const WINDOW: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let addresses = match Addresses::from_env() {
        Ok(addresses) => addresses,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    let world = World::new(binary::service(), addresses, WINDOW).await;
    tokio::select! {
        as_expected = show(&world) => {
            world.close().await;
            if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        _ = tokio::signal::ctrl_c() => {
            world.abandon();
            ExitCode::from(130)
        }
    }
}

/// Lives through the day and prints what came of it; whether that is what had to.
async fn show(world: &World) -> bool {
    world.leaves(Leftover::Parked);
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let day = Day::starting_at(Utc::now() + Duration::from_millis(500), WINDOW);
    println!("{}", day.introduction());

    progress::while_it_happens(&day, &publisher, &subscriber, world).await;

    let report = Report::new(&day, world, &subscriber).await;
    report.print();
    page::print(&day, world, &service).await;
    if !report.is_as_expected() {
        eprintln!("--- log of the service ---\n{}", service.log());
    }
    report.is_as_expected()
}
