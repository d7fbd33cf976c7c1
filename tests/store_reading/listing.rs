//! Pages, counts and single leads.

use chrono::TimeDelta;
use lead_tracker::domain::event::{
    Category, Customer, Fact, FreelancerId, LeadDetails, LeadId, MissedReason, Response,
};
use lead_tracker::domain::interaction::Status;
use lead_tracker::domain::lead::LeadStatus;
use lead_tracker::store::{LeadCounts, ListQuery, ListedInteraction, ListedLead, StatusFilter};
use tokio::sync::mpsc;

use crate::books::{Books, closed_for, minutes_ago, notified, number, responded, viewed};

const ME: FreelancerId = number_of_me();

const fn number_of_me() -> FreelancerId {
    FreelancerId::from_u128(0xf1)
}

fn everything() -> ListQuery {
    ListQuery { freelancer_id: ME, status: StatusFilter::All, from: None, until: None, after: None, limit: 200 }
}

async fn ids(books: &Books, query: &ListQuery) -> Vec<LeadId> {
    let page = books.store.page_of_leads(query).await.expect("a page");
    page.iter().map(|lead| lead.id).collect()
}

fn full_details() -> LeadDetails {
    LeadDetails {
        title: Some("Leaking tap".into()),
        description: Some("It drips.".into()),
        location: Some("Pune".into()),
        pincode: Some("411001".into()),
        budget_min: Some(500.0),
        budget_max: Some(800.5),
        preferred_time: Some("mornings".into()),
        created_at: Some(minutes_ago(12)),
        category: Some(Category { id: 7.into(), name: "Plumbing".into(), icon: None, color: None }),
        customer: Some(Customer { id: "c-1".into(), first_name: Some("Asha".into()), last_name: None }),
        mobile_number: Some("+91 98".into()),
    }
}

#[tokio::test]
async fn a_lead_is_listed_with_all_that_is_known() {
    let books = Books::open().await;
    let (lead_id, notified_at) = (number(1), minutes_ago(10));
    let (viewed_at, accepted_at) = (minutes_ago(9), minutes_ago(8));
    let mut offer = notified(ME, lead_id, notified_at);
    let Fact::Notified(fact) = &mut offer else { unreachable!("it is one") };
    fact.lead = full_details();
    let details = fact.lead.clone();
    let answer = responded(ME, lead_id, Response::Accepted, Some("on my way"), accepted_at);
    books.tell([offer, viewed(ME, lead_id, viewed_at), answer]).await;

    let expected = ListedLead {
        id: lead_id,
        details,
        status: LeadStatus::Accepted,
        accepted_by: Some(ME),
        accepted_at: Some(accepted_at),
        interaction: ListedInteraction {
            offer: 1,
            status: Status::Accepted,
            missed_reason: None,
            notes: Some("on my way".into()),
            notified_at,
            deadline_at: notified_at + TimeDelta::minutes(30),
            viewed_at: Some(viewed_at),
            responded_at: Some(accepted_at),
            late: false,
        },
    };
    let page = books.store.page_of_leads(&everything()).await.expect("a page");
    assert_eq!(page, std::slice::from_ref(&expected));
    assert_eq!(books.store.listed_lead(ME, lead_id).await.expect("an answer"), Some(expected));
    assert_eq!(books.store.listed_lead(number(0xf2), lead_id).await.expect("an answer"), None);
    books.close().await;
}

#[tokio::test]
async fn an_acceptance_that_a_closing_told_of_has_its_time() {
    let books = Books::open().await;
    let closed_at = minutes_ago(5);
    books.tell([notified(ME, number(1), minutes_ago(10)), closed_for(ME, number(1), closed_at)]).await;
    let lead = books.store.listed_lead(ME, number(1)).await.expect("an answer").expect("it is listed");
    assert_eq!((lead.accepted_by, lead.accepted_at), (Some(ME), Some(closed_at)));
    assert_eq!((lead.interaction.status, lead.interaction.responded_at), (Status::Accepted, Some(closed_at)));
    books.close().await;
}

#[tokio::test]
async fn what_was_never_notified_is_not_listed() {
    let books = Books::open().await;
    books.tell([viewed(ME, number(1), minutes_ago(9))]).await;
    assert!(ids(&books, &everything()).await.is_empty());
    assert_eq!(books.store.listed_lead(ME, number(1)).await.expect("an answer"), None);
    assert_eq!(books.store.lead_counts(ME, None, None).await.expect("counts"), LeadCounts::default());

    books.tell([notified(ME, number(1), minutes_ago(10))]).await;
    assert_eq!(ids(&books, &everything()).await, [number(1)]);
    books.close().await;
}

