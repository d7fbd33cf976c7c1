//! Imports point downwards only, and every foreign protocol has one room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import of the others.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("backoff", &[]),
    ("broker", &["contract"]),
    ("contract", &["domain"]),
    ("telemetry", &["contract", "domain"]),
    ("health", &["telemetry"]),
    ("store", &["backoff", "domain", "telemetry"]),
    ("config", &["broker", "store", "telemetry"]),
    ("auth", &["config", "domain"]),
    ("feed", &["domain", "store", "telemetry"]),
    ("handler", &["contract", "domain", "store", "telemetry"]),
    ("consumer", &["backoff", "broker", "contract", "domain", "handler", "store", "telemetry"]),
    ("relay", &["backoff", "broker", "contract", "handler", "store", "telemetry"]),
    ("sweep", &["broker", "domain", "handler", "store", "telemetry"]),
    ("check", &["broker", "domain", "handler", "store", "sweep", "telemetry"]),
    (
        "api",
        &["auth", "broker", "check", "config", "contract", "domain", "feed", "handler", "health", "store", "telemetry"],
    ),
    ("page", &["api", "auth", "broker", "check", "config", "contract", "domain", "handler", "store"]),
    (
        "app",
        &[
            "api",
            "auth",
            "backoff",
            "broker",
            "config",
            "consumer",
            "feed",
            "handler",
            "health",
            "page",
            "relay",
            "store",
            "sweep",
            "telemetry",
        ],
    ),
    ("commands", &["app", "auth", "broker", "check", "config", "contract", "domain", "handler", "store", "telemetry"]),
];

/// Libraries that only these modules name.
const ROOMS: &[(&str, &[&str])] = &[
    ("lapin", &["broker"]),
    ("sqlx", &["store"]),
    ("deadpool_postgres", &["store"]),
    ("tokio_postgres", &["store"]),
    ("jsonwebtoken", &["auth"]),
    ("reqwest", &["auth"]),
    ("axum", &["api", "page"]),
    ("maud", &["page"]),
    ("plotters", &["page"]),
    ("clap", &["commands"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("opentelemetry_semantic_conventions", &["telemetry"]),
];

#[test]
fn imports_point_downwards() {
    let allowed: BTreeMap<_, BTreeSet<_>> =
        MAY_IMPORT.iter().map(|(module, others)| (*module, others.iter().copied().collect())).collect();
    for (module, file, text) in sources() {
        let may_import = allowed.get(module.as_str()).unwrap_or_else(|| panic!("{module} is not in MAY_IMPORT"));
        for other in mentioned(&text, "crate::") {
            let is_fine = other == module || may_import.contains(other.as_str());
            assert!(is_fine, "{}: {module} must not import {other}", file.display());
        }
    }
}

#[test]
fn every_library_keeps_to_its_rooms() {
    for (module, file, text) in sources() {
        for (library, rooms) in ROOMS {
            let is_named = text.lines().filter(|line| !is_comment(line)).any(|line| names(line, library));
            let is_fine = !is_named || rooms.contains(&module.as_str());
            assert!(is_fine, "{}: only {rooms:?} may name {library}", file.display());
        }
    }
}

/// Every file below `src`, with the module that it belongs to; `lib.rs` and `main.rs` belong to none.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&src).expect("it is below src");
                let module = inside.iter().next().expect("it has a name").to_string_lossy();
                let module = module.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).expect("src can be read");
                if module != "lib" && module != "main" {
                    found.push((module, path, text));
                }
            }
        }
    }
    found
}

/// The words that follow `prefix` outside of comments.
fn mentioned(text: &str, prefix: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !is_comment(line));
    let after = code.flat_map(|line| line.split(prefix).skip(1));
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    after.map(word).filter(|word| !word.is_empty()).collect()
}

fn names(line: &str, library: &str) -> bool {
    [format!("{library}::"), format!("use {library}")].iter().any(|name| line.contains(name))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}
