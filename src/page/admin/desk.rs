//! Who asks for an administrator's page, and what all of these pages have in common.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{CHECK, PARKED, WINDOW};
use crate::api::ApiState;
use crate::api::access::Admin;
use crate::api::problem::Problem;
use crate::handler::now;
use crate::page::layout::{Page, Visitor};
use crate::page::notice::Notice;
use crate::page::{ADMIN, ZONE, moment, sign_in};

/// An administrator who asks for something.
pub(in crate::page) struct Desk {
    pub(super) state: ApiState,
    pub(super) admin: Admin,
    /// When they asked.
    pub(super) now: DateTime<Utc>,
}

impl FromRequestParts<ApiState> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let admin = Admin::from_request_parts(parts, state).await?;
        Ok(Self { state: state.clone(), admin, now: now() })
    }
}

/// One of the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Check,
    Window,
    Parked,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Overview, Self::Parked, Self::Check, Self::Window];

    fn address(self) -> &'static str {
        match self {
            Self::Overview => ADMIN,
            Self::Check => CHECK,
            Self::Window => WINDOW,
            Self::Parked => PARKED,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Overview => "The last 24 hours",
            Self::Check => "Check for missed leads",
            Self::Window => "Response window",
            Self::Parked => "Parked messages",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Check => "Check",
            Self::Window => "Window",
            Self::Parked => "Parked",
        }
    }
}

impl Desk {
    /// A page of the administrator's, with what an action came to at the top.
    pub(super) fn draw(&self, tab: Tab, notice: Option<&Notice>, body: &Markup) -> Markup {
        let main = html! {
            div.admin data-now=(self.now.timestamp_millis()) {
                nav.tabs aria-label="Administration" {
                    @for tab_there in Tab::ALL {
                        a href=(tab_there.address()) aria-current=[(tab_there == tab).then_some("page")] { (tab_there.word()) }
                    }
                }
                @if let Some(notice) = notice { (notice.draw()) }
                (body)
            }
        };
        let visitor = Visitor::Admin(&self.admin.user_id);
        Page { title: tab.title(), visitor, is_trial: sign_in::is_allowed(&self.state), main }.draw()
    }

    /// A moment, as the clock stands where HireLocal is.
    pub(super) fn time(&self, at: DateTime<Utc>) -> Markup {
        moment::time(at, ZONE, self.now)
    }
}

/// What an action came to, and the status that says it to programs.
pub(super) fn concluded(outcome: Result<String, Problem>) -> (StatusCode, Notice) {
    match outcome {
        Ok(text) => (StatusCode::OK, Notice { is_good: true, text }),
        Err(problem) => {
            let (status, body) = problem.into_parts();
            (status, Notice { is_good: false, text: sentence(&body.detail) })
        }
    }
}

/// What a problem says, as a sentence among others.
pub(super) fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What cannot be shown now, and why.
pub(super) fn unknown(what: &str, problem: &Problem) -> Markup {
    html! {
        p.notice.bad { (what) ": " (problem) "." }
    }
}
