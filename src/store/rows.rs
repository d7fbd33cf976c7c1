//! Rows of the ledger as the domain knows them.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::error::Error;
use crate::domain::event::{LeadDetails, LeadId};
use crate::domain::interaction::{Interaction, Mark, PastOffer};
use crate::domain::lead::{Claim, Closing, Lead};
use crate::domain::plan::{Freelancer, Plan};

/// Puts leads together from their own rows, in which every lead of the others occurs.
pub(super) fn assemble(
    leads: &[Row],
    interactions: &[Row],
    past_offers: &[Row],
) -> Result<BTreeMap<LeadId, Lead>, Error> {
    let mut assembled = BTreeMap::new();
    for row in leads {
        let lead = lead(row)?;
        assembled.insert(lead.id, lead);
    }
    for row in interactions {
        let interaction = interaction(row)?;
        if let Some(lead) = assembled.get_mut(&interaction.lead_id) {
            lead.interactions.insert(interaction.freelancer_id, interaction);
        }
    }
    for row in past_offers {
        let (lead_id, freelancer_id) = (row.try_get("lead_id")?, row.try_get("freelancer_id")?);
        let lead = assembled.get_mut(&lead_id);
        if let Some(interaction) = lead.and_then(|lead| lead.interactions.get_mut(&freelancer_id)) {
            interaction.past.push(past_offer(row)?);
        }
    }
    Ok(assembled)
}

fn lead(row: &Row) -> Result<Lead, Error> {
    let claim = match (row.try_get("claimed_at")?, row.try_get("claimed_by")?) {
        (Some(at), Some(freelancer_id)) => Some(Claim { at, freelancer_id }),
        _ => None,
    };
    let closing = match (row.try_get("closed_at")?, text(row, "closed_outcome")?, row.try_get("closed_outcome_at")?) {
        (Some(at), Some(outcome), Some(outcome_at)) => Some(Closing { at, outcome, outcome_at }),
        _ => None,
    };
    Ok(Lead { id: row.try_get("id")?, details: details(row)?, claim, closing, interactions: BTreeMap::new() })
}

/// What is known of the lead.
pub(super) fn details(row: &Row) -> Result<LeadDetails, Error> {
    Ok(LeadDetails {
        title: row.try_get("title")?,
        description: row.try_get("description")?,
        location: row.try_get("location")?,
        pincode: row.try_get("pincode")?,
        budget_min: row.try_get("budget_min")?,
        budget_max: row.try_get("budget_max")?,
        preferred_time: row.try_get("preferred_time")?,
        created_at: row.try_get("created_at")?,
        category: json(row, "category")?,
        customer: json(row, "customer")?,
        mobile_number: row.try_get("mobile_number")?,
    })
}

fn interaction(row: &Row) -> Result<Interaction, Error> {
    let mark = match (row.try_get("marked_at")?, text(row, "marked_reason")?) {
        (Some(at), Some(reason)) => Some(Mark { at, reason }),
        _ => None,
    };
    Ok(Interaction {
        lead_id: row.try_get("lead_id")?,
        freelancer_id: row.try_get("freelancer_id")?,
        offer: row.try_get("offer")?,
        status: required(row, "status")?,
        missed_reason: text(row, "missed_reason")?,
        notes: row.try_get("notes")?,
        notified_at: row.try_get("notified_at")?,
        deadline_at: row.try_get("deadline_at")?,
        viewed_at: row.try_get("viewed_at")?,
        responded_at: row.try_get("responded_at")?,
        missed_at: row.try_get("missed_at")?,
        late: row.try_get("late")?,
        accepted_at: row.try_get("accepted_at")?,
        ignored_at: row.try_get("ignored_at")?,
        mark,
        announced: row.try_get("announced")?,
        retracted: row.try_get("retracted")?,
        traceparent: row.try_get("traceparent")?,
        past: Vec::new(),
    })
}

fn past_offer(row: &Row) -> Result<PastOffer, Error> {
    Ok(PastOffer {
        offer: row.try_get("offer")?,
        notified_at: row.try_get("notified_at")?,
        deadline_at: row.try_get("deadline_at")?,
        retracted: row.try_get("retracted")?,
    })
}

/// What the table says of a freelancer.
pub(super) fn freelancer(row: &Row) -> Result<Freelancer, Error> {
    let plan = match (text(row, "plan_status")?, row.try_get("plan_stated_at")?) {
        (Some(status), Some(stated_at)) => Some(Plan { status, ends_at: row.try_get("plan_ends_at")?, stated_at }),
        _ => None,
    };
    Ok(Freelancer {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        full_name: row.try_get("full_name")?,
        plan,
    })
}

/// A column whose text is the name of one of `T`'s variants.
pub(super) fn text<T: FromStr>(row: &Row, column: &'static str) -> Result<Option<T>, Error> {
    let name: Option<&str> = row.try_get(column)?;
    name.map(|name| name.parse().map_err(|_| Error::Unknown { column, value: name.to_owned() })).transpose()
}

/// As [`text`], of a column that is never null.
pub(super) fn required<T: FromStr>(row: &Row, column: &'static str) -> Result<T, Error> {
    text(row, column)?.ok_or_else(|| Error::Unknown { column, value: "null".to_owned() })
}

fn json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>, Error> {
    let value: Option<Json<T>> = row.try_get(column)?;
    Ok(value.map(|Json(value)| value))
}
