//! The published keys, kept at hand.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::Client;
use tokio::time::sleep;
use tracing::warn;

use super::TokenError;
use super::jwks::{self, Key};
use crate::config::Secret;

/// How often the keys are fetched; a key that is withdrawn is accepted for so long at most.
const INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How soon after a failure they are tried again.
const RETRY: Duration = Duration::from_secs(30);
/// Whoever makes up key ids makes us ask their host no more often than this. Longer than a fetch can take, so that there
/// is never more than one.
pub(super) const PAUSE: Duration = Duration::from_secs(10);
/// For how long keys are believed while their host is down.
pub(super) const STALE: Duration = Duration::from_secs(24 * 3600);

const _: () = assert!(PAUSE.as_secs() > jwks::TIMEOUT.as_secs() && RETRY.as_secs() >= PAUSE.as_secs());

/// The keys of one JWKS.
pub(super) struct Keys {
    url: Secret,
    http: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Vec<Key>,
    fetched_at: Option<Instant>,
    last: Option<Refresh>,
}

struct Refresh {
    began_at: Instant,
    has_succeeded: Succeeds,
}

/// Whether a refresh succeeds, for everybody who waits for it.
type Succeeds = Shared<BoxFuture<'static, bool>>;

impl Keys {
    pub(super) fn new(url: Secret, http: Client) -> Self {
        Self { url, http, state: Mutex::default() }
    }

    /// Fetches the keys now and again, for ever.
    pub(super) async fn keep_fresh(self: Arc<Self>) {
        loop {
            let has_succeeded = self.refresh(Instant::now()).await;
            sleep(if has_succeeded { INTERVAL } else { RETRY }).await;
        }
    }

    /// The key of this id, or without an id the only one of the algorithm. For one that is not known, the keys are
    /// fetched first.
    pub(super) async fn find(
        self: &Arc<Self>,
        algorithm: Algorithm,
        id: Option<&str>,
        now: Instant,
    ) -> Result<DecodingKey, TokenError> {
        if let Some(key) = self.known(algorithm, id, now) {
            return Ok(key);
        }
        let has_succeeded = self.refresh(now).await;
        let missing = if has_succeeded { TokenError::UnknownKey } else { TokenError::KeysUnavailable };
        self.known(algorithm, id, now).ok_or(missing)
    }

    fn known(&self, algorithm: Algorithm, id: Option<&str>, now: Instant) -> Option<DecodingKey> {
        let state = self.state();
        let is_stale = |at| now.saturating_duration_since(at) > STALE;
        if state.fetched_at.is_none_or(is_stale) {
            return None;
        }
        let is_meant = |key: &&Key| key.algorithm == algorithm && (id.is_none() || key.id.as_deref() == id);
        let mut meant = state.keys.iter().filter(is_meant);
        let key = meant.next()?;
        // Without an id, two are one too many.
        let is_clear = id.is_some() || meant.next().is_none();
        is_clear.then(|| key.key.clone())
    }

    /// The refresh that began a moment ago, or else a new one. It goes on when whoever waits for it goes away.
    fn refresh(self: &Arc<Self>, now: Instant) -> Succeeds {
        let mut state = self.state();
        let recent = state.last.as_ref().filter(|last| now.saturating_duration_since(last.began_at) < PAUSE);
        if let Some(last) = recent {
            return last.has_succeeded.clone();
        }
        let keys = Arc::clone(self);
        let fetching = tokio::spawn(async move { keys.fetch(now).await });
        let has_succeeded = fetching.map(|outcome| outcome.unwrap_or(false)).boxed().shared();
        state.last = Some(Refresh { began_at: now, has_succeeded: has_succeeded.clone() });
        has_succeeded
    }

    async fn fetch(&self, now: Instant) -> bool {
        let keys = match jwks::fetch(&self.http, &self.url).await {
            Ok(keys) => keys,
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "the keys of tokens cannot be fetched");
                return false;
            }
        };
        if keys.is_empty() {
            warn!("no key is published that verifies RS256 or ES256");
        }
        let mut state = self.state();
        state.keys = keys;
        state.fetched_at = Some(now);
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
