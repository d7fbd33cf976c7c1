//! Prometheus' own checks of rules.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Rules in a file of their own, `rules.yaml`.
pub(crate) struct Rules(TempDir);

impl Rules {
    /// A group of rules, of which each is given as YAML without indentation.
    pub(crate) fn of(rules: &[String]) -> Self {
        let mut file = "groups:\n- name: lead-tracker\n  rules:\n".to_owned();
        for rule in rules {
            let (first, rest) = rule.trim_end().split_once('\n').expect("a rule has a name and an expression");
            file.push_str(&format!("  - {first}\n"));
            rest.lines().for_each(|line| file.push_str(&format!("    {line}\n")));
        }
        let folder = TempDir::new().expect("there is room for the rules");
        fs::write(folder.path().join("rules.yaml"), file).expect("the rules can be written");
        Self(folder)
    }

    /// Fails unless Prometheus accepts them all.
    pub(crate) fn are_accepted(&self) {
        self.promtool(&["check", "rules", "rules.yaml"]);
    }

    /// Fails unless they do what a file of unit tests says.
    pub(crate) fn pass(&self, tests: &Path) {
        let name = tests.file_name().expect("a file has a name");
        fs::copy(tests, self.0.path().join(name)).expect("the tests can be copied");
        self.promtool(&["test", "rules", &name.to_string_lossy()]);
    }

    fn promtool(&self, arguments: &[&str]) {
        let output = Command::new("promtool").args(arguments).current_dir(self.0.path()).output();
        let output = output.expect("promtool is not installed: `make promtool` does that");
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(output.status.success(), "promtool {arguments:?}: {}", told.concat());
    }
}
