//! Leads as the API tells of them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::openapi::{word, word_or_null};
use crate::domain::event::{Category, Customer, FreelancerId, LeadDetails, MissedReason};
use crate::domain::interaction::{Interaction, Status};
use crate::domain::lead::{Lead, LeadStatus};
use crate::store::{ListedInteraction, ListedLead};

/// A lead with this freelancer's interaction. What is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadItem {
    id: Uuid,
    #[schema(required, example = "Kitchen sink leaks")]
    title: Option<String>,
    #[schema(required, example = "Water under the cabinet since this morning")]
    description: Option<String>,
    #[schema(required, example = "Indiranagar, Bengaluru")]
    location: Option<String>,
    /// In rupees.
    #[schema(required, example = 500)]
    budget_min: Option<f64>,
    /// In rupees.
    #[schema(required, example = 1500)]
    budget_max: Option<f64>,
    #[schema(required, example = "560038")]
    pincode: Option<String>,
    #[schema(required, example = "today evening")]
    preferred_time: Option<String>,
    #[schema(schema_with = word::<LeadStatus>)]
    status: LeadStatus,
    /// The id of the freelancer who has the lead.
    #[schema(required)]
    accepted_by: Option<Uuid>,
    #[schema(required)]
    accepted_at: Option<DateTime<Utc>>,
    #[schema(required)]
    created_at: Option<DateTime<Utc>>,
    #[schema(required, value_type = Option<CategoryItem>)]
    category: Option<Category>,
    #[schema(required, value_type = Option<CustomerItem>)]
    customer: Option<Customer>,
    /// The customer's; only there once this freelancer has accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "+919845012345")]
    mobile_number: Option<String>,
    /// This freelancer's one interaction.
    freelancer_interactions: [InteractionItem; 1],
}

/// A trade.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described: what is sent is the domain's")]
struct CategoryItem {
    /// A text or a number.
    #[schema(value_type = Value, example = "plumbing")]
    id: Value,
    #[schema(example = "Plumbing")]
    name: String,
    #[schema(required, example = "wrench")]
    icon: Option<String>,
    /// As CSS writes it.
    #[schema(required, example = "#1d4ed8")]
    color: Option<String>,
}

/// Who posted a lead.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described: what is sent is the domain's")]
struct CustomerItem {
    /// A text or a number.
    #[schema(value_type = Value, example = "c-42")]
    id: Value,
    #[schema(required, example = "Meera")]
    first_name: Option<String>,
    #[schema(required, example = "Nair")]
    last_name: Option<String>,
}

/// How a freelancer stands to a lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InteractionItem {
    #[schema(schema_with = word::<Status>)]
    status: Status,
    #[schema(required, schema_with = word_or_null::<MissedReason>)]
    missed_reason: Option<MissedReason>,
    #[schema(required, example = "Too far")]
    notes: Option<String>,
    #[schema(required)]
    notified_at: Option<DateTime<Utc>>,
    #[schema(required)]
    deadline_at: Option<DateTime<Utc>>,
    #[schema(required)]
    viewed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    responded_at: Option<DateTime<Utc>>,
    /// The number of the offer, from 1.
    #[schema(minimum = 1)]
    offer: i32,
}

impl LeadItem {
    /// A lead as a freelancer may see it.
    fn new(id: Uuid, details: LeadDetails, status: LeadStatus, interaction: InteractionItem) -> Self {
        // Named one by one, so that one more is not forgotten.
        let LeadDetails {
            title,
            description,
            location,
            pincode,
            budget_min,
            budget_max,
            preferred_time,
            created_at,
            category,
            customer,
            mobile_number,
        } = details;
        Self {
            id,
            title,
            description,
            location,
            budget_min,
            budget_max,
            pincode,
            preferred_time,
            status,
            accepted_by: None,
            accepted_at: None,
            created_at,
            category,
            customer,
            mobile_number: mobile_number.filter(|_| interaction.status == Status::Accepted),
            freelancer_interactions: [interaction],
        }
    }

    /// As it stands within a transaction; `None` where the lead was not offered to this freelancer.
    pub(crate) fn of_lead(lead: &Lead, freelancer_id: FreelancerId) -> Option<Self> {
        let interaction = lead.interactions.get(&freelancer_id)?;
        let item = Self::new(lead.id, lead.details.clone(), lead.status(), interaction.into());
        let acceptance = lead.acceptance();
        Some(Self {
            accepted_by: acceptance.map(|claim| claim.freelancer_id),
            accepted_at: acceptance.map(|claim| claim.at),
            ..item
        })
    }
}

impl From<ListedLead> for LeadItem {
    fn from(lead: ListedLead) -> Self {
        let item = Self::new(lead.id, lead.details, lead.status, lead.interaction.into());
        Self { accepted_by: lead.accepted_by, accepted_at: lead.accepted_at, ..item }
    }
}

impl From<&Interaction> for InteractionItem {
    fn from(row: &Interaction) -> Self {
        Self {
            status: row.status,
            missed_reason: row.missed_reason,
            notes: row.notes.clone(),
            notified_at: row.notified_at,
            deadline_at: row.deadline_at,
            viewed_at: row.viewed_at,
            responded_at: row.responded_at,
            offer: row.offer,
        }
    }
}

impl From<ListedInteraction> for InteractionItem {
    fn from(row: ListedInteraction) -> Self {
        Self {
            status: row.status,
            missed_reason: row.missed_reason,
            notes: row.notes,
            notified_at: Some(row.notified_at),
            deadline_at: Some(row.deadline_at),
            viewed_at: row.viewed_at,
            responded_at: row.responded_at,
            offer: row.offer,
        }
    }
}
