//! A parked message as a card: what it is, why it is here, and what can be done.

use std::borrow::Cow;

use maud::{Markup, html};
use serde_json::Value;

use super::PARKED;
use super::desk::Desk;
use crate::broker::parked::ParkedMessage;
use crate::page::icon;

/// No more of a body, or of headers, is shown, in bytes.
const SHOWN: usize = 16 * 1024;

/// Draws it.
pub(super) fn draw(desk: &Desk, message: &ParkedMessage) -> Markup {
    let heading = format!("title-{}", message.id);
    html! {
        article.card id=(format!("parked-{}", message.id)) aria-labelledby=(heading) {
            header {
                h2 id=(heading) { (message.routing_key) }
            }
            p.reason { strong { (message.reason) } }
            ul.facts {
                li {
                    (icon::clock())
                    @match message.parked_at { Some(at) => (desk.time(at)), None => "time not known" }
                }
                li { (icon::list()) (message.content_type.as_deref().unwrap_or("no content type")) }
                li.id { (message.id) }
            }
            (content(message))
            (actions(message))
        }
    }
}

fn content(message: &ParkedMessage) -> Markup {
    let (title, text) = match message.body_encoding {
        Some(_) => ("Body (not UTF-8, so in base64)", Cow::Borrowed(&*message.body)),
        None => match laid_out(&message.body) {
            Some(text) => ("Body (JSON, laid out)", Cow::Owned(text)),
            None => ("Body (no JSON, as it came)", Cow::Borrowed(&*message.body)),
        },
    };
    let headers = serde_json::to_string_pretty(&message.headers).unwrap_or_default();
    html! {
        details.content { summary { (title) } (block("Body", &text)) }
        details.content { summary { "Headers" } (block("Headers", &headers)) }
    }
}

/// JSON as people read it; `None` where it is none.
fn laid_out(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body).ok()?;
    serde_json::to_string_pretty(&value).ok()
}

fn block(name: &str, text: &str) -> Markup {
    let shown = &text[..text.floor_char_boundary(SHOWN)];
    html! {
        // Who has no mouse scrolls it, too.
        pre tabindex="0" role="region" aria-label=(name) { code { (shown) } }
        @if text.is_empty() { p.muted { "It is empty." } }
        @if shown.len() < text.len() {
            p.muted { "Cut after " (SHOWN / 1024) " KiB. " code { "lead-tracker parked list --json" } " has all of it." }
        }
    }
}

fn actions(message: &ParkedMessage) -> Markup {
    let address = |action: &str| format!("{PARKED}/{}/{action}", message.id);
    let subject = || html! { span.sr-only { ": " (message.routing_key) ", " (message.id) } };
    html! {
        div.actions {
            form method="post" action=(address("replay")) data-busy="Replaying…" {
                button.button.primary { "Replay" (subject()) }
            }
            details.discard {
                summary.button.danger { "Discard…" (subject()) }
                form method="post" action=(address("discard")) data-busy="Discarding…" {
                    p { "It is deleted for good, and nobody can bring it back." }
                    button.button.danger { "Discard it for good" (subject()) }
                }
            }
        }
    }
}
