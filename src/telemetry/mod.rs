//! What the service says of itself: log lines on stderr, metrics for Prometheus.

pub mod metrics;

use std::io::{self, IsTerminal};
use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// One readable line each.
    #[default]
    Text,
    /// One JSON object each.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json".to_owned()),
        }
    }
}

/// Why there are no log lines.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// `RUST_LOG` cannot be understood.
    #[error("RUST_LOG: {0}; it takes a level or a list such as info,lead_tracker=debug")]
    Filter(String),
    /// Somebody else already logs in this process.
    #[error("logging is already set up")]
    Twice(#[from] TryInitError),
}

/// Starts logging to stderr; stdout is for what a command was asked for.
///
/// `filter` is the value of `RUST_LOG`; without one, everything from `info` up is logged.
///
/// # Errors
///
/// [`LogError`]
pub fn init(format: LogFormat, filter: Option<&str>) -> Result<(), LogError> {
    let registry = tracing_subscriber::registry().with(parse_filter(filter)?);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => registry.with(lines.with_ansi(io::stderr().is_terminal())).try_init()?,
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}

/// What lapin logs although it reports it too: returned messages, whole with their bodies, and closed channels. Both are
/// logged, or told in one line, where they are handled.
const TOLD_ELSEWHERE: &str = "lapin::returned_messages=off,lapin::channel=off";

fn parse_filter(filter: Option<&str>) -> Result<EnvFilter, LogError> {
    let filter = filter.map(str::trim).filter(|filter| !filter.is_empty()).unwrap_or("info");
    EnvFilter::builder()
        .parse(format!("{filter},{TOLD_ELSEWHERE}"))
        .map_err(|error| LogError::Filter(error.to_string().replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_info_unless_something_is_said() {
        for (given, expected) in [(None, "info"), (Some(" "), "info"), (Some("warn,lead_tracker=debug"), "warn")] {
            let filter = parse_filter(given).expect("a good filter").to_string();
            assert!(filter.contains(expected), "{given:?}: {filter}");
        }
    }

    #[test]
    fn a_bad_filter_is_named() {
        let error = parse_filter(Some("lead_tracker=loud")).expect_err("a bad filter").to_string();
        assert!(error.starts_with("RUST_LOG: ") && !error.contains('\n'), "{error}");
    }
}
