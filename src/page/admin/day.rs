//! The last 24 hours in a few figures.

use std::time::Duration;

use maud::{Markup, html};

use super::desk::Desk;
use crate::page::number::count;
use crate::page::{ZONE, moment};
use crate::store::{MissedByReason, ResponseTimes, Summary, TimerLateness};

/// Draws them.
pub(super) fn draw(desk: &Desk, summary: &Summary) -> Markup {
    html! {
        p.muted { "Until " (desk.time(summary.until)) ", by the clock of " (ZONE) "." }
        dl.tiles {
            (tile("offers", "Offers", &count(summary.offers), &format!("{} still wait", count(summary.pending))))
            (answered(summary))
            (tile("missed", "Missed", &count(total(&summary.missed)), &share(total(&summary.missed), summary.offers)))
            (response_time(summary.response_times))
            (lateness(summary.timer_lateness))
            (tile("sweep", "Found by the sweep", &count(summary.detected.sweep),
                &format!("{} found by timers", count(summary.detected.timeout))))
        }
    }
}

fn answered(summary: &Summary) -> Markup {
    let answers = summary.accepted + summary.ignored;
    let late = match summary.accepted_late {
        0 => String::new(),
        late => format!(" ({} late)", count(late)),
    };
    let (accepted, ignored) = (count(summary.accepted), count(summary.ignored));
    let detail = format!("{}: {accepted} accepted{late}, {ignored} ignored", share(answers, summary.offers));
    tile("answered", "Answered", &count(answers), &detail)
}

fn response_time(times: Option<ResponseTimes>) -> Markup {
    match times {
        None => tile("response-time", "Response time", "–", "nobody has answered"),
        Some(ResponseTimes { median_seconds, p90_seconds }) => {
            let detail = format!("median; 90 % within {}", seconds(p90_seconds));
            tile("response-time", "Response time", &seconds(median_seconds), &detail)
        }
    }
}

fn lateness(late: Option<TimerLateness>) -> Markup {
    match late {
        None => tile("lateness", "Timers’ lateness", "–", "no timer has found a miss"),
        Some(TimerLateness { median_seconds, p99_seconds }) => {
            let detail = format!("median; 99 % within {}", seconds(p99_seconds));
            tile("lateness", "Timers’ lateness", &seconds(median_seconds), &detail)
        }
    }
}

fn tile(id: &str, name: &str, figure: &str, detail: &str) -> Markup {
    html! {
        div.tile id=(format!("tile-{id}")) {
            dt { (name) }
            dd.figure { (figure) }
            dd.muted { (detail) }
        }
    }
}

/// Which part of the whole it is.
fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "of no offers".to_owned(),
        _ => format!("{:.0} % of the offers", part as f64 / whole as f64 * 100.0),
    }
}

/// A span that was measured: the shorter, the finer.
fn seconds(seconds: f64) -> String {
    match seconds {
        ..0.9995 => format!("{:.0} ms", seconds * 1000.0),
        ..9.95 => format!("{seconds:.1} s"),
        _ => moment::brief(Duration::from_secs(seconds.round() as u64)),
    }
}

fn total(missed: &MissedByReason) -> u64 {
    missed.expired + missed.no_response + missed.busy + missed.not_interested
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_span_is_as_fine_as_it_is_short() {
        for (given, words) in [
            (0.0, "0 ms"),
            (0.0214, "21 ms"),
            (0.9996, "1.0 s"),
            (1.94, "1.9 s"),
            (9.96, "10 s"),
            (312.5, "5 min 13 s"),
            (86_400.0, "1 d"),
        ] {
            assert_eq!(seconds(given), words);
        }
    }

    #[test]
    fn nothing_has_no_shares() {
        assert_eq!((&*share(0, 0), &*share(150, 240)), ("of no offers", "62 % of the offers"));
    }
}
