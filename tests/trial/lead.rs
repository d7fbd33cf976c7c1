//! A lead's life: what a customer asks for, who is offered it, and what becomes of that.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Event, Offer};
use crate::jobs::{JOBS, Job};
use crate::people::Person;
use crate::story::Scheduled;
use crate::times::{minutes, was_due_lately};

/// So many are offered each lead.
const OFFERS: usize = 4;

/// What somebody does about a lead; freelancers are numbered by who is offered it first.
enum Deed {
    Looks(usize),
    Accepts(usize),
    Ignores(usize),
    Misses(usize, &'static str, &'static str),
    CustomerSays(&'static str),
}

use Deed::{Accepts, CustomerSays, Ignores, Looks, Misses};

/// What becomes of leads, in turn: minutes after the offer, and what is done then. Whoever does nothing misses it.
const FATES: [&[(f64, Deed)]; 7] = [
    &[(3.0, Looks(1)), (12.0, Looks(0))],
    &[(1.0, Looks(0)), (6.0, Accepts(0))],
    &[
        (4.0, Misses(0, "busy", "On another site until Friday")),
        (7.0, Ignores(1)),
        (9.0, Misses(2, "not_interested", "")),
    ],
    &[(2.0, Ignores(3)), (11.0, CustomerSays("cancelled"))],
    &[(1.5, Ignores(0)), (2.5, Accepts(3))],
    &[(8.0, Looks(2)), (33.0, Accepts(2))],
    &[(5.0, Ignores(1)), (19.0, CustomerSays("completed"))],
];

/// What the silent ones say of the last day's leads, or the service would seem to have slept through their deadlines.
const EXCUSES: &[(f64, Deed)] = &[
    (13.0, Misses(0, "busy", "")),
    (16.5, Misses(1, "not_interested", "")),
    (21.0, Misses(2, "busy", "")),
    (24.5, Misses(3, "busy", "At a wedding")),
];

const CUSTOMERS: [(&str, &str); 6] = [
    ("Meenakshi", "Sundaram"),
    ("Rahul", "Verma"),
    ("Fatima", "Ansari"),
    ("Jaspreet", "Kaur"),
    ("Thomas", "Kurian"),
    ("Sneha", "Deshpande"),
];
const WISHES: [&str; 5] = [
    "Please call before you come.",
    "Second floor, there is a lift.",
    "We are at home after six.",
    "Bring your own tools, please. The watchman knows and will let you in; parking is in front of the gate.",
    "It should be done by the weekend.",
];
const PREFERRED_TIMES: [&str; 4] = ["Today evening", "Tomorrow before noon", "At the weekend", "Any time"];
const COLORS: [&str; 6] = ["#1d4ed8", "#b45309", "#15803d", "#be185d", "#6d28d9", "#0e7490"];

/// Everything that is told of the lead with this number, each at its time.
pub(crate) fn life(number: usize, people: &[&Person], notified_at: DateTime<Utc>) -> Vec<Scheduled> {
    let lead = Uuid::new_v4();
    let details = details(number, notified_at);
    let chosen: Vec<&Person> = (0..OFFERS).map(|step| people[(number + step * 2) % people.len()]).collect();
    let offers: Vec<Offer> = chosen.iter().map(|person| Offer { lead, freelancer: person.id, notified_at }).collect();
    let notified = offers.iter().zip(&chosen).map(|(offer, person)| {
        let freelancer = json!({ "userId": format!("user-{}", person.id), "fullName": person.name });
        (notified_at, offer.notified().with("lead", details.clone()).with("freelancer", freelancer))
    });
    let fate = FATES[number % FATES.len()].iter().chain(if was_due_lately(notified_at) { EXCUSES } else { &[] });
    let told = fate.map(|(after, deed)| {
        let at = notified_at + minutes(*after);
        (at, deed.told(&offers).at(at))
    });
    notified.chain(told).collect()
}

impl Deed {
    fn told(&self, offers: &[Offer]) -> Event {
        match *self {
            Self::Looks(who) => offers[who].viewed(),
            Self::Accepts(who) => offers[who].responded("accepted"),
            Self::Ignores(who) => offers[who].responded("ignored"),
            Self::Misses(who, reason, notes) => {
                let missed = offers[who].responded("missed").with("reason", json!(reason));
                if notes.is_empty() { missed } else { missed.with("notes", json!(notes)) }
            }
            Self::CustomerSays(outcome) => Event::closed(offers[0].lead, outcome),
        }
    }
}

fn details(number: usize, created_at: DateTime<Utc>) -> Value {
    let Job { title, place, trade, budget: (budget_min, budget_max), .. } = JOBS[number % JOBS.len()];
    let (location, pincode) = place.rsplit_once(' ').unwrap_or((place, ""));
    let (first_name, last_name) = CUSTOMERS[number % CUSTOMERS.len()];
    json!({
        "title": title, "description": format!("{title}. {}", WISHES[number % WISHES.len()]),
        "location": location, "pincode": pincode, "budgetMin": budget_min, "budgetMax": budget_max,
        "preferredTime": PREFERRED_TIMES[number % PREFERRED_TIMES.len()], "createdAt": created_at,
        "category": { "id": trade.to_lowercase(), "name": trade, "color": COLORS[trade.len() % COLORS.len()] },
        "customer": { "id": format!("c-{number}"), "firstName": first_name, "lastName": last_name },
        "mobileNumber": format!("+9198450{:05}", 10_000 + number),
    })
}
