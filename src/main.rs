//! The command line.

use std::process::ExitCode;

use clap::Parser;
use lead_tracker::commands::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lead-tracker: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
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
