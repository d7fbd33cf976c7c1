//! What `make run` starts.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Builds the example, and tells where it is.
fn built() -> std::path::PathBuf {
    let build = ["build", "--quiet", "--locked", "--example", "trial"];
    let built = Command::new(env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")).args(build).status();
    assert!(built.expect("cargo can be run").success());
    Path::new(env!("CARGO_BIN_EXE_lead-tracker")).with_file_name("examples").join("trial")
}

#[tokio::test]
async fn a_trial_shows_its_freelancers_and_leaves_nothing_behind() {
    let program = tokio::task::spawn_blocking(built).await.expect("building does not panic");
    let mut trial = Command::new(program);
    trial.env("PORT", "0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut trial = trial.spawn().expect("the trial can be run");

    let mut lines = BufReader::new(trial.stdout.take().expect("it is piped")).lines();
    let read = tokio::task::spawn_blocking(move || (lines.by_ref().map_while(Result::ok).find_map(address), lines));
    // The pipe stays open, for what it says after that.
    let (address, _lines) = read.await.expect("reading does not panic");
    let address = address.expect("it tells where its pages are");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client needs nothing");
    let page = http.get(&address).send().await.expect("the service answers");
    let page = page.text().await.expect("a page");
    for text in ["Asha Rao", "with a lead plan", "on the free plan", "Administrator"] {
        assert!(page.contains(text), "{text} is missing: {page}");
    }

    kill(Pid::from_raw(trial.id().try_into().expect("process ids are small")), Signal::SIGINT).expect("it runs");
    let ended = tokio::task::spawn_blocking(|| trial.wait_with_output()).await.expect("waiting does not panic");
    let ended = ended.expect("a child can be waited for");
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    assert!(http.get(&address).send().await.is_err(), "its service is gone");
}

/// The address in a line that has one.
fn address(line: String) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
}
