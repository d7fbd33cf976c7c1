//! A private RabbitMQ that starts with what is in `rabbitmq/`, and a PostgreSQL beside it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tempfile::TempDir;
use url::Url;

use crate::harness::Addresses;

/// The binary of the service.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_lead-tracker");

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");
const README: &str = include_str!("../../rabbitmq/README.md");
const USERS: [&str; 4] = ["lead-tracker", "lead-tracker-operator", "lead-publisher", "notification-service"];
/// Who may do everything, once the README's commands have added them.
pub(crate) const ADMIN: &str = "admin";

/// A broker that is gone when this is dropped, or when the test's process is: it lives until its input ends.
pub(crate) struct Broker {
    services: Child,
    addresses: Addresses,
    path: String,
    folder: TempDir,
    documented: Mutex<BTreeSet<String>>,
}

impl Broker {
    /// Starts it with passwords filled in as the README says.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("there is room for the broker's files");
        prepare(folder.path());
        Self::start_in(folder)
    }

    /// As [`Broker::start`], with the management plugin on this port.
    pub(crate) fn with_management(port: u16) -> Self {
        let folder = TempDir::new().expect("there is room for the broker's files");
        prepare(folder.path());
        fs::write(folder.path().join("enabled_plugins"), "[rabbitmq_management].").expect("the list can be written");
        let listener = format!("\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n");
        let conf = fs::OpenOptions::new().append(true).open(folder.path().join("rabbitmq.conf"));
        conf.and_then(|mut conf| conf.write_all(listener.as_bytes())).expect("rabbitmq.conf can be written");
        Self::start_in(folder)
    }

    fn start_in(folder: TempDir) -> Self {
        let prepared = "rabbitmq/passwords.sh passwords >definitions.json";
        run(folder.path(), prepared, &[]);
        let (services, [database, amqp, path]) = start_services(folder.path());
        let url = |text: &str| text.parse().expect("an address is a URL");
        let addresses = Addresses { database: url(&database), amqp: url(&amqp) };
        Self { services, addresses, path, folder, documented: Mutex::new([prepared.to_owned()].into()) }
    }

    /// The one of the tests that run now and leave it as it was, or a new one.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Broker>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let broker = Arc::new(Self::start());
            *shared = Arc::downgrade(&broker);
            broker
        })
    }

    /// Adds the administrator as the README says; returns where PostgreSQL and, for them, RabbitMQ are.
    pub(crate) fn with_admin(&self) -> Addresses {
        self.documented("rabbitmqctl add_user admin <admin.password", &[]);
        self.documented("rabbitmqctl set_user_tags admin administrator", &[]);
        self.documented("rabbitmqctl set_permissions admin '.*' '.*' '.*'", &[]);
        Addresses { database: self.addresses.database.clone(), amqp: self.url(ADMIN) }
    }

    /// The broker's address for a user.
    pub(crate) fn url(&self, user: &str) -> Url {
        let mut url = self.addresses.amqp.clone();
        url.set_username(user).expect("the URL may have a user");
        url.set_password(Some(&password(user))).expect("the URL may have a password");
        url
    }

    /// Runs a command line that the README has, with these variables; returns what it prints.
    pub(crate) fn documented(&self, line: &str, variables: &[(&str, &str)]) -> String {
        self.ran().insert(line.to_owned());
        self.run(line, variables)
    }

    /// Runs a command line that must succeed; returns what it prints.
    pub(crate) fn run(&self, line: &str, variables: &[(&str, &str)]) -> String {
        run(self.folder.path(), line, &[variables, &[("PATH", &self.path)]].concat())
    }

    /// Fails unless the README's commands and those that ran as documented are the same.
    pub(crate) fn ran_all_that_is_documented(&self) {
        let blocks = README.split("```sh tests/rabbitmq\n").skip(1).filter_map(|rest| rest.split("```").next());
        let documented: BTreeSet<String> = blocks.flat_map(str::lines).map(str::to_owned).collect();
        assert_eq!(*self.ran(), documented);
    }

    /// Where commands run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn ran(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.documented.lock().expect("nobody panics while holding the lock")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.services.stdin.take());
        // Not asserted, since a test may be panicking; what it started ends with it in any case.
        let _ = self.services.wait();
    }
}

/// A folder in which the README's commands work as they do at the top of the project.
fn prepare(folder: &Path) {
    let rabbitmq = Path::new(PROJECT).join("rabbitmq");
    std::os::unix::fs::symlink(&rabbitmq, folder.join("rabbitmq")).expect("the folder is empty");
    fs::copy(rabbitmq.join("rabbitmq.conf"), folder.join("rabbitmq.conf")).expect("there is a rabbitmq.conf");
    fs::create_dir(folder.join("passwords")).expect("the folder is empty");
    for user in USERS {
        fs::write(folder.join("passwords").join(user), password(user)).expect("a password can be written");
    }
    fs::write(folder.join("admin.password"), password(ADMIN)).expect("a password can be written");
}

/// With what a URL, a shell and JSON each have to be careful with.
pub(crate) fn password(user: &str) -> String {
    format!("{user}'s \"p@ss/wörd\" $&\\1|")
}

fn start_services(folder: &Path) -> (Child, [String; 3]) {
    let tell_and_wait = r#"printf '%s\n' "$DATABASE_URL" "$AMQP_URL" "$PATH"; read -r _ || true"#;
    let mut services = Command::new(Path::new(PROJECT).join("tests/services.sh"));
    services.arg("--rabbitmq").arg(folder).args(["sh", "-c", tell_and_wait]);
    let mut services =
        services.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests/services.sh can be run");
    let mut lines = BufReader::new(services.stdout.take().expect("stdout is piped")).lines();
    let mut line = || lines.next().expect("RabbitMQ and PostgreSQL start, see above").expect("addresses are UTF-8");
    let (database, amqp, path) = (line(), line(), line());
    let binaries = PathBuf::from(BINARY);
    let binaries = binaries.parent().expect("a binary is in a folder").display();
    (services, [database, amqp, format!("{binaries}:{path}")])
}

fn run(folder: &Path, line: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env_remove("DATABASE_URL").envs(variables.iter().copied());
    let output = command.output().expect("there is a shell");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{line}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
