//! The five events as options of the command line, and as data.

use chrono::{DateTime, Utc};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use strum::VariantArray;
use uuid::Uuid;

use super::AFTER_HELP;
use crate::commands::time;
use crate::contract::routing_key::{LEAD_CLOSED, LEAD_NOTIFIED, LEAD_RESPONDED, LEAD_VIEWED, PLAN_CHANGED};
use crate::domain::event::{MissedReason, Outcome, PlanStatus};

#[derive(Debug, Subcommand)]
pub(crate) enum Publish {
    /// lead.notified: a freelancer was notified of a lead.
    #[command(alias = LEAD_NOTIFIED, after_help = AFTER_HELP)]
    Notified(Notified),
    /// lead.viewed: a freelancer looked at a lead.
    #[command(alias = LEAD_VIEWED, after_help = AFTER_HELP)]
    Viewed(Viewed),
    /// lead.responded: a freelancer answered.
    #[command(alias = LEAD_RESPONDED, after_help = AFTER_HELP)]
    Responded(Responded),
    /// lead.closed: a lead is gone.
    #[command(alias = LEAD_CLOSED, after_help = AFTER_HELP)]
    Closed(Closed),
    /// freelancer.plan_changed: a freelancer's lead plan changed.
    #[command(alias = PLAN_CHANGED, after_help = AFTER_HELP)]
    PlanChanged(PlanChanged),
}

/// What every event can have.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The event's id; made up where it is left out.
    #[arg(long, default_value_t = Uuid::new_v4().to_string(), hide_default_value = true)]
    pub(super) id: String,
    /// A JSON object that is merged over the event's data.
    #[arg(long, value_name = "JSON", value_parser = object, default_value = "{}", hide_default_value = true)]
    data: Value,
    /// Print one JSON document: { id, routingKey, leadId, freelancerId }.
    #[arg(long)]
    pub(super) json: bool,
}

/// Who is meant, where an event is about one freelancer's dealings with one lead.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    /// The lead; a new one where it is left out.
    #[arg(long = "lead", value_name = "UUID", default_value_t = Uuid::new_v4(), hide_default_value = true)]
    lead_id: Uuid,
    /// The freelancer; a new one where it is left out.
    #[arg(long = "freelancer", value_name = "UUID", default_value_t = Uuid::new_v4(), hide_default_value = true)]
    freelancer_id: Uuid,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notified {
    #[command(flatten)]
    #[serde(flatten)]
    pair: Pair,
    /// When, as in 2026-01-31T18:30:00+05:30; the time of the event where it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    #[serde(skip_serializing_if = "Option::is_none")]
    notified_at: Option<DateTime<Utc>>,
    /// What the customer wants done.
    #[arg(long)]
    #[serde(rename = "lead", serialize_with = "titled", skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    options: Options,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Viewed {
    #[command(flatten)]
    #[serde(flatten)]
    pair: Pair,
    /// When; the time of the event where it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    #[serde(skip_serializing_if = "Option::is_none")]
    viewed_at: Option<DateTime<Utc>>,
    #[command(flatten)]
    #[serde(skip)]
    options: Options,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Responded {
    #[command(flatten)]
    #[serde(flatten)]
    pair: Pair,
    /// The answer.
    #[arg(long, value_parser = ["accepted", "ignored", "missed"])]
    response: String,
    /// Why it was missed.
    #[arg(long, value_parser = words::<MissedReason>())]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What the freelancer adds.
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// When; the time of the event where it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_at: Option<DateTime<Utc>>,
    #[command(flatten)]
    #[serde(skip)]
    options: Options,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Closed {
    /// The lead; a new one where it is left out.
    #[arg(long = "lead", value_name = "UUID", default_value_t = Uuid::new_v4(), hide_default_value = true)]
    lead_id: Uuid,
    /// Why it is gone.
    #[arg(long, value_parser = words::<Outcome>())]
    outcome: String,
    /// The freelancer who accepted it.
    #[arg(long, value_name = "UUID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_by: Option<Uuid>,
    /// When; the time of the event where it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime<Utc>>,
    #[command(flatten)]
    #[serde(skip)]
    options: Options,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanChanged {
    /// The freelancer; a new one where it is left out.
    #[arg(long = "freelancer", value_name = "UUID", default_value_t = Uuid::new_v4(), hide_default_value = true)]
    freelancer_id: Uuid,
    #[arg(skip = "lead")]
    plan: &'static str,
    /// What became of the plan.
    #[arg(long, value_parser = words::<PlanStatus>())]
    status: String,
    /// When it ends or ended, as in 2026-01-31T18:30:00+05:30.
    #[arg(long, value_name = "TIME", value_parser = time)]
    ends_at: DateTime<Utc>,
    /// When it changed; the time of the event where it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<DateTime<Utc>>,
    #[command(flatten)]
    #[serde(skip)]
    options: Options,
}

impl Publish {
    pub(super) fn routing_key(&self) -> &'static str {
        match self {
            Self::Notified(_) => LEAD_NOTIFIED,
            Self::Viewed(_) => LEAD_VIEWED,
            Self::Responded(_) => LEAD_RESPONDED,
            Self::Closed(_) => LEAD_CLOSED,
            Self::PlanChanged(_) => PLAN_CHANGED,
        }
    }

    pub(super) fn options(&self) -> &Options {
        match self {
            Self::Notified(event) => &event.options,
            Self::Viewed(event) => &event.options,
            Self::Responded(event) => &event.options,
            Self::Closed(event) => &event.options,
            Self::PlanChanged(event) => &event.options,
        }
    }

    /// The event's data, what was given as JSON merged over the rest.
    pub(super) fn data(&self) -> serde_json::Result<Value> {
        let mut data = match self {
            Self::Notified(event) => serde_json::to_value(event),
            Self::Viewed(event) => serde_json::to_value(event),
            Self::Responded(event) => serde_json::to_value(event),
            Self::Closed(event) => serde_json::to_value(event),
            Self::PlanChanged(event) => serde_json::to_value(event),
        }?;
        merge(&mut data, &self.options().data);
        Ok(data)
    }
}

/// Objects are merged field by field; anything else is replaced, by null too, which says something in some fields.
fn merge(onto: &mut Value, over: &Value) {
    match (onto, over) {
        (Value::Object(onto), Value::Object(over)) => {
            for (name, value) in over {
                merge(onto.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (onto, over) => *onto = over.clone(),
    }
}

fn titled<S: Serializer>(title: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    json!({ "title": title }).serialize(serializer)
}

fn words<T: VariantArray + Copy + Into<&'static str>>() -> PossibleValuesParser {
    PossibleValuesParser::new(T::VARIANTS.iter().map(|word| -> &'static str { (*word).into() }))
}

fn object(text: &str) -> Result<Value, String> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|error| format!("no JSON object: {error}"))?;
    Ok(object.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_merged_and_all_else_is_replaced() {
        let mut data = json!({ "leadId": "a", "lead": { "title": "b", "location": "c" } });
        merge(&mut data, &json!({ "leadId": 1, "lead": { "title": null, "category": { "id": 2 } } }));
        let expected = json!({ "leadId": 1, "lead": { "title": null, "location": "c", "category": { "id": 2 } } });
        assert_eq!(data, expected);
    }
}
