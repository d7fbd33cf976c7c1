//! The chart's README tells of the values that there are.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::golden::is_update;
use crate::{PROJECT, chart, text};

#[test]
fn the_readme_has_every_value_with_its_default() {
    let folder = TempDir::new().expect("there is room for a file");
    let (readme, made) = (chart("README.md"), folder.path().join("README.md"));
    fs::copy(&readme, &made).expect("the README can be copied");
    let generator = Path::new(PROJECT).join("tests/chart/node_modules/.bin/readme-generator");
    let output = Command::new(generator).arg("--values").arg(chart("values.yaml")).arg("--readme").arg(&made).output();
    let output = output.unwrap_or_else(|error| panic!("{error}: run `make helm`"));
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    if is_update() {
        fs::copy(&made, &readme).expect("a file of the project can be written");
    }
    assert!(text(&made) == text(&readme), "the README is not that of values.yaml; `make golden` makes it anew");
}

/// The release gives both the version of its tag.
#[test]
fn the_chart_is_of_this_version() {
    let chart: Value = serde_saphyr::from_str(&text(&chart("Chart.yaml"))).expect("Chart.yaml is YAML");
    assert_eq!(
        (&chart["version"], &chart["appVersion"]),
        (&env!("CARGO_PKG_VERSION").into(), &env!("CARGO_PKG_VERSION").into())
    );
}
