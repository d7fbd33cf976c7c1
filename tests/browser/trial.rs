//! What `make run` starts.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A trial that runs; interrupted when it goes, even while a test panics.
struct Trial(Child);

impl Trial {
    fn start() -> Self {
        let mut trial = Command::new(built());
        trial.env("PORT", "0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(trial.spawn().expect("the trial can be run"))
    }

    /// Reads on until it tells where its pages are.
    fn address(&mut self) -> String {
        let lines = BufReader::new(self.0.stdout.as_mut().expect("it is piped")).lines();
        lines.map_while(Result::ok).find_map(address).expect("it tells where its pages are")
    }

    /// Interrupts it as Ctrl-C does; returns how it ended, and what it complained of.
    fn interrupt(&mut self) -> (ExitStatus, String) {
        let id = Pid::from_raw(self.0.id().try_into().expect("process ids are small"));
        // Where it has ended already, that says how.
        let _ = kill(id, Signal::SIGINT);
        let mut complaint = String::new();
        let read = self.0.stderr.as_mut().expect("it is piped").read_to_string(&mut complaint);
        read.expect("complaints are text");
        (self.0.wait().expect("a child can be waited for"), complaint)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.interrupt();
        }
    }
}

/// Builds the example, and tells where it is.
fn built() -> PathBuf {
    let build = ["build", "--quiet", "--locked", "--example", "trial"];
    let built = Command::new(env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")).args(build).status();
    assert!(built.expect("cargo can be run").success());
    Path::new(env!("CARGO_BIN_EXE_lead-tracker")).with_file_name("examples").join("trial")
}

/// The address in a line that has one.
fn address(line: String) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_shows_its_freelancers_and_leaves_nothing_behind() {
    let mut trial = tokio::task::block_in_place(Trial::start);
    let address = tokio::task::block_in_place(|| trial.address());
    let http = reqwest::Client::builder().no_proxy().build().expect("a client needs nothing");
    let page = http.get(&address).send().await.expect("the service answers");
    let page = page.text().await.expect("a page");
    for text in ["Asha Rao", "with a lead plan", "on the free plan", "Administrator"] {
        assert!(page.contains(text), "{text} is missing: {page}");
    }

    let (status, complaint) = tokio::task::block_in_place(|| trial.interrupt());
    assert!(status.success() && complaint.is_empty(), "{status}: {complaint}");
    assert!(http.get(&address).send().await.is_err(), "its service is gone");
}
