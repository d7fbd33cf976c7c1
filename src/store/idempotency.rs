//! Answers that are kept for 24 hours, so that a request that is repeated with its `Idempotency-Key` gets the same.
//!
//! Key, action and answer are kept in one transaction: after a crash either all of them are there or none.

use super::error::Error;
use super::ledger::Ledger;
use super::pool::Store;
use super::statement;
use crate::domain::event::FreelancerId;

/// What a request is known again by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey<'k> {
    /// Whose request.
    pub freelancer_id: FreelancerId,
    /// To which route.
    pub route: &'k str,
    /// The header's value, 1 to 255 characters.
    pub key: &'k str,
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, 100 to 599.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// What is known of an [`IdempotencyKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: the request is to be handled, and [`Ledger::remember_answer`] called before the commit.
    First,
    /// The request was answered.
    Answered(Answer),
    /// It came with another request.
    OtherRequest,
}

impl Ledger<'_> {
    /// Claims a key for a request with this fingerprint.
    ///
    /// While another transaction has claimed it this waits: for its answer when it commits, to be the first otherwise. It
    /// is to come before [`Ledger::lock_leads`], so that nobody waits here while holding a lead.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers: a transient error where the other transaction takes too long.
    pub async fn claim_key(&self, key: &IdempotencyKey<'_>, fingerprint: &[u8]) -> Result<Claim, Error> {
        let IdempotencyKey { freelancer_id, route, key } = key;
        let claimed = self.query(statement::CLAIM_IDEMPOTENCY_KEY, &[freelancer_id, route, key, &fingerprint]).await?;
        if !claimed.is_empty() {
            return Ok(Claim::First);
        }
        let rows = self.query(statement::REMEMBERED_ANSWER, &[freelancer_id, route, key]).await?;
        let row = rows.first().ok_or(Error::NoRow)?;
        if row.try_get::<_, &[u8]>("fingerprint")? != fingerprint {
            return Ok(Claim::OtherRequest);
        }
        let status: i16 = row.try_get("status")?;
        Ok(Claim::Answered(Answer { status: status.unsigned_abs(), body: row.try_get("body")? }))
    }

    /// Keeps the answer to a request whose key this transaction has claimed.
    ///
    /// # Errors
    ///
    /// Whatever PostgreSQL answers.
    pub async fn remember_answer(&self, key: &IdempotencyKey<'_>, answer: &Answer) -> Result<(), Error> {
        let IdempotencyKey { freelancer_id, route, key } = key;
        let status = i16::try_from(answer.status).unwrap_or(i16::MAX);
        self.execute(statement::REMEMBER_ANSWER, &[freelancer_id, route, key, &status, &answer.body]).await
    }
}

impl Store {
    /// Forgets keys that are older than 24 hours. Returns how many.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn forget_idempotency_keys(&self) -> Result<u64, Error> {
        self.execute(statement::FORGET_IDEMPOTENCY_KEYS, &[]).await
    }
}
