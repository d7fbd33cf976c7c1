//! The command line.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use lead_tracker::commands::Cli;
use tokio::runtime::Runtime;

/// How long threads that cannot be interrupted hold up the exit.
const LINGER: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lead-tracker: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new().context("the threads cannot be started")?;
    let outcome = runtime.block_on(cli.run());
    // Dropped, the runtime would wait for a name look-up that hangs, for as long as the resolver takes.
    runtime.shutdown_timeout(LINGER);
    outcome
}

/// An error and what caused it, without the causes that it already repeats.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string().replace('\n', " ")) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}
