//! The whole service, from a full inbox until every offer is recorded and its timer is in the outbox.

use std::time::Duration;

use chrono::Utc;

use crate::harness::{Event, Leftover, Service, World};
use crate::usage::{Cpu, peak_memory};
use crate::{OFFERS, fill, seconds_since};

/// What a run of the service came to.
pub(crate) struct Run {
    /// Messages a second.
    pub(crate) per_second: f64,
    /// Processor time while it ran.
    pub(crate) cpu: Cpu,
    /// In seconds.
    pub(crate) took: f64,
    /// Of the service, in MiB.
    pub(crate) peak_memory: f64,
}

/// Fills the inbox while nobody consumes, then starts the service.
pub(crate) async fn measure(world: World, offers: Vec<Event>) -> Run {
    // Offers that state a time and have waited for the start of the measurement are late: their timers wait in the outbox.
    world.leaves(Leftover::Outbox);
    declare(&world).await;
    fill(&world, offers).await;
    let service = world.start().await;
    let run = timed(&service, OFFERS, async || {
        service.metric("lead_tracker_events_total", &[("event", "lead.notified"), ("outcome", "applied")]).await
    });
    let run = run.await;
    world.close().await;
    run
}

/// Makes the queues, as the first start of a service does.
pub(crate) async fn declare(world: &World) {
    let service = world.start().await;
    assert!(service.terminate().await.success(), "the service ends cleanly");
}

/// Times `count` from the first to the last.
pub(crate) async fn timed(service: &Service, goal: usize, mut count: impl AsyncFnMut() -> f64) -> Run {
    let (began, cpu) = (Utc::now(), Cpu::now());
    let mut first = count().await;
    let mut counted_from = began;
    loop {
        let done = count().await;
        if first == 0.0 && done > 0.0 {
            (first, counted_from) = (done, Utc::now());
        }
        if done >= goal as f64 {
            break;
        }
        assert!(service.exit_status().is_none(), "the service ended:\n{}", service.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = seconds_since(counted_from);
    Run { per_second: (goal as f64 - first) / took, cpu: Cpu::now().since(cpu), took, peak_memory: peak_memory() }
}
