//! The Helm chart: what it renders, what it refuses, and that the real binary runs with what its pods are given.
//!
//! There is no cluster: whether Kubernetes does with the manifests what it promises is not tested.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a chart needs less of the harness than the service's tests do")]
mod harness;

mod alerts;
mod documents;
mod examples;
mod golden;
mod hardening;
mod helm;
mod manifest;
mod notes;
mod pod;
mod refusals;
mod running;
mod schemas;
mod topology;
mod values;

use std::path::{Path, PathBuf};

/// The top of the project.
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");
/// The binary of the service.
const BINARY: &str = env!("CARGO_BIN_EXE_lead-tracker");

/// A file or folder of the chart.
fn chart(path: &str) -> PathBuf {
    Path::new(PROJECT).join("helm/lead-tracker").join(path)
}

/// What `make helm` has laid there.
fn tool(name: &str) -> PathBuf {
    let tool = Path::new(PROJECT).join("target/chart").join(name);
    assert!(tool.exists(), "{} is not there: run `make helm`", tool.display());
    tool
}

/// The text of a file.
fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder with this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a folder can be listed").path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(ending));
    files.sort();
    files
}
