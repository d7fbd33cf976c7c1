//! The alerts: good rules, each with a test of when it fires and when it does not, and with a page.

use crate::promtool::Rules;
use crate::{files, project, stem, text};

/// One file of the chart's alerts.
pub(crate) struct Alert {
    /// The file's name without its ending.
    pub(crate) file: String,
    /// The rule.
    pub(crate) rule: String,
}

impl Alert {
    /// Every alert.
    pub(crate) fn all() -> Vec<Self> {
        let alerts = files("helm/lead-tracker/alerts", "yaml").into_iter();
        alerts.map(|path| Self { file: stem(&path), rule: text(&path) }).collect()
    }

    /// The value of a field that is on one line.
    fn field(&self, name: &str) -> &str {
        let value = self.rule.lines().find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("{}: there is no {name}", self.file))
    }
}

fn rules() -> Rules {
    Rules::of(&Alert::all().into_iter().map(|alert| alert.rule).collect::<Vec<_>>())
}

#[test]
fn prometheus_accepts_every_alert() {
    rules().are_accepted();
}

#[test]
fn every_alert_fires_when_it_should_and_only_then() {
    let rules = rules();
    for alert in Alert::all() {
        let path = project("tests/operations/alerts").join(format!("{}.yaml", alert.file));
        let tests = text(&path);
        let times = tests.matches("alertname:").count();
        let fires = tests.matches("exp_alerts:").count();
        assert!(0 < fires && fires < times, "{}: one time when it fires and one when it does not", path.display());
        assert_eq!(times, tests.matches(&format!("alertname: {}\n", alert.field("alert"))).count(), "{}", alert.file);
        rules.pass(&path);
    }
}

#[test]
fn every_alert_has_a_page_and_every_page_an_alert() {
    let index = text(project("docs/runbooks/README.md"));
    for alert in Alert::all() {
        let (name, page) = (alert.field("alert"), format!("docs/runbooks/{}.md", alert.file));
        let url = alert.field("runbook_url");
        assert!(url.starts_with("https://") && url.ends_with(&format!("/{page}")), "{}: {url}", alert.file);
        assert!(text(project(&page)).starts_with(&format!("# {name}\n")), "{page} is the page of {name}");
        let row = format!("| [{name}]({}.md) | {} |", alert.file, alert.field("severity"));
        assert!(index.contains(&row), "docs/runbooks/README.md: {row}");
    }
    let alerts: Vec<_> = Alert::all().into_iter().map(|alert| alert.file).collect();
    let pages = files("docs/runbooks", "md");
    let pages = pages.iter().map(|path| stem(path)).filter(|page| page != "README");
    assert_eq!(pages.collect::<Vec<_>>(), alerts);
}
