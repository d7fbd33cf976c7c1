//! The service to look at and to try out: some sixty leads of the last months, and new ones for as long as it runs.
//!
//! Runs the real service on a database and a name prefix of its own, tells it of leads as other services do, and prints
//! where its pages are. Ctrl-C ends it, and takes everything away again. `PORT` says where to listen.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the trial needs less of the harness than the tests do")]
mod harness;

#[path = "../demo/binary.rs"]
mod binary;
#[path = "../demo/jobs.rs"]
#[allow(dead_code, reason = "leads come to other ends here than in the demo")]
mod jobs;
mod lead;
mod people;
mod port;
#[path = "../demo/story.rs"]
#[allow(dead_code, reason = "leads come to other ends here than in the demo")]
mod story;
mod times;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use lapin::BasicProperties;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use harness::{Addresses, Event, Leftover, Publisher, Service, World, comes_to};
use jobs::MALFORMED;
use people::Person;

const WINDOW: Duration = Duration::from_secs(30 * 60);

#[tokio::main]
async fn main() -> ExitCode {
    let (addresses, address) = match (Addresses::from_env(), port::choose()) {
        (Ok(addresses), Ok(address)) => (addresses, address),
        (Err(sentence), _) | (_, Err(sentence)) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    let world = World::new(binary::service(), addresses, WINDOW).await;
    let status = tokio::select! {
        log = run(&world, address) => {
            eprintln!("the service has ended:\n{log}");
            ExitCode::FAILURE
        }
        () = interrupted() => ExitCode::SUCCESS,
    };
    know_all_windows(&world).await;
    world.abandon();
    status
}

/// Lives on until the service ends; returns its log.
async fn run(world: &World, address: SocketAddr) -> String {
    world.leaves(Leftover::Parked);
    let _notifications = world.subscriber_of(&["lead.missed", "lead.missed_retracted", "lead.responded"]).await;
    let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let trial = world.service().at(address).env("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", true);
    let service = world.spawn(trial.env("LEAD_TRACKER_AUTH__HS256_SECRET", secret));
    service.ready().await;
    tokio::select! {
        () = tell(world, address) => {}
        () = ended(&service) => {}
    }
    ended(&service).await;
    service.log()
}

/// Tells of the past, then of everything else as it happens.
async fn tell(world: &World, address: SocketAddr) {
    let publisher = world.publisher().await;
    let now = Utc::now().trunc_subsecs(6);
    let people = people::everybody();
    publisher.send_all(people.iter().map(|person| person.introduced(now))).await;
    let (past, future): (Vec<_>, _) = events(&people, now).into_iter().partition(|(due, _)| *due <= now);
    let offers = past.iter().filter(|(_, event)| event.key == "lead.notified").count() as i64;
    publisher.send_when_due(past).await;
    publish_malformed(&publisher).await;
    comes_to("offers on record", offers, async || world.rows("freelancer_lead_interactions").await).await;
    world.settles().await;
    println!(
        "\n  The pages are at http://localhost:{}/sign-in\n\n  A new lead comes every {} s. Ctrl-C ends this, and takes \
         everything away again.\n",
        address.port(),
        times::BETWEEN_LEADS.as_secs(),
    );
    publisher.send_when_due(future).await;
}

/// Everything that is ever told of leads, each with its time.
fn events(people: &[Person], now: DateTime<Utc>) -> Vec<(DateTime<Utc>, Event)> {
    let tracked: Vec<&Person> = people.iter().filter(|person| person.has_plan).collect();
    let notified = times::of_leads(now).into_iter().enumerate();
    notified.flat_map(|(number, notified_at)| lead::life(number, &tracked, notified_at)).collect()
}

async fn publish_malformed(publisher: &Publisher) {
    for (key, body) in MALFORMED {
        publisher.send_bytes(key, body.as_bytes(), BasicProperties::default()).await;
    }
}

async fn ended(service: &Service) {
    while service.exit_status().is_none() {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn interrupted() {
    let mut terminated = signal(SignalKind::terminate()).expect("signals can be caught");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

/// An administrator who changes the response window makes another queue.
async fn know_all_windows(world: &World) {
    let windows = world.sql().query("select ms from response_windows", &[]).await.unwrap_or_default();
    for window in windows {
        world.delay_queue(Duration::from_millis(window.get::<_, i64>(0).unsigned_abs()));
    }
}
