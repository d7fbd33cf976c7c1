//! The check: first what it would do, then, by a button of its own, the doing.

use axum::Form;
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{Desk, Tab, concluded, unknown};
use super::{CHECK, desk};
use crate::api::admin::check as routes;
use crate::api::problem::Problem;
use crate::check::CheckReport;
use crate::page::notice::Notice;

/// What the form says.
#[derive(Debug, Default, Deserialize)]
pub(in crate::page) struct Wanted {
    #[serde(default)]
    limit: String,
}

/// Tells what a check would do.
pub(in crate::page) async fn count(desk: Desk) -> Markup {
    show(&desk, None, &Wanted::default(), None).await
}

/// Runs a check.
pub(in crate::page) async fn check(desk: Desk, Form(wanted): Form<Wanted>) -> (StatusCode, Markup) {
    let limit = match wanted.limit.trim() {
        "" => Ok(None),
        text => routes::of_text(text).map(Some),
    };
    let limit = match limit {
        Ok(limit) => limit,
        Err(problem) => {
            let (status, body) = problem.into_parts();
            let refused = desk::sentence(&body.detail);
            return (status, show(&desk, None, &wanted, Some(&refused)).await);
        }
    };
    let (status, notice) = match routes::run(desk.state.clone(), desk.admin.clone(), limit).await {
        // It was run as it should be, and came to nothing.
        Ok(report) => (StatusCode::OK, Notice { is_good: report.success, text: report.message }),
        Err(problem) => concluded(Err(problem)),
    };
    (status, show(&desk, Some(&notice), &Wanted::default(), None).await)
}

async fn show(desk: &Desk, notice: Option<&Notice>, wanted: &Wanted, refused: Option<&str>) -> Markup {
    let counted = routes::count(&desk.state, None).await;
    let body = html! {
        h1 { "Check for missed leads" }
        p {
            "A check ends every offer that is past its deadline and announces it as missed, without waiting for timers and "
            "the sweep, which otherwise do that within seconds."
        }
        div.pair {
            (dry_run(&counted))
            (form(wanted, refused))
        }
    };
    desk.draw(Tab::Check, notice, &body)
}

fn dry_run(counted: &Result<CheckReport, Problem>) -> Markup {
    html! {
        section #dry-run .sheet aria-labelledby="dry-run-title" {
            h2 #dry-run-title { "First: what it would do" }
            @match counted {
                Ok(report) => p #would data-count=(report.processed_count) { strong { (report.message) } },
                Err(problem) => (unknown("What is overdue cannot be told", problem)),
            }
            p { a.button href=(CHECK) { "Look again" } }
        }
    }
}

fn form(wanted: &Wanted, refused: Option<&str>) -> Markup {
    html! {
        section #run .sheet.danger-zone aria-labelledby="run-title" {
            h2 #run-title { "Then: do it" }
            p {
                "It first waits up to 10 seconds for what is in the inbox, which may hold answers; where that takes longer, "
                "nothing is ended. Announcements cannot be called back: freelancers are told."
            }
            form method="post" action=(CHECK) data-busy="Checking, for up to 10 seconds…" {
                label for="limit" { "End at most" span.muted { " (the oldest deadlines first; all of them where it is empty)" } }
                input #limit type="number" name="limit" min="1" max=(routes::MOST) step="1" inputmode="numeric" value=(wanted.limit)
                    aria-invalid=[refused.map(|_| "true")] aria-describedby=[refused.map(|_| "limit-error")];
                @if let Some(refused) = refused { p #limit-error .error role="alert" { (refused) } }
                button.button.danger { "Run the check now" }
            }
        }
    }
}
