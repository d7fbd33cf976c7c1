//! What a freelancer's page shows of the day, asked over HTTP.

use serde_json::Value;
use uuid::Uuid;

use crate::day::{Day, Part};
use crate::harness::{Service, World};
use crate::story::Heard;

/// Asks the service on behalf of one freelancer.
struct Client<'a> {
    service: &'a Service,
    token: String,
}

/// Prints the leads of a freelancer whose answer was long under way, and the history of the one that it was about.
pub(crate) async fn print(day: &Day, world: &World, service: &Service) {
    let part = day.parts.iter().find(|part| part.end.heard == Heard::MissedAndRetracted);
    let part = part.expect("the day has an answer that is long under way");
    let (lead, freelancer) = part.key;
    let client = Client { service, token: trial_token(world, freelancer).await };
    print_leads(part, &client.get("/api/freelancer/leads/all-with-interactions").await);
    print_history(part, &client.get(&format!("/api/freelancer/leads/{lead}/history")).await);
}

async fn trial_token(world: &World, freelancer: Uuid) -> String {
    let allowed = [("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true")];
    let (freelancer, plan_ends_at) = (freelancer.to_string(), "2099-12-31T00:00:00Z");
    let arguments = ["token", "--freelancer", &freelancer, "--plan-ends-at", plan_ends_at];
    world.run_with(&allowed, &arguments).await.succeeded().stdout.trim().to_owned()
}

impl Client<'_> {
    async fn get(&self, path: &str) -> Vec<Value> {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client needs nothing");
        let response = http.get(self.service.url(path)).bearer_auth(&self.token).send().await;
        let response = response.and_then(reqwest::Response::error_for_status).expect("the service answers");
        response.json().await.expect("a list")
    }
}

fn print_leads(part: &Part, leads: &[Value]) {
    println!("What the page of {} shows, from GET /api/freelancer/leads/all-with-interactions:\n", part.freelancer);
    for lead in leads {
        let interaction = &lead["freelancerInteractions"][0];
        let (title, status, reason) =
            (text(&lead["title"]), text(&interaction["status"]), text(&interaction["missedReason"]));
        println!("{}", format!("       {title:<36} {status:<10} {reason}").trim_end());
    }
}

fn print_history(part: &Part, history: &[Value]) {
    println!("\nHow \"{}\" came to that, from GET /api/freelancer/leads/{}/history:\n", part.title, part.key.0);
    for entry in history {
        let (at, status, reason) = (text(&entry["occurredAt"]), text(&entry["status"]), text(&entry["reason"]));
        let (source, actor) = (text(&entry["source"]), text(&entry["actor"]["type"]));
        println!("       {at:<28} {status:<10} {reason:<15} {source:<15} {actor}");
    }
    println!();
}

/// A text; empty where there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
