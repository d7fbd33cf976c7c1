//! What `lead.notified` tells beside the offer itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an offer says of the freelancer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FreelancerProfile {
    /// The freelancer's id as a user, the `sub` of their tokens; any text of up to 255 characters.
    pub user_id: Option<String>,
    /// The freelancer's name.
    pub full_name: Option<String>,
    /// When the lead plan ends: `None` where nothing is said, `Some(None)` where the publisher says there is no plan.
    pub lead_plan_ends_at: Option<Option<DateTime<Utc>>>,
}

/// What an offer says of the lead. Everything may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeadDetails {
    /// What the customer wants done.
    pub title: Option<String>,
    /// The same at length.
    pub description: Option<String>,
    /// Where, in words.
    pub location: Option<String>,
    /// Where, as an Indian postal code.
    pub pincode: Option<String>,
    /// The least that the customer would pay, in rupees.
    pub budget_min: Option<f64>,
    /// The most that the customer would pay, in rupees.
    pub budget_max: Option<f64>,
    /// When the customer would like it done, in words.
    pub preferred_time: Option<String>,
    /// When the customer posted the job.
    pub created_at: Option<DateTime<Utc>>,
    /// The trade.
    pub category: Option<Category>,
    /// Who posted the job.
    pub customer: Option<Customer>,
    /// The customer's phone number, shown to nobody but the freelancer who accepted.
    pub mobile_number: Option<String>,
}

/// The trade that a lead belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// The parent product's id of it, a text or a number.
    pub id: Value,
    /// Its name.
    pub name: String,
    /// The name of its icon.
    pub icon: Option<String>,
    /// Its colour, as CSS writes it.
    pub color: Option<String>,
}

/// Who posted a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The parent product's id of the customer, a text or a number.
    pub id: Value,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}
