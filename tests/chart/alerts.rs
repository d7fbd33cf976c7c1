//! The alerts and the dashboard, which are files of the chart.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::helm::Values;
use crate::manifest::{Manifest, of_kind, the};
use crate::{chart, files, text};

fn with_rules() -> Values {
    Values::case("minimal").set("metrics.prometheusRule.enabled=true")
}

/// The rules by the names of their alerts.
fn rules(manifests: &[Manifest]) -> BTreeMap<String, Value> {
    let rules = the(manifests, "PrometheusRule").at("/spec/groups/0/rules").as_array().expect("rules are a list");
    rules.iter().map(|rule| (rule["alert"].as_str().expect("a name").to_owned(), rule.clone())).collect()
}

/// The rules as their files have them.
fn written() -> BTreeMap<String, Value> {
    let files = files(&chart("alerts"), ".yaml").into_iter();
    let rules = files.map(|file| serde_saphyr::from_str::<Value>(&text(&file)).expect("an alert is YAML"));
    rules.map(|rule| (rule["alert"].as_str().expect("a name").to_owned(), rule)).collect()
}

#[test]
fn every_alert_is_rendered_as_it_is_written() {
    assert_eq!(rules(&with_rules().manifests()), written());
}

#[test]
fn alerts_get_further_labels_and_can_be_left_out() {
    let (left_out, expected) = ("LeadTrackerParkedMessages", written());
    let disabled = format!("metrics.prometheusRule.disabledAlerts={{{left_out}}}");
    let rules = rules(&with_rules().set(disabled).set("metrics.prometheusRule.alertLabels.team=leads").manifests());
    assert_eq!(rules.len() + 1, expected.len());
    for (name, rule) in rules {
        let mut labels = expected[&name]["labels"].clone();
        labels["team"] = json!("leads");
        assert_eq!(rule["labels"], labels, "{name}");
    }
}

#[test]
fn the_dashboard_is_rendered_as_it_is_written() {
    let manifests = Values::case("minimal").set("metrics.dashboard.enabled=true").manifests();
    let map = of_kind(&manifests, "ConfigMap").find(|map| map.name().ends_with("-dashboard")).expect("there is one");
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("a dashboard is JSON");
    assert_eq!(json(map.text("/data/lead-tracker.json")), json(&text(&chart("dashboards/lead-tracker.json"))));
    assert_eq!(map.text("/metadata/labels/grafana_dashboard"), "1");
}
