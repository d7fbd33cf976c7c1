//! The response window: what it is, what a change does, and the change.

use axum::Form;
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::WINDOW;
use super::desk::{Desk, Tab, concluded, sentence, unknown};
use crate::api::admin::window::{self as routes, LONGEST, SHORTEST};
use crate::api::problem::Problem;
use crate::page::moment;
use crate::page::notice::Notice;
use crate::store::WindowSetting;

/// What the form says.
#[derive(Debug, Deserialize)]
pub(in crate::page) struct Wanted {
    #[serde(default)]
    minutes: String,
}

/// Shows it.
pub(in crate::page) async fn window(desk: Desk) -> Markup {
    show(&desk, None, &Typed::Nothing).await
}

/// Changes it.
pub(in crate::page) async fn set_window(desk: Desk, Form(wanted): Form<Wanted>) -> (StatusCode, Markup) {
    let window = wanted.minutes.trim().parse().ok().and_then(routes::of_minutes);
    let Some(window) = window else {
        return (StatusCode::UNPROCESSABLE_ENTITY, show(&desk, None, &Typed::Refused(wanted.minutes)).await);
    };
    let changed = routes::change(&desk.state, &desk.admin, window).await;
    let said = || format!("From now on, freelancers have {} to respond.", moment::duration(window));
    let typed = if changed.is_ok() { Typed::Nothing } else { Typed::InVain(wanted.minutes) };
    let (status, notice) = concluded(changed.map(|()| said()));
    (status, show(&desk, Some(&notice), &typed).await)
}

/// What stands in the form, so that nobody has to type it again.
enum Typed {
    /// What holds now.
    Nothing,
    /// It was right, and came to nothing.
    InVain(String),
    /// It is no window.
    Refused(String),
}

async fn show(desk: &Desk, notice: Option<&Notice>, typed: &Typed) -> Markup {
    let setting = desk.state.store.response_window_setting().await.map_err(Problem::from);
    let body = html! {
        h1 { "Response window" }
        p { "How long freelancers have to answer an offer, before it counts as missed." }
        div.pair {
            (standing(desk, &setting))
            (form(desk, setting.as_ref().ok(), typed))
        }
    };
    desk.draw(Tab::Window, notice, &body)
}

fn standing(desk: &Desk, setting: &Result<WindowSetting, Problem>) -> Markup {
    let configured = moment::duration(desk.state.configured_window);
    html! {
        section #now .sheet aria-labelledby="now-title" {
            h2 #now-title { "Now" }
            @match setting {
                Ok(setting) => {
                    p.figure { (moment::duration(setting.window.unwrap_or(desk.state.configured_window))) }
                    @match (&setting.window, &setting.changed_by) {
                        (Some(_), Some(who)) => p.muted { "Set by " (who) " at " (desk.time(setting.changed_at)) "; configured are " (configured) "." },
                        _ => p.muted { "As configured; nobody has changed it." },
                    }
                }
                Err(problem) => {
                    (unknown("What is set cannot be told", problem))
                    p.muted { "This replica used " (moment::duration(*desk.state.window.borrow())) " last." }
                }
            }
        }
    }
}

fn form(desk: &Desk, setting: Option<&WindowSetting>, typed: &Typed) -> Markup {
    let current = setting.and_then(|setting| setting.window).unwrap_or(desk.state.configured_window);
    let value = match typed {
        Typed::Nothing => &routes::minutes(current).to_string(),
        Typed::InVain(minutes) | Typed::Refused(minutes) => minutes,
    };
    let is_refused = matches!(typed, Typed::Refused(_));
    html! {
        section #change .sheet aria-labelledby="change-title" {
            h2 #change-title { "Change it" }
            ul.effects {
                li { "The change is for offers from now on: here at once, on other replicas a moment later." }
                li { "Offers that were made before keep the deadline that they were given." }
                li {
                    "Each window has a queue in RabbitMQ, in which its timers wait. It is declared first; where that fails, "
                    "nothing is changed."
                }
                li { "The old queue stays until its last timer has come back. " code { "lead-tracker topology prune" } " then deletes it." }
            }
            form method="post" action=(WINDOW) data-busy="Changing…" {
                label for="minutes" { "Minutes" span.muted { " (" (SHORTEST) " to " (LONGEST) ": from 3 seconds to 7 days)" } }
                input #minutes type="number" name="minutes" min=(SHORTEST) max=(LONGEST) step="any" inputmode="decimal" required
                    value=(value) aria-invalid=[is_refused.then_some("true")] aria-describedby=[is_refused.then_some("minutes-error")];
                @if is_refused {
                    p #minutes-error .error role="alert" { (sentence(&format!("it must be {}", routes::accepted()))) }
                }
                button.button.primary { "Change the window" }
            }
        }
    }
}
