//! Moments and durations in words, in the time zone of whoever reads them.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};

/// How the clock stood and which day it was, as briefly as today's date allows: `10:31`, `24 Nov, 10:31`.
pub(super) fn text(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    formatted(at, zone, now, ["%H:%M", "%-d %b, %H:%M", "%-d %b %Y, %H:%M"])
}

/// The same within a sentence: `at 10:31`, `on 24 Nov at 10:31`.
pub(super) fn when(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    formatted(at, zone, now, ["at %H:%M", "on %-d %b at %H:%M", "on %-d %b %Y at %H:%M"])
}

/// By the pattern for a moment of today, of this year, or of another.
fn formatted(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>, patterns: [&str; 3]) -> String {
    let (local, today) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let [of_today, of_this_year, of_another] = patterns;
    let pattern = match (local.date_naive() == today.date_naive(), local.year() == today.year()) {
        (true, _) => of_today,
        (false, true) => of_this_year,
        (false, false) => of_another,
    };
    local.format(pattern).to_string()
}

/// The same for people and for programs.
pub(super) fn time(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)) { (text(at, zone, now)) } }
}

/// How the clock stood, to the second.
pub(super) fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// A span between two moments, to the second: `1 hour 2 minutes`, `less than a second`.
pub(super) fn span(delta: TimeDelta) -> String {
    match delta.num_seconds().unsigned_abs() {
        0 => "less than a second".to_owned(),
        seconds => duration(Duration::from_secs(seconds)),
    }
}

/// A duration in its two largest units: `30 minutes`, `1 hour 30 minutes`.
pub(super) fn duration(duration: Duration) -> String {
    let plural = |(count, unit)| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") };
    in_units(duration, ["day", "hour", "minute", "second", "millisecond"], plural)
}

/// The same where there is little room: `30 min`, `1 h 30 min`.
pub(super) fn brief(duration: Duration) -> String {
    in_units(duration, ["d", "h", "min", "s", "ms"], |(count, unit)| format!("{count} {unit}"))
}

fn in_units(duration: Duration, names: [&'static str; 5], text: impl Fn((u64, &'static str)) -> String) -> String {
    let seconds = duration.as_secs();
    let counts = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    let mut words: Vec<String> = counts.into_iter().zip(names).filter(|(count, _)| *count > 0).map(&text).collect();
    if words.is_empty() {
        words.push(text((duration.as_millis().try_into().unwrap_or_default(), names[4])));
    }
    words.truncate(2);
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_no_more_of_its_day_than_is_needed() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("it is a time");
        let zone = Tz::Asia__Kolkata;
        let now = at("2026-11-25T20:00:00Z");
        for (moment, words) in [
            ("2026-11-25T18:45:00Z", "00:15"),
            ("2026-11-25T18:15:00Z", "25 Nov, 23:45"),
            ("2025-12-31T18:31:00Z", "1 Jan, 00:01"),
            ("2025-12-31T18:00:00Z", "31 Dec 2025, 23:30"),
        ] {
            assert_eq!(text(at(moment), zone, now), words, "{moment}");
        }
        assert_eq!(when(at("2026-11-25T18:45:00Z"), zone, now), "at 00:15");
        assert_eq!(when(at("2026-11-25T18:15:00Z"), zone, now), "on 25 Nov at 23:45");
    }

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (ms, words, short) in [
            (1_800_000, "30 minutes", "30 min"),
            (5_400_000, "1 hour 30 minutes", "1 h 30 min"),
            (90_061_000, "1 day 1 hour", "1 d 1 h"),
            (61_000, "1 minute 1 second", "1 min 1 s"),
            (4_700, "4 seconds", "4 s"),
            (120, "120 milliseconds", "120 ms"),
        ] {
            let given = Duration::from_millis(ms);
            assert_eq!((&*duration(given), &*brief(given)), (words, short));
        }
    }
}
