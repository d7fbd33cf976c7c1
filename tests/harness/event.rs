//! The events that other services publish, in the three forms that they may have.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use serde_json::{Value, json};
use uuid::Uuid;

/// How an event is written into a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Only the data; what describes it is in the AMQP properties.
    Bare,
    /// A CloudEvents envelope around the data.
    Structured,
    /// Only the data; what describes it is in headers that begin like this.
    Binary(&'static str),
}

/// An event that is about to be published.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The routing key.
    pub(crate) key: String,
    /// The publisher's id of it.
    pub(crate) id: String,
    /// The payload.
    pub(crate) data: Value,
    form: Form,
    own_time: &'static str,
    headers: BTreeMap<String, String>,
}

impl Event {
    /// An event with an id of its own; `own_time` names the field in which its time is stated.
    pub(crate) fn new(key: &str, own_time: &'static str, data: Value) -> Self {
        let (key, id) = (key.to_owned(), Uuid::new_v4().to_string());
        Self { key, id, data, form: Form::Bare, own_time, headers: BTreeMap::new() }
    }

    /// A lead that is gone.
    pub(crate) fn closed(lead: Uuid, outcome: &str) -> Self {
        Self::new("lead.closed", "closedAt", json!({ "leadId": lead, "outcome": outcome }))
    }

    /// A lead plan that changed.
    pub(crate) fn plan_changed(freelancer: Uuid, status: &str, ends_at: DateTime<Utc>) -> Self {
        let data = json!({ "freelancerId": freelancer, "plan": "lead", "status": status, "endsAt": text(ends_at) });
        Self::new("freelancer.plan_changed", "changedAt", data)
    }

    /// States when it happened.
    pub(crate) fn at(self, time: DateTime<Utc>) -> Self {
        let field = self.own_time;
        self.with(field, json!(text(time)))
    }

    /// Sets a field of the payload.
    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.data[field] = value;
        self
    }

    /// Sets a header of the message.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Chooses how it is written.
    pub(crate) fn written(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// The message's body.
    pub(crate) fn body(&self) -> Vec<u8> {
        match self.form {
            Form::Bare | Form::Binary(_) => self.data.to_string(),
            Form::Structured => json!({
                "specversion": "1.0", "id": self.id, "source": "/hirelocal/leads", "type": self.cloud_type(),
                "datacontenttype": "application/json", "data": self.data,
            })
            .to_string(),
        }
        .into_bytes()
    }

    /// The message's properties: persistent, as every service of this product publishes.
    pub(crate) fn properties(&self) -> BasicProperties {
        let properties = BasicProperties::default().with_delivery_mode(2).with_headers(self.field_table());
        match self.form {
            Form::Bare => {
                properties.with_content_type("application/json".into()).with_message_id(self.id.as_str().into())
            }
            Form::Structured => properties.with_content_type("application/cloudevents+json".into()),
            Form::Binary(_) => properties.with_content_type("application/json".into()),
        }
    }

    fn field_table(&self) -> FieldTable {
        let mut table = FieldTable::default();
        for (name, value) in self.headers.iter().chain(&self.cloud_headers()) {
            table.insert(ShortString::from(name.as_str()), AMQPValue::LongString(LongString::from(value.as_str())));
        }
        table
    }

    fn cloud_headers(&self) -> BTreeMap<String, String> {
        let Form::Binary(prefix) = self.form else {
            return BTreeMap::new();
        };
        let (id, kind) = (self.id.clone(), self.cloud_type());
        [("specversion", "1.0".to_owned()), ("id", id), ("source", "/hirelocal/leads".to_owned()), ("type", kind)]
            .map(|(name, value)| (format!("{prefix}{name}"), value))
            .into()
    }

    fn cloud_type(&self) -> String {
        format!("com.hirelocal.{}", self.key)
    }
}

/// A time as the contract writes it.
pub(crate) fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
