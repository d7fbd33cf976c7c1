//! The data of the inbound events, and the facts they tell.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::Value;
use strum::VariantArray;

use super::field::Field;
use super::object::{Object, Part, object};
use super::refusal::{Refusal, quoted};
use crate::domain::event::{
    Category, Closed, Customer, Fact, FreelancerProfile, LeadDetails, MissedReason, Moment, Notified, Outcome,
    PlanChanged, PlanStatus, Responded, Response, Viewed,
};

const RESPONSES: &str = "accepted, ignored or missed";
static REASONS: LazyLock<String> = LazyLock::new(one_of::<MissedReason>);
static OUTCOMES: LazyLock<String> = LazyLock::new(one_of::<Outcome>);
const PLANS: &str = "lead";
static PLAN_STATUSES: LazyLock<String> = LazyLock::new(one_of::<PlanStatus>);

/// As many characters of a user id as the database and a token's `sub` have room for.
const USER_ID_LIMIT: usize = 255;

/// The data of one kind of event.
pub(super) trait Payload<'a>: Object<'a> + PartialEq {
    /// The fact that the data tells.
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal>;
}

/// The times that count where the data has none of its own.
pub(super) struct Clock {
    /// The event's time, else the broker's timestamp.
    pub(super) stated: Option<DateTime<Utc>>,
    /// When the message was received.
    pub(super) received: DateTime<Utc>,
}

impl Clock {
    fn moment(&self, own: Option<DateTime<Utc>>) -> Moment {
        Moment::new(own.or(self.stated), self.received)
    }
}

object! {
    NotifiedData {
        lead_id as "leadId": Field<'a>,
        freelancer_id as "freelancerId": Field<'a>,
        notified_at as "notifiedAt": Field<'a>,
        freelancer as "freelancer": Part<FreelancerData<'a>>,
        lead as "lead": Part<LeadData<'a>>,
    }
}

impl<'a> Payload<'a> for NotifiedData<'a> {
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal> {
        Ok(Fact::Notified(Notified {
            lead_id: self.lead_id.uuid("leadId")?,
            freelancer_id: self.freelancer_id.uuid("freelancerId")?,
            at: clock.moment(self.notified_at.optional_time("notifiedAt")?),
            freelancer: self.freelancer.or_empty("freelancer")?.profile()?,
            lead: self.lead.or_empty("lead")?.details()?,
        }))
    }
}

object! {
    FreelancerData {
        user_id as "userId": Field<'a>,
        full_name as "fullName": Field<'a>,
        lead_plan_ends_at as "leadPlanEndsAt": Field<'a>,
    }
}

impl FreelancerData<'_> {
    fn profile(self) -> Result<FreelancerProfile, Refusal> {
        const USER_ID: &str = "freelancer.userId";
        let user_id = self.user_id.text_or_number(USER_ID)?;
        if user_id.as_ref().is_some_and(|id| id.chars().count() > USER_ID_LIMIT) {
            return Err(Refusal::TooLong { field: USER_ID, limit: USER_ID_LIMIT });
        }
        Ok(FreelancerProfile {
            user_id,
            full_name: self.full_name.text("freelancer.fullName")?,
            lead_plan_ends_at: match self.lead_plan_ends_at {
                Field::Absent => None,
                // The one null that says something: there is no plan.
                known => Some(known.optional_time("freelancer.leadPlanEndsAt")?),
            },
        })
    }
}

object! {
    LeadData {
        title as "title": Field<'a>,
        description as "description": Field<'a>,
        location as "location": Field<'a>,
        pincode as "pincode": Field<'a>,
        budget_min as "budgetMin": Field<'a>,
        budget_max as "budgetMax": Field<'a>,
        preferred_time as "preferredTime": Field<'a>,
        created_at as "createdAt": Field<'a>,
        category as "category": Part<CategoryData<'a>>,
        customer as "customer": Part<CustomerData<'a>>,
        mobile_number as "mobileNumber": Field<'a>,
    }
}

impl LeadData<'_> {
    fn details(self) -> Result<LeadDetails, Refusal> {
        Ok(LeadDetails {
            title: self.title.text("lead.title")?,
            description: self.description.text("lead.description")?,
            location: self.location.text("lead.location")?,
            pincode: self.pincode.text_or_number("lead.pincode")?,
            budget_min: self.budget_min.number("lead.budgetMin")?,
            budget_max: self.budget_max.number("lead.budgetMax")?,
            preferred_time: self.preferred_time.text("lead.preferredTime")?,
            created_at: self.created_at.optional_time("lead.createdAt")?,
            category: self.category.optional("lead.category")?.map(CategoryData::category).transpose()?,
            customer: self.customer.optional("lead.customer")?.map(CustomerData::customer).transpose()?,
            mobile_number: self.mobile_number.text_or_number("lead.mobileNumber")?,
        })
    }
}

object! {
    CategoryData {
        id as "id": Field<'a>,
        name as "name": Field<'a>,
        icon as "icon": Field<'a>,
        color as "color": Field<'a>,
    }
}

