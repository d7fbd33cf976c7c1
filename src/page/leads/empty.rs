//! What stands where leads would be.

use maud::{Markup, html};

use super::View;
use crate::page::{LEADS, icon};
use crate::store::StatusFilter;

/// Says why there is nothing, and what to do.
pub(super) fn draw(view: &View<'_>, status: StatusFilter) -> Markup {
    let is_filtered = view.uri.query().is_some_and(super::filters::narrows);
    html! {
        div #empty .sheet.empty {
            (icon::bell())
            @if is_filtered {
                h2 { "No " (word(status)) "leads here" }
                p { "Nothing fits these filters." }
                p { a.button href=(LEADS) { "Show all leads" } }
            } @else {
                h2 { "No leads yet" }
                p { "As soon as a customer nearby posts a job, it appears here by itself." }
            }
        }
    }
}

fn word(status: StatusFilter) -> &'static str {
    match status {
        StatusFilter::All => "",
        StatusFilter::Accepted => "accepted ",
        StatusFilter::Missed => "missed ",
        StatusFilter::Ignored => "ignored ",
        StatusFilter::Pending => "pending ",
    }
}
