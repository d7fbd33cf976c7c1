//! Helm itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::manifest::Manifest;
use crate::{chart, files, tool};

/// Where every test installs.
pub(crate) const RELEASE: &str = "lead-tracker";
pub(crate) const NAMESPACE: &str = "leads";

/// Values to render the chart with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    files: Vec<PathBuf>,
    set: Vec<String>,
}

impl Values {
    /// Those of a file.
    pub(crate) fn of(file: &Path) -> Self {
        Self { files: vec![file.to_owned()], set: Vec::new() }
    }

    /// Those of a file of the chart's `ci` folder, by its name without the ending.
    pub(crate) fn case(name: &str) -> Self {
        Self::of(&chart(&format!("ci/{name}-values.yaml")))
    }

    /// Every file of the chart's `ci` folder, with its name.
    pub(crate) fn cases() -> Vec<(String, Self)> {
        let ending = "-values.yaml";
        let cases = files(&chart("ci"), ending).into_iter().map(|file| {
            let name = file.file_name().expect("a file has a name").to_string_lossy().replace(ending, "");
            (name, Self::of(&file))
        });
        cases.collect()
    }

    /// Another file, which goes before those so far.
    pub(crate) fn and(mut self, file: &Path) -> Self {
        self.files.push(file.to_owned());
        self
    }

    /// A value as `--set` takes it, which goes before all files.
    pub(crate) fn set(mut self, value: impl Into<String>) -> Self {
        self.set.push(value.into());
        self
    }

    /// What the chart makes of them, as Helm prints it.
    pub(crate) fn rendered(&self) -> String {
        self.render().unwrap_or_else(|complaint| panic!("{self:?}: {complaint}"))
    }

    /// The same, as manifests.
    pub(crate) fn manifests(&self) -> Vec<Manifest> {
        Manifest::read_all(&self.rendered())
    }

    /// What Helm tells whoever has installed it.
    pub(crate) fn notes(&self) -> String {
        let output = self.helm(&["install", RELEASE, "--namespace", NAMESPACE, "--dry-run=client"]);
        let said = String::from_utf8(output.stdout).expect("Helm prints UTF-8");
        said.split_once("\nNOTES:\n").unwrap_or_else(|| panic!("there are no notes: {said}")).1.to_owned()
    }

    /// Why Helm renders nothing.
    pub(crate) fn refusal(&self) -> String {
        self.render().expect_err(&format!("{self:?} should be refused"))
    }

    fn render(&self) -> Result<String, String> {
        let output = self.helm(&["template", RELEASE, "--namespace", NAMESPACE]);
        let text = |bytes| String::from_utf8(bytes).expect("Helm prints UTF-8");
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// Runs Helm over the chart with these values.
    pub(crate) fn helm(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(tool("helm"));
        command.args(arguments).arg(chart(""));
        for file in &self.files {
            command.arg("--values").arg(file);
        }
        for value in &self.set {
            command.arg("--set").arg(value);
        }
        command.output().expect("Helm can be run")
    }
}

#[test]
fn lint_finds_nothing() {
    for (name, values) in Values::cases() {
        let output = values.helm(&["lint", "--strict", "--quiet"]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
