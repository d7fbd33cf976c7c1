//! How the service stands: what it depends on, and what waits.

use std::time::Duration;

use maud::{Markup, html};

use super::desk::Desk;
use super::overview::Told;
use super::{PARKED, WINDOW};
use crate::page::number::count;
use crate::page::{icon, moment};
use crate::store::OutboxDepth;

/// What has been due for longer than this waits for something.
const PROMPT: Duration = Duration::from_secs(60);

/// Draws it: from the database what there is of it, and how many messages are parked, where that is known.
pub(super) fn draw(desk: &Desk, told: Option<&Told>, parked: Option<u64>) -> Markup {
    let health = &desk.state.health;
    html! {
        section #standing aria-labelledby="standing-title" {
            h2 #standing-title { "How the service stands" }
            dl.states {
                (database(told.is_some()))
                (broker(health.broker_connected()))
                (consumer(health.consumer_up()))
                (outbox(told.map(|told| &told.outbox)))
                (parked_messages(parked))
                (window(desk, told))
            }
            p.muted { "RabbitMQ and the consumer are seen from the replica that drew this page." }
        }
    }
}

/// Something that is as it should be, or not, or not known.
#[derive(Clone, Copy)]
enum Mark {
    Good,
    Watch,
    Bad,
    Unknown,
}

impl Mark {
    fn draw(self, word: &str) -> Markup {
        let (class, icon) = match self {
            Self::Good => ("accepted", icon::check()),
            Self::Watch => ("pending", icon::clock()),
            Self::Bad => ("missed", icon::cross()),
            Self::Unknown => ("ignored", icon::dash()),
        };
        html! { span class={ "badge " (class) } { (icon) (word) } }
    }
}

fn state(id: &str, name: &str, mark: &Markup, detail: &Markup) -> Markup {
    html! {
        div.tile id=(format!("state-{id}")) { dt { (name) } dd { (mark) } dd.muted { (detail) } }
    }
}

fn database(answers: bool) -> Markup {
    let (mark, detail) = match answers {
        true => (Mark::Good.draw("Answers"), html! { "PostgreSQL has all that is known" }),
        false => (Mark::Bad.draw("Away"), html! { "Nothing is recorded until PostgreSQL is back" }),
    };
    state("database", "Database", &mark, &detail)
}

fn broker(connected: bool) -> Markup {
    let (mark, detail) = match connected {
        true => (Mark::Good.draw("Connected"), html! { "RabbitMQ brings events and timers" }),
        false => (Mark::Bad.draw("Away"), html! { "Freelancers can answer; announcements wait in the outbox" }),
    };
    state("broker", "Broker", &mark, &detail)
}

fn consumer(up: bool) -> Markup {
    let (mark, detail) = match up {
        true => (Mark::Good.draw("Consumes"), html! { "Events are taken as they come" }),
        false => (Mark::Bad.draw("Stopped"), html! { "Events wait in the inbox" }),
    };
    state("consumer", "Consumer", &mark, &detail)
}

fn outbox(depth: Option<&OutboxDepth>) -> Markup {
    let (mark, detail) = match depth {
        None => (Mark::Unknown.draw("Not known"), html! { "while the database is away" }),
        Some(OutboxDepth { pending: 0, .. }) => (Mark::Good.draw("Empty"), html! { "All that was due is published" }),
        Some(depth) => {
            let oldest = Duration::from_secs_f64(depth.oldest_seconds.max(0.0));
            let mark = if oldest > PROMPT { Mark::Bad } else { Mark::Watch };
            let waits = html! { "The oldest has been due for " (moment::brief(oldest)) };
            (mark.draw(&format!("{} waiting", count(depth.pending))), waits)
        }
    };
    state("outbox", "Outbox", &mark, &detail)
}

fn parked_messages(parked: Option<u64>) -> Markup {
    let (mark, detail) = match parked {
        None => (Mark::Unknown.draw("Not known"), html! { "while RabbitMQ does not answer" }),
        Some(0) => (Mark::Good.draw("None"), html! { "Every message could be processed" }),
        Some(parked) => (
            Mark::Bad.draw(&format!("{} parked", count(parked))),
            html! { a href=(PARKED) { "Look at what is parked" } },
        ),
    };
    state("parked", "Parked messages", &mark, &detail)
}

fn window(desk: &Desk, told: Option<&Told>) -> Markup {
    let window = told.and_then(|told| told.setting.window).unwrap_or(match told {
        Some(_) => desk.state.configured_window,
        None => *desk.state.window.borrow(),
    });
    let link = html! { a href=(WINDOW) { "Change it" } };
    state("window", "Response window", &html! { strong { (moment::brief(window)) } }, &link)
}
