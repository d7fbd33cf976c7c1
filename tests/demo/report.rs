//! What came of the day, beside what had to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use uuid::Uuid;

use crate::day::{Day, Part};
use crate::harness::{Received, Subscriber, World};
use crate::jobs::MALFORMED;
use crate::story::Heard;

type Key = (Uuid, Uuid);

/// What came of the day.
pub(crate) struct Report<'a> {
    day: &'a Day,
    missed: Vec<Received>,
    retracted: BTreeSet<Key>,
    ends: BTreeMap<Key, (String, String)>,
    parked: u32,
}

impl<'a> Report<'a> {
    /// Collects what is on record and what the subscriber received.
    pub(crate) async fn new(day: &'a Day, world: &World, subscriber: &Subscriber) -> Self {
        let interactions = world.interactions().await;
        let ends =
            interactions.into_iter().map(|row| (row.key, (row.status, row.reason.unwrap_or_default()))).collect();
        let parked = world.amqp().ready("lead-tracker.parked").await.unwrap_or(0);
        let retracted = subscriber.of_kind("lead.missed_retracted").iter().map(Received::about).collect();
        Self { day, missed: subscriber.of_kind("lead.missed"), retracted, ends, parked }
    }

    /// Whether everything came to the end that it had to.
    pub(crate) fn is_as_expected(&self) -> bool {
        self.surprises().is_empty()
    }

    /// Prints the messages, the counts, and what is not as it had to be.
    pub(crate) fn print(&self) {
        self.print_messages();
        self.print_counts();
        self.print_lateness();
        let surprises = self.surprises();
        surprises.iter().for_each(|surprise| println!("  not as expected: {surprise}"));
        println!("{}\n", if surprises.is_empty() { "  Everything is as expected." } else { "" });
    }

    fn print_messages(&self) {
        println!("What the notification service received as lead.missed:\n");
        println!(
            "  {:>3}  {:<36} {:<16} {:<15} {:<12} {:>9}",
            "", "lead", "freelancer", "reason", "found by", "lateness"
        );
        for (message, number) in self.missed.iter().zip(1..) {
            let part = self.day.part(message.about());
            let (title, freelancer) = part.map_or(("unknown", "unknown"), |part| (part.title, part.freelancer));
            let (reason, found_by) = (message.text("reason"), message.text("detectedBy"));
            let mark = if self.retracted.contains(&message.about()) { "  retracted" } else { "" };
            println!(
                "  {number:>3}  {title:<36} {freelancer:<16} {reason:<15} {found_by:<12} {:>6} ms{mark}",
                lateness(message).num_milliseconds()
            );
        }
    }

    fn print_counts(&self) {
        println!("\n  {:<36} {:>9} {:>9}", "", "expected", "actual");
        for (what, expected, actual) in self.counts() {
            let mark = if expected == actual { "" } else { "   <--" };
            println!("  {what:<36} {expected:>9} {actual:>9}{mark}");
        }
    }

    fn print_lateness(&self) {
        let timeouts = self.missed.iter().filter(|message| message.text("detectedBy") == "timeout");
        let mut late: Vec<i64> = timeouts.map(|message| lateness(message).num_milliseconds()).collect();
        late.sort_unstable();
        if let (Some(median), Some(latest)) = (late.get(late.len() / 2), late.last()) {
            println!("\n  A timeout was received {median} ms after its deadline (median), {latest} ms at most.\n");
        }
    }

    fn counts(&self) -> Vec<(String, usize, usize)> {
        let parts = &self.day.parts;
        let mut counts = vec![("offers on record".to_owned(), parts.len(), self.ends.len())];
        for end in parts.iter().map(|part| (part.end.status, part.end.reason)).collect::<BTreeSet<_>>() {
            let what = if end.1.is_empty() { end.0.to_owned() } else { format!("{}: {}", end.0, end.1) };
            let expected = parts.iter().filter(|part| (part.end.status, part.end.reason) == end).count();
            let actual =
                self.ends.values().filter(|(status, reason)| (status.as_str(), reason.as_str()) == end).count();
            counts.push((what, expected, actual));
        }
        let stand = parts.iter().filter(|part| part.end.heard == Heard::Missed).count();
        counts.push((
            "announced as missed, and so they stay".to_owned(),
            stand,
            (&self.announced() - &self.retracted).len(),
        ));
        counts.push(("malformed messages parked".to_owned(), MALFORMED.len(), self.parked as usize));
        counts
    }

    fn surprises(&self) -> Vec<String> {
        let ends = self.day.parts.iter().filter_map(|part| self.surprise(part));
        let counts = self.counts().into_iter().filter(|(_, expected, actual)| expected != actual);
        let ids: BTreeSet<_> = self.missed.iter().map(|message| &message.id).collect();
        let repeated = (ids.len() != self.announced().len()).then(|| "an offer was announced under two ids".to_owned());
        ends.chain(counts.map(|(what, expected, actual)| format!("{what}: {actual} instead of {expected}")))
            .chain(repeated)
            .collect()
    }

    fn surprise(&self, part: &Part) -> Option<String> {
        let end = self.ends.get(&part.key).map(|(status, reason)| (status.as_str(), reason.as_str()));
        let heard = match (self.announced().contains(&part.key), self.retracted.contains(&part.key)) {
            (true, true) => Heard::MissedAndRetracted,
            (true, false) => Heard::Missed,
            (false, _) => Heard::Nothing,
        };
        let lasting = part.end.heard == Heard::NothingThatLasts && heard != Heard::Missed;
        let as_expected = end == Some((part.end.status, part.end.reason)) && (lasting || heard == part.end.heard);
        (!as_expected).then(|| {
            format!(
                "{} ({}) must be {:?}, but is {end:?} and {heard:?} was heard",
                part.title, part.freelancer, part.end
            )
        })
    }

    fn announced(&self) -> BTreeSet<Key> {
        self.missed.iter().map(Received::about).collect()
    }
}

/// How long after the miss its announcement was received.
fn lateness(message: &Received) -> TimeDelta {
    message.at - message.time("missedAt")
}
