//! How PostgreSQL goes about it where there is much: 5,000 interactions of one freelancer among 1,000,000.

use chrono::{DateTime, Utc};
use lead_tracker::store::{Client, STATEMENTS};
use tokio_postgres::types::{Timestamp, ToSql};
use uuid::Uuid;

use crate::books::{Books, minutes_ago, number};

/// Every 200th of a million interactions is of the freelancer 0xf1, and everything is 2 seconds after the one before.
/// Unlogged: nobody will want it back.
const MUCH: &str = "
alter table leads set unlogged;
alter table freelancer_lead_interactions set unlogged;
alter table lead_interaction_history set unlogged;
insert into leads (id)
select lpad(to_hex(n), 32, '0')::uuid from generate_series(0, 199999) as n;
insert into freelancer_lead_interactions
    (freelancer_id, lead_id, status, missed_reason, notified_at, deadline_at, responded_at, missed_at)
select lpad(to_hex(case when n % 200 = 0 then 241 else 1000 + n % 20000 end), 32, '0')::uuid,
    lpad(to_hex(n / 5), 32, '0')::uuid, status, case when status = 'missed' then 'busy'::missed_reason end,
    at, at + interval '30 minutes', at + interval '5 minutes', case when status = 'missed' then at end
from (
    select n, now() - (1000000 - n) * interval '2 seconds' as at,
        (array['notified', 'viewed', 'accepted', 'missed', 'ignored'])[1 + n / 200 % 5]::interaction_status as status
    from generate_series(0, 999999) as n
) as offers;
insert into lead_interaction_history
    (transaction_id, lead_id, freelancer_id, offer, status, actor_type, source, event_id, occurred_at)
select (1 + row_number() over () / 500)::text::xid8, lead_id, freelancer_id, offer, status, 'system',
    'lead.notified', '', notified_at
from freelancer_lead_interactions;
vacuum analyze leads;
vacuum analyze freelancer_lead_interactions;
vacuum analyze lead_interaction_history;";

type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The plan of a statement with these parameters, as the service's connections make it anew for each execution.
async fn plan(client: &Client, name: &str, parameters: Parameters<'_>) -> String {
    let statement = STATEMENTS.iter().find(|statement| statement.name == name).expect("a statement of this name");
    let explain = format!("explain (costs off) {}", statement.text);
    let rows = client.query(&explain, parameters).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    rows.iter().map(|row| row.get::<_, &str>(0)).collect::<Vec<_>>().join("\n")
}

/// Asserts that a plan goes by these indexes, reads no table whole, and sorts no more often than it may.
fn assert_good(plan: &str, indexes: &[&str], sorts: usize) {
    for index in indexes {
        assert!(plan.contains(&format!("{index} ")), "{index} is not used:\n{plan}");
    }
    assert!(!plan.contains("Seq Scan"), "a table is read whole:\n{plan}");
    assert_eq!(plan.matches("Sort Key").count(), sorts, "sorted:\n{plan}");
}

#[tokio::test]
async fn what_is_read_is_served_by_indexes() {
    let books = Books::open().await;
    for statement in MUCH.split_inclusive(';') {
        books.execute(statement).await;
    }
    let client = books.store.client().await.expect("a connection");
    pages(&client).await;
    histories(&client).await;
    summaries(&client).await;
    drop(client);
    books.close().await;
}

async fn pages(client: &Client) {
    let me = number(0xf1);
    let (always, forever) = (Timestamp::<DateTime<Utc>>::NegInfinity, Timestamp::<DateTime<Utc>>::PosInfinity);
    let day = (Timestamp::Value(minutes_ago(3 * 1440)), Timestamp::Value(minutes_ago(2 * 1440)));
    let middle = Timestamp::Value(minutes_ago(10 * 1440));
    for statuses in [
        vec!["notified", "viewed", "accepted", "missed", "ignored"],
        vec!["accepted"],
        vec!["missed"],
        vec!["ignored"],
        vec!["notified", "viewed"],
    ] {
        for (from, until) in [(always, forever), day] {
            for after in [forever, middle] {
                for limit in [1_i64, 50, 200] {
                    let parameters: Parameters<'_> = &[&me, &statuses, &from, &until, &after, &Uuid::max(), &limit];
                    let plan = plan(client, "page_of_leads", parameters).await;
                    assert!(plan.contains("Index Only Scan using freelancer_lead_interactions_page"), "{plan}");
                    // The rows themselves are looked up one by one, by either index that leads to them.
                    assert_good(&plan, &["leads_pkey"], 0);
                }
            }
        }
    }
    for (from, until) in [(always, forever), day] {
        let plan = plan(client, "count_leads", &[&me, &from, &until]).await;
        assert!(plan.contains("Index Only Scan using freelancer_lead_interactions_page"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
    let plan = plan(client, "listed_lead", &[&me, &number(40)]).await;
    assert_good(&plan, &["freelancer_lead_interactions_pkey", "leads_pkey"], 0);
}

async fn histories(client: &Client) {
    let (me, limit) = (number(0xf1), 500_i64);
    let plan_of_history = plan(client, "history_of_lead", &[&number(40), &me]).await;
    assert!(plan_of_history.contains("lead_interaction_history_pkey"), "{plan_of_history}");
    assert!(!plan_of_history.contains("Seq Scan"), "{plan_of_history}");
    for position in ["1", "1000", "1999", "3000"] {
        let plan_of_all = plan(client, "live_changes", &[&position, &0_i64, &limit]).await;
        assert_good(&plan_of_all, &["lead_interaction_history_position"], 0);
        let plan_of_one = plan(client, "live_changes_of_freelancer", &[&me, &position, &0_i64, &limit]).await;
        // What one freelancer has is sorted, and that is little.
        assert_good(&plan_of_one, &["freelancer_lead_interactions_page", "lead_interaction_history_pkey"], 1);
    }
}

async fn summaries(client: &Client) {
    let (from, until) = (minutes_ago(1440), minutes_ago(0));
    for (name, index) in [
        ("summary_offers", "freelancer_lead_interactions_day"),
        ("summary_response_times", "freelancer_lead_interactions_day"),
        ("summary_detections", "lead_interaction_history_day"),
    ] {
        let plan = plan(client, name, &[&from, &until]).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{plan}");
    }
}
