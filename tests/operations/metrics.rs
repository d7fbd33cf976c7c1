//! What alerts, dashboard and runbooks name is what a running service serves.

use std::collections::BTreeSet;

use crate::alerts::Alert;
use crate::expression::{Selector, groupings, selectors};
use crate::harness::{Service, comes_to};
use crate::{dashboard, files, text, world};

/// What Prometheus itself puts beside a sample.
const FROM_DISCOVERY: [&str; 3] = ["namespace", "job", "pod"];

/// A sample's metric with its labels, as the service writes them.
struct Series {
    metric: String,
    labels: Vec<(String, String)>,
}

async fn served(service: &Service) -> Vec<Series> {
    let response = reqwest::get(service.url("/metrics")).await.expect("the service serves its metrics");
    let text = response.text().await.expect("metrics are text");
    text.lines().filter(|line| line.starts_with("lead_tracker_")).map(series).collect()
}

fn series(line: &str) -> Series {
    let (name, _) = line.rsplit_once(' ').expect("a sample has a value");
    let (metric, labels) = name.split_once('{').unwrap_or((name, ""));
    let labels = labels.trim_end_matches('}').split(',').filter_map(|label| label.split_once('='));
    let labels = labels.map(|(label, value)| (label.to_owned(), value.trim_matches('"').to_owned()));
    Series { metric: metric.to_owned(), labels: labels.collect() }
}

/// Whether something is served for each value that is asked for.
fn is_served(selector: &Selector, served: &[Series]) -> bool {
    let of_metric = || served.iter().filter(|series| series.metric == selector.metric);
    let has = |label: &String, value: &String| of_metric().any(|s| s.labels.contains(&(label.clone(), value.clone())));
    let asked = selector.labels.iter().filter(|(label, _)| !FROM_DISCOVERY.contains(&label.as_str()));
    of_metric().next().is_some()
        && asked.into_iter().all(|(label, values)| values.iter().all(|value| has(label, value)))
}

#[tokio::test]
async fn alerts_and_dashboard_ask_for_what_is_served() {
    let world = world(60_000).await;
    let served = served(&world.start().await).await;
    let labels: BTreeSet<_> =
        served.iter().flat_map(|series| &series.labels).map(|(label, _)| label.as_str()).collect();

    for expression in Alert::all().into_iter().map(|alert| alert.rule).chain(dashboard::expressions()) {
        let selectors = selectors(&expression);
        assert!(!selectors.is_empty(), "it asks for nothing of the service: {expression}");
        for selector in selectors {
            assert!(is_served(&selector, &served), "{selector:?} is not served");
        }
        for label in groupings(&expression) {
            assert!(labels.contains(&*label) || FROM_DISCOVERY.contains(&&*label), "{label} in {expression}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn runbooks_name_metrics_that_are_served() {
    let world = world(60_000).await;
    let served = served(&world.start().await).await;
    let names: BTreeSet<_> = served.iter().map(|series| series.metric.trim_end_matches("_bucket")).collect();

    for page in files("docs/runbooks", "md") {
        for selector in selectors(&text(&page)) {
            assert!(names.contains(&*selector.metric), "{}: {} is not served", page.display(), selector.metric);
        }
    }
    world.close().await;
}

#[tokio::test]
async fn a_database_that_only_reads_is_told_of() {
    let world = world(60_000).await;
    let service = world.start().await;
    let read_only = async || service.metric("lead_tracker_database_read_only", &[]).await;
    let begin_every_session = async |how: &str| {
        let alter = format!("do $$ begin execute format('alter database %I {how}', current_database()); end $$");
        world.sql().batch_execute(&alter).await.expect("the user owns the database");
        world.terminate_backends().await;
    };
    assert_eq!(read_only().await, 0.0);

    begin_every_session("set default_transaction_read_only = on").await;
    comes_to("read only", 1.0, read_only).await;

    begin_every_session("reset default_transaction_read_only").await;
    comes_to("read only", 0.0, read_only).await;
    comes_to("consumers", 1.0, async || service.metric("lead_tracker_consumer_up", &[]).await).await;
    world.close().await;
}
