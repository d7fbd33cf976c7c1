//! The leads page: what a freelancer was offered, and what can be done about it.

mod actions;
mod card;
mod empty;
mod filters;
mod history;
mod missed_form;
mod notice;
mod subject;
mod words;

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Redirect;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures::try_join;
use maud::{Markup, html};
use url::form_urlencoded;

pub(super) use self::actions::{accept, ignored, missed, say_why, viewed};
use self::subject::Subject;
use super::layout::{Page, Visitor};
use super::{LEADS, ZONE, sign_in};
use crate::api::ApiState;
use crate::api::access::Freelancer;
use crate::api::filters::{Filters, Paging, Parameters, cursor_text};
use crate::api::lists::{self, PathLead};
use crate::api::problem::Problem;
use crate::domain::event::FreelancerId;
use crate::handler::now;
use crate::store::{Cursor, LeadCounts, ListedLead, Position, StatusFilter};

/// How many leads are shown at once.
const SHOWN: usize = 20;

/// Who looks, when, and from where.
struct View<'a> {
    freelancer: FreelancerId,
    /// In which days begin and clocks are read.
    zone: Tz,
    now: DateTime<Utc>,
    uri: &'a Uri,
}

impl View<'_> {
    /// The address of a lead, or of what one can do about it.
    fn address(&self, lead: &ListedLead, action: &str) -> String {
        let address = format!("{LEADS}/{}{action}", lead.id);
        let Some(zone) = self.uri.query().and_then(filters::zone_in) else { return address };
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("{address}?{}", query.append_pair("tz", &zone).finish())
    }

    /// The address of this list with other filters; `None` takes one away.
    fn list_with(&self, changes: &[(&str, Option<&str>)]) -> String {
        filters::changed(self.uri.query().unwrap_or_default(), changes)
    }
}

/// Shows the leads, the latest first.
pub(super) async fn list(
    State(state): State<ApiState>,
    freelancer: Freelancer,
    OriginalUri(uri): OriginalUri,
    Parameters(filters): Parameters<Filters>,
    Parameters(paging): Parameters<Paging>,
) -> Result<Markup, Problem> {
    let filters = filters.in_zone(ZONE);
    let (zone, status, span) = (filters.zone()?, filters.status()?, filters.span()?);
    // Before the list, so that a stream from here on misses nothing.
    let position = state.store.current_position().await?;
    let query = paging.query(freelancer.id, status, span, SHOWN)?;
    let counts = async { Ok(state.store.lead_counts(freelancer.id, span.from, span.until).await?) };
    let ((leads, next), counts) = try_join!(lists::read_page(&state, &query), counts)?;
    let view = View { freelancer: freelancer.id, zone, now: now(), uri: &uri };
    let main = list_of(&view, &filters, status, &Found { leads, next, counts }, position);
    Ok(draw(&state, &freelancer, "Your leads", main))
}

/// What the database has of a list.
struct Found {
    leads: Vec<ListedLead>,
    next: Option<Cursor>,
    counts: LeadCounts,
}

fn list_of(view: &View<'_>, filters: &Filters, status: StatusFilter, found: &Found, position: Position) -> Markup {
    html! {
        div.board data-live=(format!("/api{LEADS}/events")) data-position=(position) data-now=(view.now.timestamp_millis())
            data-zone=(view.zone) {
            div.heading {
                h1 { "Your leads" }
                p #connection role="status" {}
            }
            (filters::draw(view, filters, status, &found.counts))
            div.column {
                button #arrivals .button.primary type="button" hidden {}
                @if found.leads.is_empty() { (empty::draw(view, status)) }
                ol #leads .cards {
                    @for lead in &found.leads { li { (card::draw(view, lead)) } }
                }
                @if let Some(last) = &found.next {
                    a #more .button rel="next" href=(view.list_with(&[("cursor", Some(&cursor_text(last)))])) { "Show more" }
                }
            }
            (missed_form::dialog())
        }
    }
}

/// Shows one lead with all that has happened.
pub(super) async fn one(subject: Subject) -> Result<Markup, Problem> {
    subject.show(None, None).await
}

/// Leads to the page of the lead, from the address of something that one does there.
pub(super) async fn back(PathLead(lead_id): PathLead) -> Redirect {
    Redirect::to(&format!("{LEADS}/{lead_id}"))
}

fn draw(state: &ApiState, freelancer: &Freelancer, title: &str, main: Markup) -> Markup {
    let visitor = Visitor::Freelancer(freelancer.full_name.as_deref());
    Page { title, visitor, is_trial: sign_in::is_allowed(state), main }.draw()
}
