//! The filters: by status with how many there are, by month, by days. All of them are kept in the address.

use chrono::{Datelike, Months, NaiveDate};
use maud::{Markup, html};
use url::form_urlencoded::{self, Serializer};

use super::View;
use crate::api::filters::Filters;
use crate::page::LEADS;
use crate::store::{LeadCounts, StatusFilter};

/// So many months are offered.
const MONTHS: u32 = 12;

/// The address of the list with a changed query; whoever changes a filter begins at the top again.
pub(super) fn changed(query: &str, changes: &[(&str, Option<&str>)]) -> String {
    let is_kept = |name: &str| name != "cursor" && changes.iter().all(|(changed, _)| *changed != name);
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| is_kept(name) && !value.is_empty());
    let mut query = Serializer::new(String::new());
    query.extend_pairs(kept);
    query.extend_pairs(changes.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
    match query.finish() {
        empty if empty.is_empty() => LEADS.to_owned(),
        query => format!("{LEADS}?{query}"),
    }
}

/// The time zone that a query names.
pub(super) fn zone_in(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, zone)| name == "tz" && !zone.is_empty()).map(|(_, zone)| zone.into_owned())
}

/// Whether a query leaves leads out.
pub(super) fn narrows(query: &str) -> bool {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, value)| {
        matches!(&*name, "status" | "month" | "fromDate" | "toDate" | "cursor") && !value.is_empty() && value != "all"
    })
}

/// Draws them.
pub(super) fn draw(view: &View<'_>, filters: &Filters, status: StatusFilter, counts: &LeadCounts) -> Markup {
    html! {
        div.filters {
            nav #statuses aria-label="Leads by status" {
                @for (choice, word, count) in choices(counts) {
                    a href=(view.list_with(&[("status", name(choice))])) aria-current=[(choice == status).then_some("page")] {
                        (word) " " span.count { (count) }
                    }
                }
            }
            details.dates open[filters.has_days()] {
                summary { "Dates" @if filters.has_days() { span.sr-only { " (chosen)" } } }
                (month(view, filters, status))
                (days(view, filters, status))
            }
        }
    }
}

fn choices(counts: &LeadCounts) -> [(StatusFilter, &'static str, u64); 5] {
    [
        (StatusFilter::All, "All", counts.all),
        (StatusFilter::Pending, "Pending", counts.pending),
        (StatusFilter::Accepted, "Accepted", counts.accepted),
        (StatusFilter::Missed, "Missed", counts.missed),
        (StatusFilter::Ignored, "Ignored", counts.ignored),
    ]
}

fn name(status: StatusFilter) -> Option<&'static str> {
    (status != StatusFilter::All).then(|| status.into())
}

fn month(view: &View<'_>, filters: &Filters, status: StatusFilter) -> Markup {
    let chosen = filters.month.as_deref().unwrap_or_default();
    html! {
        form.month method="get" action=(LEADS) data-submits-itself {
            (kept(view, status))
            label { "Month"
                select name="month" {
                    option value="" { "Any" }
                    @for (value, words) in months(view, chosen) {
                        option value=(value) selected[value == chosen] { (words) }
                    }
                }
            }
            button.button { "Show month" }
        }
    }
}

/// The last months, and the chosen one where it is an earlier one.
fn months(view: &View<'_>, chosen: &str) -> Vec<(String, String)> {
    let today = view.now.with_timezone(&view.zone).date_naive();
    let first = today.with_day(1).unwrap_or(today);
    let earlier: Option<NaiveDate> = format!("{chosen}-01").parse().ok();
    let recent = (0..MONTHS).filter_map(|back| first.checked_sub_months(Months::new(back)));
    let mut months: Vec<NaiveDate> = recent.collect();
    months.extend(earlier.filter(|month| !months.contains(month)));
    months.iter().map(|month| (month.format("%Y-%m").to_string(), month.format("%B %Y").to_string())).collect()
}

fn days(view: &View<'_>, filters: &Filters, status: StatusFilter) -> Markup {
    html! {
        form.days method="get" action=(LEADS) {
            (kept(view, status))
            label { "From" input type="date" name="fromDate" value=[filters.from_date.as_deref()]; }
            label { "To" input type="date" name="toDate" value=[filters.to_date.as_deref()]; }
            button.button { "Show days" }
            @if filters.has_days() {
                a.button.quiet href=(view.list_with(&[("month", None), ("fromDate", None), ("toDate", None)])) { "Any day" }
            }
            p.muted { "Days and times are those of " (view.zone) "." }
        }
    }
}

/// What the other filters say, along with a form's own.
fn kept(view: &View<'_>, status: StatusFilter) -> Markup {
    html! {
        @if let Some(status) = name(status) { input type="hidden" name="status" value=(status); }
        @if let Some(zone) = view.uri.query().and_then(zone_in) { input type="hidden" name="tz" value=(zone); }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_one_filter_keeps_the_others() {
        let query = "status=missed&month=2026-03&tz=Asia%2FDubai&cursor=1_2";
        assert_eq!(
            changed(query, &[("status", Some("ignored"))]),
            "/freelancer/leads?month=2026-03&tz=Asia%2FDubai&status=ignored"
        );
        assert_eq!(changed(query, &[("status", None), ("month", None)]), "/freelancer/leads?tz=Asia%2FDubai");
        assert_eq!(changed("status=missed", &[("status", None)]), "/freelancer/leads");
        assert_eq!(changed("month=", &[]), "/freelancer/leads");
    }

    #[test]
    fn a_time_zone_leaves_nothing_out() {
        assert!(narrows("tz=Asia%2FDubai&month=2026-03"));
        assert!(!narrows("tz=Asia%2FDubai&status=all&month="));
        assert_eq!(zone_in("status=all&tz=Asia%2FDubai").as_deref(), Some("Asia/Dubai"));
    }
}
