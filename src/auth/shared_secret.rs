//! The secret that HS256 tokens are signed with.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use tracing::warn;

use crate::config::{Secret, SecretError};

/// For how long a value that came from a file is used before the file is read again. A rotated secret counts, and the
/// old one stops counting, at the latest after this.
pub(super) const REREAD: Duration = Duration::from_secs(5);

/// The secret, read again while it is in use.
pub(super) struct SharedSecret {
    source: Secret,
    read: Mutex<Read>,
}

struct Read {
    key: DecodingKey,
    at: Instant,
}

impl SharedSecret {
    pub(super) fn new(source: Secret, now: Instant) -> Result<Self, SecretError> {
        let read = Mutex::new(Read { key: read_key(&source)?, at: now });
        Ok(Self { source, read })
    }

    /// The key now. While its file cannot be read, the last one that could.
    pub(super) fn key(&self, now: Instant) -> DecodingKey {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(read.at) >= REREAD {
            read.at = now;
            match read_key(&self.source) {
                Ok(key) => read.key = key,
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "the secret of tokens cannot be read again");
                }
            }
        }
        read.key.clone()
    }
}

fn read_key(source: &Secret) -> Result<DecodingKey, SecretError> {
    Ok(DecodingKey::from_secret(source.read()?.as_bytes()))
}
