//! `lead-tracker serve` as a process of its own.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{eventually, metrics};

/// How a service is about to be started.
pub(crate) struct Launch {
    command: Command,
    address: SocketAddr,
    log: PathBuf,
}

impl Launch {
    /// A service on a free port that writes its log to `log`.
    pub(crate) fn new(mut command: Command, log: PathBuf) -> Self {
        let address = free_address();
        command.arg("serve").env("LEAD_TRACKER_HTTP__ADDRESS", address.to_string());
        Self { command, address, log }
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl ToString) -> Self {
        self.command.env(name, value.to_string());
        self
    }

    /// Takes these variables, and the address to listen on, in place of everything else.
    #[allow(dead_code, reason = "only the chart says all that its pods have")]
    pub(crate) fn env_only(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.command.env_clear().envs(variables).env("LEAD_TRACKER_HTTP__ADDRESS", self.address.to_string());
        self
    }

    /// Lets it listen there instead.
    #[allow(dead_code, reason = "only a trial is to be found where one expects it")]
    pub(crate) fn at(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self.env("LEAD_TRACKER_HTTP__ADDRESS", address)
    }

    /// Starts the process without waiting for anything.
    pub(crate) fn spawn(mut self) -> Service {
        let log = File::create(&self.log).expect("the log can be written");
        let errors = log.try_clone().expect("a file can be opened twice");
        let child =
            self.command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("the binary can be run");
        let http = reqwest::Client::builder().timeout(super::BOUND).no_proxy().build().expect("a client needs nothing");
        Service(Arc::new(Process { child: Mutex::new(child), address: self.address, log: self.log, http }))
    }
}

/// A running service; it is killed when the last handle goes.
#[derive(Clone)]
pub(crate) struct Service(Arc<Process>);

struct Process {
    child: Mutex<Child>,
    address: SocketAddr,
    log: PathBuf,
    http: reqwest::Client,
}

impl Service {
    /// Waits until it is ready to work; panics with its log when it ends instead.
    pub(crate) async fn ready(&self) {
        eventually("the service is ready", async || {
            assert!(self.exit_status().is_none(), "the service ended at its start:\n{}", self.log());
            self.status_of("/health/ready").await == Some(200)
        })
        .await;
    }

    /// The HTTP status of a path; `None` where nothing answers.
    pub(crate) async fn status_of(&self, path: &str) -> Option<u16> {
        let response = self.0.http.get(self.url(path)).send().await.ok()?;
        Some(response.status().as_u16())
    }

    /// A figure from `/metrics`: the sum of the samples that have all of `labels`.
    pub(crate) async fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let response = self.0.http.get(self.url("/metrics")).send().await.expect("the service serves its metrics");
        metrics::sum(&response.text().await.expect("metrics are text"), name, labels)
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill_9(&self) {
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }

    /// Asks it to stop, and waits for its exit status.
    pub(crate) async fn terminate(&self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.ended().await
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        self.0.child().try_wait().expect("a child can be waited for")
    }

    /// The id of its process.
    #[allow(dead_code, reason = "only the image's process is looked at from outside")]
    pub(crate) fn process_id(&self) -> u32 {
        self.0.child().id()
    }

    /// How much memory it has, in bytes.
    #[allow(dead_code, reason = "only a crowd of idle listeners is weighed")]
    pub(crate) fn resident_bytes(&self) -> usize {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.0.child().id())).expect("the service runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
        kilobytes * 1024
    }

    /// The names of its threads, the first 15 characters of each.
    #[allow(dead_code, reason = "only the exporter of traces has a thread to be looked for")]
    pub(crate) fn threads(&self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.0.child().id())).expect("the service runs");
        let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
        names.map(|name| name.trim_end().to_owned()).collect()
    }

    /// Everything that it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.0.log).unwrap_or_default()
    }

    async fn ended(&self) -> ExitStatus {
        eventually("the service ends", async || self.exit_status().is_some()).await;
        self.exit_status().expect("it has ended")
    }

    fn signal(&self, signal: Signal) {
        let id = self.0.child().id();
        kill(Pid::from_raw(id.try_into().expect("process ids are small")), signal).expect("the service runs");
    }

    /// Where it listens.
    #[allow(dead_code, reason = "only the documents' commands ask by themselves")]
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.address)
    }
}

impl Process {
    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().expect("nobody panics while holding the lock")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to kill, and waiting only collects its status.
        let _ = self.child().kill();
        let _ = self.child().wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address")
}
