//! What the service says of itself: log lines on stderr, metrics for Prometheus, spans for a collector of traces.

pub mod metrics;
pub mod spans;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::str::FromStr;

use tracing::Level;
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

/// What these libraries would log is personal: lapin the bodies of returned messages, and of all with `trace`; tokio-postgres
/// the parameters of every statement with `debug`.
const DISCREET: [(&str, &str); 2] = [("lapin", "off"), ("tokio_postgres", "info")];

/// Starts logging to stderr; stdout is for what a command was asked for.
///
/// `filter` is the value of `RUST_LOG`; without one, everything from `level` up is logged. Libraries that would log
/// personal data stay silent unless the filter names them.
///
/// # Errors
///
/// [`LogError`]
pub fn init(format: LogFormat, filter: Option<&str>, level: Level) -> Result<(), LogError> {
    let registry = tracing_subscriber::registry().with(parse_filter(filter, level)?);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => registry.with(lines.with_ansi(io::stderr().is_terminal())).try_init()?,
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}

fn parse_filter(filter: Option<&str>, level: Level) -> Result<EnvFilter, LogError> {
    let said = filter.map(str::trim).filter(|filter| !filter.is_empty());
    let mut filter = said.map_or_else(|| level.to_string(), str::to_owned);
    let targets =
        said.unwrap_or_default().split(',').map(|part| part.split(['=', '[']).next().unwrap_or_default().trim());
    let named: BTreeSet<&str> = targets.collect();
    let unnamed = DISCREET.iter().filter(|(library, _)| !named.contains(library));
    unnamed.for_each(|(library, level)| filter.push_str(&format!(",{library}={level}")));
    EnvFilter::builder().parse(filter).map_err(|error| LogError::Filter(error.to_string().replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_counts_unless_something_is_said() {
        for (given, expected) in [(None, "info"), (Some(" "), "info"), (Some("error,lead_tracker=debug"), "error")] {
            let filter = parse_filter(given, Level::INFO).expect("a good filter").to_string();
            assert!(filter.to_lowercase().split(',').any(|part| part == expected), "{given:?}: {filter}");
        }
    }

    #[test]
    fn libraries_that_log_personal_data_are_silent_unless_they_are_named() {
        for given in [None, Some("trace"), Some("debug,tokio_postgres_rustls=trace")] {
            let filter = parse_filter(given, Level::INFO).expect("a good filter").to_string();
            assert!(filter.contains("lapin=off") && filter.contains("tokio_postgres=info"), "{given:?}: {filter}");
        }
        let filter = parse_filter(Some("info,lapin=trace"), Level::INFO).expect("a good filter").to_string();
        assert!(filter.contains("lapin=trace") && !filter.contains("lapin=off"), "{filter}");
    }

    #[test]
    fn a_bad_filter_is_named() {
        let error = parse_filter(Some("lead_tracker=loud"), Level::INFO).expect_err("a bad filter").to_string();
        assert!(error.starts_with("RUST_LOG: ") && !error.contains('\n'), "{error}");
    }
}
