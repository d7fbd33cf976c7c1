//! compose.yaml, as far as the tests act in its place.

use std::path::Path;

use crate::{project, text};

/// How compose.yaml lets its user set the response window, and what the tests set.
const WINDOW: [&str; 2] = ["${RESPONSE_WINDOW:-1min}", "1s"];

/// The environment of a service whose secrets are in this folder.
pub(crate) fn environment(service: &str, secrets: &Path) -> Vec<(String, String)> {
    let file = text(project("compose.yaml"));
    let lines: Vec<&str> = file.lines().collect();
    let mut settings = below(&below(&lines, &format!("  {service}:")), "    environment:");
    if settings.iter().any(|line| line.trim() == "<<: *settings") {
        settings.extend(below(&lines, "x-settings: &settings"));
    }
    let filled = |value: &str| value.replace(WINDOW[0], WINDOW[1]).replace("/secrets", &secrets.to_string_lossy());
    let settings = settings.iter().filter_map(|line| line.trim().split_once(": ")).filter(|(name, _)| *name != "<<");
    settings.map(|(name, value)| (name.to_owned(), filled(value.trim_matches('"')))).collect()
}

/// The lines that belong to one of them.
fn below<'a>(lines: &[&'a str], line: &str) -> Vec<&'a str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let at = lines.iter().position(|found| *found == line).unwrap_or_else(|| panic!("there is no line {line:?}"));
    let rest = lines[at + 1..].iter().copied();
    rest.take_while(|below| below.is_empty() || indent(below) > indent(line)).collect()
}
