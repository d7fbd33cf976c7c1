//! A lead's own page: what it is about, and how it is drawn.

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Uri;
use axum::http::request::Parts;
use chrono_tz::Tz;
use maud::{Markup, html};

use super::{View, card, draw, history, words};
use crate::api::ApiState;
use crate::api::access::Freelancer;
use crate::api::filters::{Filters, Parameters};
use crate::api::lists::{NEVER_OFFERED, PathLead};
use crate::api::problem::Problem;
use crate::domain::event::LeadId;
use crate::handler::now;
use crate::page::ZONE;
use crate::page::notice::Notice;
use crate::store::ListedLead;

/// The lead that a request is about, and who asks.
pub(in crate::page) struct Subject {
    pub(super) state: ApiState,
    pub(super) freelancer: Freelancer,
    pub(super) lead_id: LeadId,
    pub(super) zone: Tz,
    uri: Uri,
}

impl FromRequestParts<ApiState> for Subject {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let freelancer = parts.extract::<Freelancer>().await?;
        let PathLead(lead_id) = parts.extract().await?;
        let Parameters(filters) = parts.extract::<Parameters<Filters>>().await?;
        let OriginalUri(uri) = parts.extract().await.unwrap_or_else(|never| match never {});
        Ok(Self { state: state.clone(), freelancer, lead_id, zone: filters.in_zone(ZONE).zone()?, uri })
    }
}

impl Subject {
    pub(super) fn view(&self) -> View<'_> {
        View { freelancer: self.freelancer.id, zone: self.zone, now: now(), uri: &self.uri }
    }

    /// The lead as it stands now.
    pub(super) async fn read(&self) -> Result<ListedLead, Problem> {
        self.state.store.listed_lead(self.freelancer.id, self.lead_id).await?.ok_or(NEVER_OFFERED)
    }

    /// The page, with what is to be said above the lead and what is to be asked below it.
    pub(super) async fn show(&self, notice: Option<&Notice>, form: Option<Markup>) -> Result<Markup, Problem> {
        let lead = self.read().await?;
        let entries = self.state.store.history_of_lead(lead.id, self.freelancer.id).await?;
        let view = self.view();
        let main = html! {
            div.single data-now=(view.now.timestamp_millis()) data-zone=(view.zone) {
                h1.sr-only { "One lead" }
                a.back href=(view.list_with(&[])) { "All leads" }
                @if let Some(notice) = notice { (notice.draw()) }
                (card::draw(&view, &lead))
                @if let Some(form) = form { section.sheet { (form) } }
                section.sheet {
                    h2 { "What happened" }
                    (history::draw(&view, &entries))
                }
            }
        };
        Ok(draw(&self.state, &self.freelancer, words::title(&lead), main))
    }
}
