//! What operators run and read: the image, the trial, alerts with their runbooks, the dashboard.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "operators need less of the harness than the service's tests do")]
mod harness;

mod alerts;
mod compose;
mod dashboard;
mod dockerfile;
mod expression;
mod image;
mod metrics;
mod promtool;
mod runbooks;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::{Addresses, World};

/// The service's binary.
const BINARY: &str = env!("CARGO_BIN_EXE_lead-tracker");

/// A file or folder of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files in a folder of the project that end like this, in order.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(project(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    paths.sort();
    paths
}

/// The name of a file without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().expect("a file has a name").to_string_lossy().into_owned()
}

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(BINARY.into(), addresses, Duration::from_millis(window_ms)).await
}
