//! The message to oneself that comes back when a response window has passed.

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::domain::announcement::OfferKey;
use crate::domain::event::{FreelancerId, LeadId};

/// Offers as triples: a batch has hundreds of them, and field names would be half of it.
#[derive(Serialize, Deserialize)]
struct Timer {
    offers: Vec<(LeadId, FreelancerId, i32)>,
}

/// The body of a timer for these offers.
pub fn timer_body(offers: &[OfferKey]) -> Vec<u8> {
    let offers = offers.iter().map(|key| (key.lead_id, key.freelancer_id, key.offer)).collect();
    serde_json::to_vec(&Timer { offers }).expect("ids and numbers are always JSON")
}

/// The offers whose timer this is.
///
/// # Errors
///
/// The body is not one that [`timer_body`] writes, or numbers an offer below 1. What it says instead is not repeated:
/// it may be anything.
pub fn parse_timer(body: &[u8]) -> Result<Vec<OfferKey>, Refusal> {
    let timer: Timer =
        serde_json::from_slice(body).map_err(|error| Refusal::Timer { line: error.line(), column: error.column() })?;
    if timer.offers.iter().any(|(_, _, offer)| *offer < 1) {
        return Err(Refusal::Timer { line: 1, column: 1 });
    }
    Ok(timer
        .offers
        .into_iter()
        .map(|(lead_id, freelancer_id, offer)| OfferKey { lead_id, freelancer_id, offer })
        .collect())
}
