//! The day as it happens, on one line.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use chrono::Utc;
use lapin::BasicProperties;

use crate::day::Day;
use crate::harness::{Publisher, Subscriber, World};
use crate::jobs::MALFORMED;
use crate::report::Report;

/// How long after the last event the outcome may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often the day is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Publishes the day's events at their times, and returns once the outcome is the expected one, or patience is over.
pub(crate) async fn while_it_happens(day: &Day, publisher: &Publisher, subscriber: &Subscriber, world: &World) {
    let mut line = Line::new();
    let happening = async {
        tokio::join!(publisher.send_when_due(day.events.clone()), publish_malformed(publisher));
        let told = Instant::now();
        while told.elapsed() < PATIENCE && !Report::new(day, world, subscriber).await.is_as_expected() {
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::select! {
        () = happening => {}
        () = async { loop { line.show(&state(day, subscriber, world).await).await; } } => {}
    }
    line.finish(&state(day, subscriber, world).await);
}

async fn publish_malformed(publisher: &Publisher) {
    for (key, body) in MALFORMED {
        tokio::time::sleep(Duration::from_secs(2)).await;
        publisher.send_bytes(key, body.as_bytes(), BasicProperties::default()).await;
    }
}

async fn state(day: &Day, subscriber: &Subscriber, world: &World) -> String {
    let now = Utc::now();
    let seconds = (now - day.starts_at).as_seconds_f64().max(0.0);
    let told = day.events.iter().filter(|(due, _)| *due <= now).count();
    let parked = world.amqp().ready("lead-tracker.parked").await.unwrap_or(0);
    let heard = |kind| subscriber.of_kind(kind).len();
    format!(
        "  {seconds:>5.1} s   {told:>3} of {} events   {:>2} offers on record   {parked} parked   \
         {:>2} missed   {} retracted",
        day.events.len(),
        world.rows("freelancer_lead_interactions").await,
        heard("lead.missed"),
        heard("lead.missed_retracted"),
    )
}

/// A line that is drawn over on a terminal, and written now and then elsewhere.
struct Line {
    redrawn: bool,
}

impl Line {
    fn new() -> Self {
        Self { redrawn: io::stdout().is_terminal() }
    }

    /// Shows the text for a while.
    async fn show(&mut self, text: &str) {
        self.write(text);
        tokio::time::sleep(if self.redrawn { GLANCE } else { GLANCE * 30 }).await;
    }

    /// Shows the text for good.
    fn finish(&mut self, text: &str) {
        self.write(text);
        println!("{}", if self.redrawn { "\n" } else { "" });
    }

    fn write(&self, text: &str) {
        let written = if self.redrawn { write!(io::stdout(), "\r{text}") } else { writeln!(io::stdout(), "{text}") };
        // A terminal that has gone away is no reason to stop.
        let _ = written.and_then(|()| io::stdout().flush());
    }
}
