//! A problem as a page: the same that the API says, for people.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::layout::{Page, Visitor};
use super::{ADMIN, LEADS, icon, moment, sign_in};
use crate::api::ApiState;
use crate::api::problem::ProblemBody;

/// Draws the problem that a page, or what stands before it, was answered with.
pub(super) async fn as_page(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let is_admins = request.uri().path().starts_with(ADMIN);
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<ProblemBody>() else { return response };
    if problem.needs_subscription == Some(true) {
        // It is what this address shows to somebody without a plan, and nothing has failed.
        return upgrade(&state).into_response();
    }
    let status = response.status();
    let page = match status {
        StatusCode::UNAUTHORIZED => signed_out(&state),
        // Who must not see one's pages has the other's.
        _ => {
            let way_out = way_out(is_admins != (status == StatusCode::FORBIDDEN));
            draw(&state, Visitor::Nobody, heading(status), &explanation(&problem, &way_out))
        }
    };
    let mut drawn = (status, page).into_response();
    if let Some(seconds) = response.headers_mut().remove(header::RETRY_AFTER) {
        drawn.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    drawn
}

fn draw(state: &ApiState, visitor: Visitor<'_>, title: &str, text: &Markup) -> Markup {
    let main = html! {
        section.sheet {
            h1 { (title) }
            (text)
        }
    };
    Page { title, visitor, is_trial: sign_in::is_allowed(state), main }.draw()
}

/// What a freelancer without a plan sees instead of leads.
fn upgrade(state: &ApiState) -> Markup {
    let window = moment::duration(*state.window.borrow());
    let text = html! {
        p { "You are on the free plan. With an active lead plan you get:" }
        ul.benefits {
            li { (icon::bell()) span { "Jobs near you, the moment customers post them" } }
            li { (icon::clock()) span { (window) " to respond to each of them, with a live countdown" } }
            li { (icon::phone()) span { "The customer’s phone number as soon as you accept" } }
            li { (icon::list()) span { "A lasting record of every lead: accepted, missed and why" } }
        }
        p { a.button.primary href=(state.upgrade_url) { "See the lead plans" } }
    };
    draw(state, Visitor::Freelancer(None), "Get leads with the lead plan", &text)
}

fn signed_out(state: &ApiState) -> Markup {
    let address = if sign_in::is_allowed(state) { sign_in::PATH } else { &state.sign_in_url };
    let text = html! {
        p { "You are not signed in, or your session has ended." }
        p { a.button.primary href=(address) { "Sign in" } }
    };
    draw(state, Visitor::Nobody, "Please sign in", &text)
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "This page is not for you",
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::TOO_MANY_REQUESTS => "A little slower, please",
        StatusCode::SERVICE_UNAVAILABLE => "We will be back in a moment",
        status if status.is_server_error() => "Something went wrong",
        _ => "That did not work",
    }
}

fn explanation(problem: &ProblemBody, way_out: &Markup) -> Markup {
    html! {
        p role="alert" { (problem.detail) "." }
        p { (way_out) }
    }
}

fn way_out(to_admin: bool) -> Markup {
    html! {
        @if to_admin { a.button href=(ADMIN) { "Go to the administrator’s page" } }
        @else { a.button href=(LEADS) { "Go to your leads" } }
    }
}
