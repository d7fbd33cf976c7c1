//! What the figures of the last 24 hours are made of: by the hour, by reason, and by how misses were found.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::chart::{self, Bar, Colour};
use super::desk::Desk;
use crate::page::number::count;
use crate::page::{ZONE, moment};
use crate::store::{DetectedMisses, HourOfOffers, MissedByReason, Summary};

/// Draws it.
pub(super) fn draw(desk: &Desk, summary: &Summary) -> Markup {
    html! {
        section #charts .charts aria-labelledby="charts-title" {
            h2 #charts-title { "In detail" }
            (by_the_hour(desk, &summary.hours))
            (bars("reasons", "Missed, by reason", &reasons(&summary.missed)))
            (bars("detected", "How misses were found", &detected(&summary.detected)))
        }
    }
}

fn reasons(missed: &MissedByReason) -> [Bar; 4] {
    [
        Bar { name: "No response in time", count: missed.no_response, colour: Colour::Missed },
        Bar { name: "The job was gone", count: missed.expired, colour: Colour::Muted },
        Bar { name: "Busy", count: missed.busy, colour: Colour::Waiting },
        Bar { name: "Not interested", count: missed.not_interested, colour: Colour::Waiting },
    ]
}

fn detected(found: &DetectedMisses) -> [Bar; 5] {
    [
        Bar { name: "By their timer", count: found.timeout, colour: Colour::Answered },
        Bar { name: "By the sweep", count: found.sweep, colour: Colour::Missed },
        Bar { name: "By a check", count: found.admin, colour: Colour::Waiting },
        Bar { name: "The freelancer said so", count: found.freelancer, colour: Colour::Muted },
        Bar { name: "The lead was gone", count: found.lead_closed, colour: Colour::Muted },
    ]
}

fn bars(id: &str, title: &str, bars: &[Bar]) -> Markup {
    let all: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.name, count(bar.count))).collect();
    html! {
        figure.sheet id=(id) {
            figcaption { (title) }
            div.chart role="img" aria-label=(all.join(", ")) { (chart::bars(bars)) }
        }
    }
}

fn by_the_hour(desk: &Desk, hours: &[HourOfOffers]) -> Markup {
    html! {
        figure #hours .sheet {
            figcaption { "Offers by the hour" }
            ul.legend {
                @for (colour, name) in [(Colour::Answered, "answered"), (Colour::Missed, "missed"), (Colour::Waiting, "waiting")] {
                    li { (chart::swatch(colour)) (name) }
                }
            }
            div.chart role="img" aria-label="Offers by the hour; the table below has the numbers" { (chart::hours(hours)) }
            details { summary { "The same as a table" } (table(desk, hours)) }
        }
    }
}

fn table(desk: &Desk, hours: &[HourOfOffers]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Hour" } th scope="col" { "Offers" } th scope="col" { "Answered" } th scope="col" { "Missed" } } }
            tbody {
                @for hour in hours {
                    tr {
                        th scope="row" { (desk.time(hour.from)) " – " (moment::text(hour.from + TimeDelta::hours(1), ZONE, hour.from)) }
                        td { (count(hour.offers)) } td { (count(hour.answered)) } td { (count(hour.missed)) }
                    }
                }
            }
        }
    }
}
