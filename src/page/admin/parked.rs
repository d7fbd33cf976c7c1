//! Messages that could not be processed: looked at, replayed, discarded.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::Redirect;
use maud::{Markup, html};
use uuid::Uuid;

use super::desk::{Desk, Tab, concluded, unknown};
use super::{PARKED, parked_card};
use crate::api::admin::parked as routes;
use crate::api::problem::Problem;
use crate::broker::parked::ParkedMessage;
use crate::page::icon;
use crate::page::notice::Notice;
use crate::page::number::count;

/// How many messages are shown at once.
const SHOWN: usize = 20;

/// Shows the messages that were parked first.
pub(in crate::page) async fn list(desk: Desk) -> Markup {
    let listed = routes::read(desk.state.clone(), SHOWN).await;
    draw(&desk, None, &listed)
}

/// Leads to the list, from the address of something that one does there.
pub(in crate::page) async fn back() -> Redirect {
    Redirect::to(PARKED)
}

/// Has a message processed again.
pub(in crate::page) async fn replay(
    desk: Desk,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<(StatusCode, Markup), Problem> {
    let id = routes::read_id(id)?;
    let replayed = routes::send_back(desk.state.clone(), desk.admin.clone(), id).await;
    let said = "The message is on its way again. If it still cannot be processed, it comes back here under a new id.";
    Ok(conclude(&desk, replayed, said).await)
}

/// Deletes a message for good.
pub(in crate::page) async fn discard(
    desk: Desk,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<(StatusCode, Markup), Problem> {
    let id = routes::read_id(id)?;
    let discarded = routes::throw_away(desk.state.clone(), desk.admin.clone(), id).await;
    Ok(conclude(&desk, discarded, "The message is deleted.").await)
}

/// Says what came of it, above what is still parked.
async fn conclude(desk: &Desk, outcome: Result<(), Problem>, done: &str) -> (StatusCode, Markup) {
    // Nobody has to wait a second time for a broker that has just not answered.
    let listed = match outcome {
        Err(Problem::Unavailable(why)) => Err(Problem::Unavailable(why)),
        _ => routes::read(desk.state.clone(), SHOWN).await,
    };
    let (status, notice) = concluded(outcome.map(|()| done.to_owned()));
    (status, draw(desk, Some(&notice), &listed))
}

fn draw(desk: &Desk, notice: Option<&Notice>, listed: &Result<Vec<ParkedMessage>, Problem>) -> Markup {
    let body = html! {
        h1 { "Parked messages" }
        p {
            "What cannot be processed is put aside here, alone, with the reason, and nothing else waits for it. Mend what stands "
            "in the way, then replay it: it goes back to its own queue, and to no other subscriber."
        }
        @match listed {
            Ok(messages) if messages.is_empty() => (empty()),
            Ok(messages) => (cards(desk, messages)),
            Err(problem) => (unknown("What is parked cannot be shown", problem)),
        }
    };
    desk.draw(Tab::Parked, notice, &body)
}

fn empty() -> Markup {
    html! {
        div #empty .sheet.empty {
            (icon::check())
            h2 { "Nothing is parked" }
            p { "Every message could be processed." }
        }
    }
}

fn cards(desk: &Desk, messages: &[ParkedMessage]) -> Markup {
    html! {
        p.muted { "Bodies may hold names and phone numbers of customers." }
        ol #parked-messages .cards {
            @for message in messages { li { (parked_card::draw(desk, message)) } }
        }
        @if messages.len() == SHOWN {
            p.muted { "No more than " (count(SHOWN as u64)) " are shown, and others next time." }
            p { a.button href=(PARKED) { "Look at the next ones" } }
        }
    }
}
