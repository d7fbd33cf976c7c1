//! A lead as a card: what it is about, how the freelancer stands to it, and what can be done.
//!
//! The same card is drawn for the list, for the lead's own page and for what changes live. What it says does not depend
//! on the time of drawing, so that a card which has not changed is the same text.

use maud::{Markup, html};

use super::{View, words};
use crate::domain::event::{Category, Customer, MissedReason};
use crate::domain::interaction::Status;
use crate::page::{budget, icon, moment};
use crate::store::{ListedInteraction, ListedLead};

/// Draws it.
pub(super) fn draw(view: &View<'_>, lead: &ListedLead) -> Markup {
    let row = &lead.interaction;
    let heading = format!("title-{}", lead.id);
    html! {
        article.card id=(format!("lead-{}", lead.id)) data-lead=(lead.id) data-status=(Badge::of(row.status).name)
            data-is-new[row.status == Status::Notified] aria-labelledby=(heading) {
            header {
                h2 id=(heading) { a href=(view.address(lead, "")) { (words::title(lead)) } }
                (Badge::of(row.status).draw())
            }
            (facts(lead))
            @if let Some(description) = &lead.details.description { p.description { (description) } }
            p.standing { (standing(view, lead)) }
            @if let Some(notes) = &row.notes { p.notes { "“" (notes) "”" } }
            (actions(view, lead))
            details.history data-src=(view.address(lead, "")) {
                summary { "History" }
                div { a href=(view.address(lead, "")) { "Show what happened" } }
            }
        }
    }
}

/// How a freelancer stands to a lead, in a word, a colour and an icon.
struct Badge {
    name: &'static str,
    word: &'static str,
    icon: fn() -> Markup,
}

impl Badge {
    fn of(status: Status) -> Self {
        match status {
            Status::Notified | Status::Viewed => Self { name: "pending", word: "Pending", icon: icon::clock },
            Status::Accepted => Self { name: "accepted", word: "Accepted", icon: icon::check },
            Status::Missed => Self { name: "missed", word: "Missed", icon: icon::cross },
            Status::Ignored => Self { name: "ignored", word: "Ignored", icon: icon::dash },
        }
    }

    fn draw(&self) -> Markup {
        html! { span class={ "badge " (self.name) } { ((self.icon)()) (self.word) } }
    }
}

fn facts(lead: &ListedLead) -> Markup {
    let details = &lead.details;
    let place: Vec<&str> = [&details.location, &details.pincode].into_iter().flatten().map(String::as_str).collect();
    html! {
        ul.facts {
            @if let Some(category) = &details.category { li { (dot(category)) (category.name) } }
            @if !place.is_empty() { li { (icon::pin()) (place.join(" ")) } }
            @if let Some(budget) = budget::text(details.budget_min, details.budget_max) { li { (icon::wallet()) (budget) } }
            @if let Some(time) = &details.preferred_time { li { (icon::calendar()) (time) } }
            @if let Some(name) = details.customer.as_ref().and_then(name) { li { (icon::person()) (name) } }
        }
    }
}

/// The trade's colour. It comes from outside, and stands where nothing but a colour has a meaning.
fn dot(category: &Category) -> Markup {
    let color = category.color.as_deref().unwrap_or("currentColor");
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" { circle cx="12" cy="12" r="6" fill=(color) {} }
    }
}

fn name(customer: &Customer) -> Option<String> {
    let names: Vec<&str> =
        [&customer.first_name, &customer.last_name].into_iter().flatten().map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// How things stand, in a line.
fn standing(view: &View<'_>, lead: &ListedLead) -> Markup {
    let row = &lead.interaction;
    let notified = html! { span { "Notified " (moment::time(row.notified_at, view.zone, view.now)) } };
    html! {
        @match row.status {
            Status::Notified | Status::Viewed => {
                strong.countdown data-deadline=(row.deadline_at.timestamp_millis()) {
                    "Respond by " (moment::time(row.deadline_at, view.zone, view.now))
                }
            }
            Status::Accepted => strong { (accepted(view, row)) },
            Status::Missed => strong { (words::missed(view, lead, row)) },
            Status::Ignored => strong { (words::gone(view, lead).unwrap_or_else(|| "You put this aside".to_owned())) },
        }
        (notified)
    }
}

fn accepted(view: &View<'_>, row: &ListedInteraction) -> String {
    let when = row.responded_at.map(|at| moment::when(at, view.zone, view.now)).unwrap_or_default();
    format!("You accepted {when}{}", if row.late { ", after the time was up" } else { "" })
}

/// What can be done. A line of it is always there, so that a card which changes keeps its height.
fn actions(view: &View<'_>, lead: &ListedLead) -> Markup {
    let (row, is_open) = (&lead.interaction, words::is_open(lead));
    html! {
        div.actions {
            @match row.status {
                Status::Notified | Status::Viewed => {
                    (act(view, lead, "accept", "Accept", "primary"))
                    (why(view, lead, "Mark missed"))
                    (act(view, lead, "ignored", "Ignore", "quiet"))
                }
                Status::Accepted => (call(lead)),
                Status::Missed | Status::Ignored if is_open => {
                    (act(view, lead, "accept", "Accept after all", ""))
                    @if row.missed_reason == Some(MissedReason::NoResponse) { (why(view, lead, "Say why")) }
                }
                Status::Missed | Status::Ignored => span.muted { "Nothing more to do" },
            }
        }
    }
}

fn act(view: &View<'_>, lead: &ListedLead, action: &str, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action=(view.address(lead, &format!("/{action}"))) data-action=(action) {
            button class={ "button " (class) } { (label) span.sr-only { ": " (words::title(lead)) } }
        }
    }
}

/// A link to the form; the module opens it in a dialog.
fn why(view: &View<'_>, lead: &ListedLead, label: &str) -> Markup {
    html! {
        a.button href=(view.address(lead, "/missed")) data-action="missed" {
            (label) span.sr-only { ": " (words::title(lead)) }
        }
    }
}

fn call(lead: &ListedLead) -> Markup {
    html! {
        @match &lead.details.mobile_number {
            Some(number) => a.button.primary href={ "tel:" (number) } { (icon::phone()) "Call " (number) },
            None => span.muted { "The customer left no phone number" },
        }
    }
}
