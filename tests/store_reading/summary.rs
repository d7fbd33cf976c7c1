//! What became of a day's offers.

use chrono::TimeDelta;
use lead_tracker::domain::announcement::{DetectedBy, OfferKey};
use lead_tracker::domain::event::{FreelancerId, MissedReason, Response};
use lead_tracker::domain::history::{Actor, Source};
use lead_tracker::domain::transition::Detector;
use lead_tracker::handler::Deadline;
use lead_tracker::store::{DetectedMisses, MissedByReason, Summary, TimerLateness};

use crate::books::{Books, minutes_ago, notified, number, responded};

const ME: FreelancerId = FreelancerId::from_u128(0xf1);

/// Has an offer ended by the sweep or its timer.
async fn end(books: &Books, lead: u128, detected_by: DetectedBy, source: Source) {
    let detector = Detector { detected_by, source, actor: Actor::SYSTEM, event_id: "whatever finds it".to_owned() };
    let key = OfferKey { lead_id: number(lead), freelancer_id: ME, offer: 1 };
    let report = books.handler.handle_deadlines(&[Deadline { key, detector }], || ()).await.expect("it is handled");
    assert_eq!(report.missed, 1);
}

#[tokio::test]
async fn a_day_without_offers_is_all_zeros() {
    let books = Books::open().await;
    let summary = books.store.summary(minutes_ago(0)).await.expect("a summary");
    assert_eq!((summary.offers, summary.response_times, summary.hours.len()), (0, None, 24));
    assert_eq!((summary.missed, summary.detected), (MissedByReason::default(), DetectedMisses::default()));
    assert_eq!(summary.timer_lateness, None);
    books.close().await;
}

#[tokio::test]
async fn a_day_is_summed_up() {
    let books = Books::open().await;
    let until = minutes_ago(1);
    let before = |minutes| until - TimeDelta::minutes(minutes);
    let (early, late, recent) = (before(23 * 60 + 30), before(3 * 60), before(2 * 60));
    let answer = |lead, response, at| responded(ME, number(lead), response, None, at);
    books
        .tell([
            notified(ME, number(1), early),
            answer(1, Response::Accepted, early + TimeDelta::minutes(5)),
            notified(ME, number(2), recent),
            answer(2, Response::Ignored, recent + TimeDelta::minutes(10)),
            notified(ME, number(3), recent),
            notified(ME, number(4), recent),
            answer(4, Response::Missed(MissedReason::Busy), recent + TimeDelta::minutes(15)),
            notified(ME, number(5), recent),
            notified(number(0xf2), number(5), recent),
            answer(5, Response::Accepted, recent + TimeDelta::minutes(20)),
            notified(ME, number(6), late),
            answer(6, Response::Accepted, late + TimeDelta::minutes(40)),
            notified(ME, number(7), before(10)),
            notified(ME, number(8), before(25 * 60)),
            notified(ME, number(9), until),
        ])
        .await;
    end(&books, 3, DetectedBy::Sweep, Source::Sweep).await;

    let summary = books.store.summary(until).await.expect("a summary");
    let Summary { offers, pending, accepted, accepted_late, ignored, .. } = summary;
    assert_eq!((offers, pending, accepted, accepted_late, ignored), (8, 1, 3, 1, 1));
    assert_eq!(summary.missed, MissedByReason { expired: 1, no_response: 1, busy: 1, not_interested: 0 });
    let detected = DetectedMisses { timeout: 1, sweep: 1, admin: 0, freelancer: 1, lead_closed: 1 };
    assert_eq!(summary.detected, detected);
    // Of 5, 10, 15, 20 and 40 minutes.
    let times = summary.response_times.expect("there were answers");
    assert_eq!((times.median_seconds, times.p90_seconds), (15.0 * 60.0, 32.0 * 60.0));
    let busy = summary.hours.iter().enumerate().filter(|(_, hour)| hour.offers > 0);
    let busy: Vec<_> = busy.map(|(n, hour)| (n, hour.offers, hour.answered, hour.missed)).collect();
    assert_eq!(busy, [(0, 1, 1, 0), (21, 1, 1, 0), (22, 5, 2, 3), (23, 1, 0, 0)]);
    assert_eq!((summary.hours[0].from, summary.hours.len()), (until - TimeDelta::hours(24), 24));
    books.close().await;
}

#[tokio::test]
async fn timers_are_as_late_as_the_misses_that_they_found_were_recorded() {
    let books = Books::open().await;
    let an_hour_ago = minutes_ago(60);
    books.tell((1..=4).map(|lead| notified(ME, number(lead), an_hour_ago))).await;
    for lead in 1..=3 {
        end(&books, lead, DetectedBy::Timeout, Source::Timer).await;
    }
    end(&books, 4, DetectedBy::Sweep, Source::Sweep).await;
    // The second one's clocks differ, and the sweep is no timer.
    for (lead, seconds) in [(1, 4), (2, -1), (3, 2), (4, 3000)] {
        let (id, late) = (number(lead), format!("occurred_at + interval '{seconds} s'"));
        let of_lead = format!("where lead_id = '{id}' and status = 'missed'");
        books.execute(&format!("update lead_interaction_history set recorded_at = {late} {of_lead}")).await;
    }

    let summary = books.store.summary(minutes_ago(0)).await.expect("a summary");
    let TimerLateness { median_seconds, p99_seconds } = summary.timer_lateness.expect("timers found some");
    assert_eq!((median_seconds, p99_seconds), (2.0, 3.96));
    books.close().await;
}
