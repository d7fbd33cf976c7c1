//! Many leads at once, with what the contract says must become of each.
//!
//! Every lead is offered to two freelancers. The first answers as planned, the second never does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::harness::{Change, Event, Publisher, Subscriber, World, comes_to};
use lead::Lead;

mod lead;

pub(crate) use lead::{Answer, Given};

/// Many leads at once.
pub(crate) struct Crowd {
    window: Duration,
    leads: Vec<Lead>,
}

impl Crowd {
    /// As many leads as asked for, offered now; `plan` says how the first freelancer of each answers.
    pub(crate) fn of(count: usize, window: Duration, plan: impl Fn(usize) -> Answer) -> Self {
        Self { window, leads: (0..count).map(|index| Lead::new(plan(index))).collect() }
    }

    /// Both crowds as one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.leads.extend(other.leads);
        self
    }

    /// All offers.
    pub(crate) fn offers(&self) -> Vec<Event> {
        self.leads.iter().flat_map(|lead| [lead.first.notified(), lead.second.notified()]).collect()
    }

    /// All offers, each answer some way behind its own.
    pub(crate) fn offers_and_answers(&self) -> Vec<Event> {
        const BEHIND: usize = 50;
        let offers = self.offers();
        let mut offers = offers.chunks(2).map(<[Event]>::to_vec);
        let mut events: Vec<Event> = offers.by_ref().take(BEHIND).flatten().collect();
        for lead in &self.leads {
            events.push(lead.answered(self.window));
            events.extend(offers.next().unwrap_or_default());
        }
        events
    }

    /// Publishes every answer when it is due.
    pub(crate) async fn answer_when_due(&self, publisher: &Publisher) {
        let due = |lead: &Lead| lead.published_at(self.window);
        publisher.send_when_due(self.leads.iter().map(|lead| (due(lead), lead.answered(self.window))).collect()).await;
    }

    /// When the last offer can no longer be answered in time.
    pub(crate) fn last_deadline(&self) -> DateTime<Utc> {
        self.leads.iter().map(|lead| lead.second.deadline(self.window)).max().expect("a crowd has a lead")
    }

    /// Waits until tables and announcements are what they must be, and stay so once all is worked off.
    pub(crate) async fn ends_as_it_must(&self, world: &World, subscriber: &Subscriber) {
        let differences = async || self.differences(world, subscriber).await;
        comes_to("differences from the outcome that must be", Vec::new(), differences).await;
        world.settles().await;
        assert_eq!(differences().await, Vec::<String>::new(), "the outcome did not last");
        subscriber.assert_one_id_per_offer();
        self.assert_history_tells_who_did_what(world).await;
    }

    /// The first few differences between what is and what must be.
    async fn differences(&self, world: &World, subscriber: &Subscriber) -> Vec<String> {
        let rows: BTreeMap<_, _> = world.interactions().await.into_iter().map(|row| (row.key, row)).collect();
        let standing = subscriber.standing();
        let outcomes = self.leads.iter().flat_map(|lead| lead.outcomes(self.window));
        let mut found: Vec<String> =
            outcomes.filter_map(|outcome| outcome.difference(rows.get(&outcome.key), &standing)).take(5).collect();
        if rows.len() != 2 * self.leads.len() {
            found.push(format!("{} interactions of {} offers", rows.len(), 2 * self.leads.len()));
        }
        found
    }

    async fn assert_history_tells_who_did_what(&self, world: &World) {
        let changes = world.history().await;
        let unique: BTreeSet<String> = changes.iter().map(|change| format!("{change:?}")).collect();
        assert_eq!(unique.len(), changes.len(), "the history says something twice");
        for lead in self.leads.iter().filter(|lead| lead.counts()) {
            let told = |change: &&Change| change.event_id.as_ref() == Some(&lead.answer_id);
            let answers: Vec<_> =
                changes.iter().filter(told).filter(|change| change.status == lead.answer.response).collect();
            let [answered] = answers[..] else { panic!("an answer must be on record once: {answers:?}") };
            assert_eq!(answered.actor, ("freelancer".to_owned(), Some(lead.first.freelancer.to_string())));
            assert_eq!((answered.key, answered.source.as_str()), (lead.first.key(), "lead.responded"));
        }
        let became_missed = changes.iter().filter(|change| change.became("missed"));
        let mut misses: BTreeMap<_, usize> = BTreeMap::new();
        became_missed.for_each(|change| *misses.entry(change.key).or_default() += 1);
        for lead in &self.leads {
            assert_eq!(misses[&lead.second.key()], 1, "an offer was missed more than once");
        }
    }
}