/// Leads 1 to 5, a minute apart, the last one the latest: notified, viewed, accepted, missed, ignored.
async fn one_of_each(books: &Books) {
    let at = |n: i64| minutes_ago(10 - n);
    let offers = (1..=5).map(|n| notified(ME, number(n), at(i64::try_from(n).expect("few"))));
    books.tell(offers).await;
    books
        .tell([
            notified(number(0xf2), number(1), at(1)),
            viewed(ME, number(2), minutes_ago(1)),
            responded(ME, number(3), Response::Accepted, None, minutes_ago(1)),
            responded(ME, number(4), Response::Missed(MissedReason::Busy), None, minutes_ago(1)),
            responded(ME, number(5), Response::Ignored, None, minutes_ago(1)),
        ])
        .await;
}

#[tokio::test]
async fn a_status_shows_what_it_says_and_all_are_counted() {
    let books = Books::open().await;
    one_of_each(&books).await;
    for (status, expected) in [
        (StatusFilter::All, vec![5, 4, 3, 2, 1]),
        (StatusFilter::Accepted, vec![3]),
        (StatusFilter::Missed, vec![4]),
        (StatusFilter::Ignored, vec![5]),
        (StatusFilter::Pending, vec![2, 1]),
    ] {
        let expected: Vec<LeadId> = expected.into_iter().map(number).collect();
        assert_eq!(ids(&books, &ListQuery { status, ..everything() }).await, expected, "{status:?}");
    }
    let counts = books.store.lead_counts(ME, None, None).await.expect("counts");
    assert_eq!(counts, LeadCounts { all: 5, accepted: 1, missed: 1, ignored: 1, pending: 2 });
    books.close().await;
}

#[tokio::test]
async fn a_span_of_time_has_its_beginning_and_not_its_end() {
    let books = Books::open().await;
    one_of_each(&books).await;
    let page = books.store.page_of_leads(&everything()).await.expect("a page");
    let notified_at = |n| page.iter().find(|lead| lead.id == number(n)).map(|lead| lead.interaction.notified_at);
    let (from, until) = (notified_at(2), notified_at(4));
    assert_eq!(ids(&books, &ListQuery { from, until, ..everything() }).await, [number(3), number(2)]);
    assert_eq!(ids(&books, &ListQuery { from, ..everything() }).await.len(), 4);
    assert_eq!(ids(&books, &ListQuery { until, ..everything() }).await.len(), 3);
    let counts = books.store.lead_counts(ME, from, until).await.expect("counts");
    assert_eq!(counts, LeadCounts { all: 2, accepted: 1, pending: 1, ..LeadCounts::default() });
    books.close().await;
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_while_offers_arrive() {
    let books = Books::open().await;
    // Seven at a time were notified at the same moment, so that pages of five end among them.
    let start = minutes_ago(20);
    let offers = (0..60).map(|n| (number(1000 + n), start + TimeDelta::seconds(i64::try_from(n / 7).expect("few"))));
    books.tell(offers.clone().map(|(lead_id, at)| notified(ME, lead_id, at))).await;

    let (arrived, mut arrivals) = mpsc::channel(1);
    let offering = async {
        for n in 0_u128.. {
            // One at the top and one among those that are already there.
            let among = start + TimeDelta::seconds(i64::try_from(n % 9).expect("few"));
            books.tell([notified(ME, number(2000 + n), minutes_ago(1)), notified(ME, number(n + 1), among)]).await;
            if arrived.send(()).await.is_err() {
                return;
            }
        }
    };
    let reading = async {
        let mut query = ListQuery { limit: 5, ..everything() };
        let mut seen = Vec::new();
        loop {
            arrivals.recv().await.expect("offers arrive");
            let page = books.store.page_of_leads(&query).await.expect("a page");
            query.after = page.last().map(ListedLead::cursor);
            let Some(_) = query.after else { break };
            seen.extend(page.iter().map(ListedLead::cursor));
        }
        arrivals.close();
        while arrivals.recv().await.is_some() {}
        seen
    };
    let ((), seen) = tokio::join!(offering, reading);

    let descending = seen.is_sorted_by(|one, next| (one.notified_at, one.lead_id) > (next.notified_at, next.lead_id));
    assert!(descending, "in order, and so without a repetition");
    for (lead_id, _) in offers {
        assert!(seen.iter().any(|cursor| cursor.lead_id == lead_id), "{lead_id} was skipped");
    }
    books.close().await;
}
