//! The history as it goes on, handed to those who follow a freelancer.
//!
//! One reader a process, however many follow, and only while somebody does. NOTIFY wakes it up, and it polls besides: a
//! wake-up may be lost, or come before what it tells of can be read.

mod followers;

use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use self::followers::Followers;
pub use self::followers::{Message, Permit, TooMany};
use crate::domain::event::FreelancerId;
use crate::store::{self, Position, Store, Wakeups};

/// How often the history is looked at without a wake-up.
const POLL: Duration = Duration::from_secs(1);
/// At least so long passes between two looks, so that a busy ledger does not wake the reader for each of its batches.
const PAUSE: Duration = Duration::from_millis(50);
/// How soon it shows that a plan or a token has ended, or that somebody has left.
const ROLL_CALL: Duration = Duration::from_secs(1);
/// How often the plans of all who follow are read: a change of a plan wakes nobody up.
const PLANS: Duration = Duration::from_secs(5);
/// How many changes are read at once.
const BATCH: usize = 1000;

/// Reads the history, and knows who follows whom.
pub struct Feed {
    store: Store,
    followers: Mutex<Followers>,
    closed: CancellationToken,
}

/// Why somebody cannot follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The database does not say where the history is.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The freelancer is followed too often.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

impl Feed {
    /// Starts to read whenever somebody follows, until `closed`: then everybody's stream ends.
    pub fn start(store: Store, wakeups: Wakeups, closed: CancellationToken) -> Arc<Self> {
        let feed = Arc::new(Self { store, followers: Mutex::default(), closed });
        let reader = feed.clone();
        tokio::spawn(async move { reader.closed.run_until_cancelled(reader.run(wakeups)).await });
        feed
    }

    /// Follows a freelancer: every change behind `after` once and in order, or every one from now on. Returns where the
    /// stream begins.
    ///
    /// The stream ends when the permit does, when its reader is too slow, and with an error where the database does not
    /// tell what came before. Who goes on behind the last change that arrived misses nothing.
    ///
    /// # Errors
    ///
    /// [`FollowError`]
    pub async fn follow(
        &self,
        freelancer_id: FreelancerId,
        after: Option<Position>,
        permit: Permit,
    ) -> Result<(Position, impl Stream<Item = Result<Message, store::Error>> + use<>), FollowError> {
        let now = self.store.current_position().await?;
        // A position that is yet to come is of another database, or of this one before it was restored.
        let start = after.map_or(now, |after| after.min(now));
        let (read_until, live) = self.followers().join(freelancer_id, permit, now)?;
        let missed = (start < read_until).then_some(start);
        // Boxed, since it is large, is over soon, and what remains may last for hours.
        let earlier = changes_of(self.store.clone(), freelancer_id, missed).boxed();
        let mut last = start;
        let unseen =
            move |message: &Result<Message, _>| ready(message.as_ref().map_or(true, |m| m.is_behind(&mut last)));
        let messages = earlier.chain(live.map(Ok)).filter(unseen);
        Ok((start, messages.take_until(self.closed.clone().cancelled_owned())))
    }

    async fn run(&self, wakeups: Wakeups) {
        tokio::join!(self.read(wakeups), self.learn_plans(), self.call_roll());
    }

    async fn read(&self, mut wakeups: Wakeups) -> Infallible {
        let mut ticks = every(POLL);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = wakeups.next() => {}
            }
            while self.read_batch().await {}
            sleep(PAUSE).await;
        }
    }

    /// Passes on what is new. Returns whether there may be more.
    async fn read_batch(&self) -> bool {
        let Some(after) = self.followers().position() else { return false };
        match self.store.changes_after(after, BATCH).await {
            Ok(batch) => {
                let is_full = batch.is_full;
                self.followers().pass_on(batch, Utc::now());
                is_full
            }
            Err(error) => {
                debug!(error = &error as &dyn std::error::Error, "cannot read the history, trying again");
                false
            }
        }
    }

    async fn learn_plans(&self) -> Infallible {
        let mut ticks = every(PLANS);
        loop {
            ticks.tick().await;
            let followed = self.followers().followed();
            if followed.is_empty() {
                continue;
            }
            match self.store.freelancers(&followed).await {
                Ok(known) => self.followers().learn_plans(&known, Utc::now()),
                Err(error) => debug!(error = &error as &dyn std::error::Error, "cannot read plans, trying again"),
            }
        }
    }

    async fn call_roll(&self) -> Infallible {
        let mut ticks = every(ROLL_CALL);
        loop {
            ticks.tick().await;
            self.followers().call_roll(Utc::now());
        }
    }

    fn followers(&self) -> MutexGuard<'_, Followers> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one freelancer's history has behind `after`; nothing behind `None`.
fn changes_of(
    store: Store,
    freelancer_id: FreelancerId,
    after: Option<Position>,
) -> impl Stream<Item = Result<Message, store::Error>> {
    let batches = stream::try_unfold((store, after), move |(store, after)| async move {
        let Some(after) = after else { return Ok::<_, store::Error>(None) };
        let batch = store.changes_of(freelancer_id, after, BATCH).await?;
        let next = batch.is_full.then_some(batch.position);
        Ok(Some((stream::iter(batch.changes).map(Ok), (store, next))))
    });
    batches.try_flatten().map_ok(Message::Change)
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
