//! Asks the service over HTTP.

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{BOUND, Service};
use crate::token::Claims;

/// Asks on behalf of one user, or of nobody.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    service: Service,
    token: Option<String>,
}

/// What the service answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) text: String,
}

impl Client {
    /// A client without a token.
    pub(crate) fn anonymous(service: &Service) -> Self {
        let http = reqwest::Client::builder().timeout(BOUND).no_proxy().redirect(Policy::none());
        let http = http.build().expect("a client needs nothing");
        Self { http, service: service.clone(), token: None }
    }

    /// A client of a freelancer who has a plan.
    pub(crate) fn freelancer(service: &Service, freelancer: Uuid) -> Self {
        Self::anonymous(service).with_token(Claims::freelancer(freelancer).sign())
    }

    /// The same with this token.
    pub(crate) fn with_token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The same with another service.
    pub(crate) fn asking(self, service: &Service) -> Self {
        Self { service: service.clone(), ..self }
    }

    /// A request that is yet to be sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.service.url(path));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GETs a path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// POSTs JSON to a path.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// Does something about a lead.
    pub(crate) async fn act(&self, lead: Uuid, action: &str, body: &Value) -> Answer {
        self.post(&format!("/api/freelancer/leads/{lead}/{action}"), body).await
    }

    /// The history of a lead.
    pub(crate) async fn history(&self, lead: Uuid) -> Answer {
        self.get(&format!("/api/freelancer/leads/{lead}/history")).await
    }

    /// The leads of the first page.
    pub(crate) async fn leads(&self) -> Vec<Value> {
        self.get("/api/freelancer/leads/all-with-interactions").await.list()
    }
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the service answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("a body") }
}

impl Answer {
    /// A header; empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON, {error}: {self:?}"))
    }

    /// The list that a successful answer is.
    pub(crate) fn list(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{self:?}");
        serde_json::from_value(self.json()).expect("an array")
    }

    /// The lead that a successful action answers with.
    pub(crate) fn lead(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        let mut body = self.json();
        assert_eq!(body["success"], true, "{body}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        body["lead"].take()
    }

    /// The problem that a refusal is; fails where it is not one of this status and kind.
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["type"], format!("urn:lead-tracker:problem:{kind}"), "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()), "{body}");
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
        assert_eq!(body["message"], body["detail"]);
        body
    }
}