impl CategoryData<'_> {
    /// A category that lacks its id or its name is kept as it is: an offer is worth more than its label.
    fn category(self) -> Result<Category, Refusal> {
        Ok(Category {
            id: self.id.foreign_id("lead.category.id")?.unwrap_or(Value::Null),
            name: self.name.text("lead.category.name")?.unwrap_or_default(),
            icon: self.icon.text("lead.category.icon")?,
            color: self.color.text("lead.category.color")?,
        })
    }
}

object! {
    CustomerData {
        id as "id": Field<'a>,
        first_name as "firstName": Field<'a>,
        last_name as "lastName": Field<'a>,
    }
}

impl CustomerData<'_> {
    fn customer(self) -> Result<Customer, Refusal> {
        Ok(Customer {
            id: self.id.foreign_id("lead.customer.id")?.unwrap_or(Value::Null),
            first_name: self.first_name.text("lead.customer.firstName")?,
            last_name: self.last_name.text("lead.customer.lastName")?,
        })
    }
}

object! {
    ViewedData {
        lead_id as "leadId": Field<'a>,
        freelancer_id as "freelancerId": Field<'a>,
        viewed_at as "viewedAt": Field<'a>,
    }
}

impl<'a> Payload<'a> for ViewedData<'a> {
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal> {
        Ok(Fact::Viewed(Viewed {
            lead_id: self.lead_id.uuid("leadId")?,
            freelancer_id: self.freelancer_id.uuid("freelancerId")?,
            at: clock.moment(self.viewed_at.optional_time("viewedAt")?),
        }))
    }
}

object! {
    RespondedData {
        lead_id as "leadId": Field<'a>,
        freelancer_id as "freelancerId": Field<'a>,
        response as "response": Field<'a>,
        reason as "reason": Field<'a>,
        notes as "notes": Field<'a>,
        responded_at as "respondedAt": Field<'a>,
    }
}

impl<'a> Payload<'a> for RespondedData<'a> {
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal> {
        Ok(Fact::Responded(Responded {
            lead_id: self.lead_id.uuid("leadId")?,
            freelancer_id: self.freelancer_id.uuid("freelancerId")?,
            response: self.response()?,
            at: clock.moment(self.responded_at.optional_time("respondedAt")?),
            notes: self.notes.text("notes")?,
        }))
    }
}

impl RespondedData<'_> {
    /// The response; a reason counts only beside `missed`.
    fn response(&self) -> Result<Response, Refusal> {
        match self.response.word::<String>("response", RESPONSES)?.as_str() {
            "accepted" => Ok(Response::Accepted),
            "ignored" => Ok(Response::Ignored),
            "missed" => {
                let reason = self.reason.optional_word("reason", &REASONS)?;
                Ok(Response::Missed(reason.unwrap_or(MissedReason::NoResponse)))
            }
            other => Err(Refusal::Invalid { field: "response", expected: RESPONSES, found: quoted(other) }),
        }
    }
}

object! {
    ClosedData {
        lead_id as "leadId": Field<'a>,
        outcome as "outcome": Field<'a>,
        accepted_by as "acceptedBy": Field<'a>,
        closed_at as "closedAt": Field<'a>,
    }
}

impl<'a> Payload<'a> for ClosedData<'a> {
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal> {
        Ok(Fact::Closed(Closed {
            lead_id: self.lead_id.uuid("leadId")?,
            outcome: self.outcome.word("outcome", &OUTCOMES)?,
            accepted_by: self.accepted_by.optional_uuid("acceptedBy")?,
            at: clock.moment(self.closed_at.optional_time("closedAt")?),
        }))
    }
}

object! {
    PlanChangedData {
        freelancer_id as "freelancerId": Field<'a>,
        plan as "plan": Field<'a>,
        status as "status": Field<'a>,
        ends_at as "endsAt": Field<'a>,
        changed_at as "changedAt": Field<'a>,
    }
}

impl<'a> Payload<'a> for PlanChangedData<'a> {
    fn fact(self, clock: &Clock) -> Result<Fact, Refusal> {
        let freelancer_id = self.freelancer_id.uuid("freelancerId")?;
        let plan = self.plan.word::<String>("plan", PLANS)?;
        // A change of some other plan, taken for one of the lead plan, would open or shut the page for a freelancer.
        if plan != PLANS {
            return Err(Refusal::Invalid { field: "plan", expected: PLANS, found: quoted(&plan) });
        }
        Ok(Fact::PlanChanged(PlanChanged {
            freelancer_id,
            status: self.status.word("status", &PLAN_STATUSES)?,
            ends_at: self.ends_at.time("endsAt")?,
            at: clock.moment(self.changed_at.optional_time("changedAt")?),
        }))
    }
}

/// The words for every `T`, as a refusal lists them.
pub(crate) fn one_of<T: VariantArray + Copy + Into<&'static str>>() -> String {
    let words: Vec<&str> = T::VARIANTS.iter().map(|word| (*word).into()).collect();
    let (last, others) = words.split_last().expect("there is more than one");
    format!("{} or {last}", others.join(", "))
}
