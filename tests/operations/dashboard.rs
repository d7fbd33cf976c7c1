//! The dashboard: as Grafana reads it, with expressions that Prometheus accepts.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::promtool::Rules;
use crate::{project, text};

const FILE: &str = "helm/lead-tracker/dashboards/lead-tracker.json";

fn dashboard() -> Value {
    serde_json::from_str(&text(project(FILE))).unwrap_or_else(|error| panic!("{FILE}: {error}"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is no list in {value}"))
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().filter(|word| !word.is_empty()).unwrap_or_else(|| panic!("there is no {name} in {value}"))
}

fn graphs(dashboard: &Value) -> impl Iterator<Item = &Value> {
    list(dashboard, "panels").iter().filter(|panel| panel["type"] != "row")
}

/// Every expression, with Grafana's variables filled in.
pub(crate) fn expressions() -> Vec<String> {
    let dashboard = dashboard();
    let targets = graphs(&dashboard).flat_map(|panel| list(panel, "targets"));
    let filled = |expression: &str| expression.replace("$__rate_interval", "5m").replace("=~\"$", "=~\"");
    targets.map(|target| filled(word(target, "expr"))).collect()
}

#[test]
fn prometheus_accepts_every_expression() {
    let expressions = expressions();
    assert!(expressions.iter().all(|expression| !expression.contains('$')), "{expressions:?}");
    let rule = |(number, expression)| format!("record: dashboard:{number}\nexpr: |-\n  {expression}");
    Rules::of(&expressions.iter().enumerate().map(rule).collect::<Vec<_>>()).are_accepted();
}

#[test]
fn every_panel_says_what_it_shows_and_asks_the_chosen_data_source() {
    let dashboard = dashboard();
    assert_eq!(word(&dashboard, "uid"), "lead-tracker");
    let variables: Vec<_> = list(&dashboard["templating"], "list").iter().map(|v| word(v, "name")).collect();
    assert_eq!(variables, ["datasource", "namespace", "job"]);
    for panel in graphs(&dashboard) {
        let (title, _) = (word(panel, "title"), word(panel, "description"));
        assert!(matches!(word(panel, "type"), "stat" | "timeseries"), "{title}");
        word(&panel["fieldConfig"]["defaults"], "unit");
        let sources = list(panel, "targets").iter().chain([panel]).map(|part| word(&part["datasource"], "uid"));
        assert!(sources.into_iter().all(|uid| uid == "${datasource}"), "{title}");
        let all = list(panel, "targets").iter().map(|target| word(target, "expr"));
        assert!(all.into_iter().all(|expr| expr.contains("$namespace") && expr.contains("$job")), "{title}");
    }
}

#[test]
fn no_panel_lies_upon_another() {
    let (mut ids, mut cells) = (BTreeSet::new(), BTreeSet::new());
    for panel in list(&dashboard(), "panels") {
        let place = |name: &str| panel["gridPos"][name].as_u64().unwrap_or_else(|| panic!("where is {panel}?"));
        assert!(ids.insert(panel["id"].as_u64()), "two panels have the id {}", panel["id"]);
        assert!(place("x") + place("w") <= 24, "{} is too wide", panel["title"]);
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(cells.insert((x, y)), "{} lies upon another", panel["title"]);
            }
        }
    }
}
