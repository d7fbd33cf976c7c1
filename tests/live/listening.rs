//! Listens to the service as a browser does.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::harness::{BOUND, Service};
use crate::token::Claims;

const PATH: &str = "/api/freelancer/leads/events";

/// Who listens, with which token.
#[derive(Clone)]
pub(crate) struct Listener {
    http: reqwest::Client,
    token: String,
}

/// A stream of events.
pub(crate) struct Events {
    response: Response,
    text: String,
    /// The id that came last, from which to go on.
    pub(crate) last_id: String,
}

/// One event, or an id or a `retry` alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) retry: Option<u64>,
}

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The service said that it is over.
    Closed,
    /// The connection was lost.
    Cut,
}

impl Listener {
    /// A freelancer with a plan and a token for long.
    pub(crate) fn freelancer(id: Uuid) -> Self {
        Self::until(id, Utc::now() + TimeDelta::hours(1), Utc::now() + TimeDelta::days(30))
    }

    /// A freelancer whose token and whose plan, as the token tells, end at these times.
    pub(crate) fn until(id: Uuid, token: DateTime<Utc>, plan: DateTime<Utc>) -> Self {
        let claims = Claims::freelancer(id).at("iat", Utc::now() - TimeDelta::minutes(2)).at("exp", token);
        let token = claims.with("leadPlanEndsAt", json!(plan.to_rfc3339())).sign();
        // One connection at a time, closed with its stream.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build();
        Self { http: http.expect("a client needs nothing"), token }
    }

    /// Asks for the stream, with these headers.
    pub(crate) async fn ask(&self, service: &Service, query: &str, headers: &[(&'static str, &str)]) -> Response {
        let mut request = self.http.get(service.url(&format!("{PATH}{query}"))).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("the service answers")
    }

    /// Listens from now on; the beginning has been read.
    pub(crate) async fn listen(&self, service: &Service) -> Events {
        Events::begin(self.ask(service, "", &[]).await).await
    }

    /// Goes on behind an event.
    pub(crate) async fn resume(&self, service: &Service, last_id: &str) -> Events {
        Events::begin(self.ask(service, "", &[("last-event-id", last_id)]).await).await
    }
}

impl Events {
    /// Reads the beginning of an answer that is a stream.
    pub(crate) async fn begin(response: Response) -> Self {
        assert_eq!(response.status(), 200, "{response:?}");
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(header("content-type").starts_with("text/event-stream"), "{response:?}");
        assert_eq!((header("cache-control"), header("x-accel-buffering")), ("no-store", "no"));
        let mut events = Self { response, text: String::new(), last_id: String::new() };
        let first = events.next().await.expect("the stream begins");
        assert!(first.id.is_some() && first.kind.is_none() && first.data.is_none(), "{first:?}");
        assert!(first.retry.is_some_and(|ms| (1_000..5_000).contains(&ms)), "{first:?}");
        events
    }

    /// The next event that is more than a comment.
    pub(crate) async fn next(&mut self) -> Result<Event, Ending> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = Event::read(block);
                self.text = rest.to_owned();
                self.last_id = event.id.clone().unwrap_or_else(|| std::mem::take(&mut self.last_id));
                if event != Event::default() {
                    return Ok(event);
                }
            }
            let chunk = timeout(BOUND, self.response.chunk()).await.expect("there is another event");
            match chunk {
                Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).expect("all of it is ASCII")),
                Ok(None) => return Err(Ending::Closed),
                Err(_) => return Err(Ending::Cut),
            }
        }
    }

    /// The next event about a lead: which, and its status before and after.
    pub(crate) async fn lead(&mut self) -> (Uuid, Option<String>, String) {
        self.next().await.expect("there is another event").lead()
    }

    /// The next so many events.
    pub(crate) async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.next().await.expect("there is another event"));
        }
        events
    }
}

impl Event {
    fn read(block: &str) -> Self {
        let mut event = Self::default();
        for (field, value) in block.lines().filter_map(|line| line.split_once(": ")) {
            match field {
                "id" => event.id = Some(value.to_owned()),
                "event" => event.kind = Some(value.to_owned()),
                "data" => event.data = serde_json::from_str(value).ok(),
                "retry" => event.retry = value.parse().ok(),
                _ => {}
            }
        }
        event
    }

    /// The lead that it is about, and the lead's status before and after.
    pub(crate) fn lead(&self) -> (Uuid, Option<String>, String) {
        assert_eq!(self.kind.as_deref(), Some("lead"), "{self:?}");
        assert!(self.id.is_some(), "{self:?}");
        let data = self.data.as_ref().expect("data");
        let text = |field: &str| data[field].as_str().map(str::to_owned);
        let lead = text("leadId").and_then(|id| id.parse().ok()).expect("a lead");
        (lead, text("previousStatus"), text("status").expect("a status"))
    }
}
