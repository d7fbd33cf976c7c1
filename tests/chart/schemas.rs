//! Every manifest against the schemas of who takes it: Kubernetes, oldest and newest, and the operators.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Validator};
use serde_json::Value;

use crate::helm::Values;
use crate::manifest::Manifest;
use crate::{PROJECT, chart, files, text, tool};

/// The newest version that there are schemas of.
const NEWEST: &str = "1.37";

/// What manifests are held against.
pub(crate) struct Schemas {
    kubernetes: PathBuf,
    definitions: Registry<'static>,
    of_files: BTreeMap<PathBuf, Validator>,
}

impl Schemas {
    /// Those of a version of Kubernetes, strict: what they do not know is refused.
    pub(crate) fn of_version(version: &str) -> Self {
        let kubernetes = tool("kubernetes").join(format!("v{version}.0-local-strict"));
        let definitions = json(&kubernetes.join("_definitions.json"));
        let definitions = Registry::new().add("https://kubernetes.io/api/_definitions.json", definitions);
        let definitions = definitions.and_then(|definitions| definitions.prepare());
        Self { kubernetes, definitions: definitions.expect("its definitions are schemas"), of_files: BTreeMap::new() }
    }

    /// Fails where a manifest is not as its schema has it.
    pub(crate) fn assert_allow(&mut self, manifest: &Manifest, whose: &str) {
        let (what, file) = (format!("{whose}: {} {}", manifest.kind(), manifest.name()), self.file(manifest));
        let complaints: Vec<_> = self
            .validator(file)
            .iter_errors(&manifest.0)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(complaints.is_empty(), "{what} is not as its schema has it:\n{}", complaints.join("\n"));
    }

    fn file(&self, manifest: &Manifest) -> PathBuf {
        let custom = Path::new(PROJECT).join(format!("tests/chart/custom-resources/{}.json", manifest.kind()));
        if custom.exists() {
            return custom;
        }
        let (group, version) = manifest.api_version().split_once('/').unwrap_or(("", manifest.api_version()));
        let group = group.split('.').next().filter(|group| !group.is_empty());
        let version = group.map_or_else(|| version.to_owned(), |group| format!("{group}-{version}"));
        self.kubernetes.join(format!("{}-{version}.json", manifest.kind().to_lowercase()))
    }

    fn validator(&mut self, file: PathBuf) -> &Validator {
        let definitions = &self.definitions;
        self.of_files.entry(file).or_insert_with_key(|file| {
            let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(definitions);
            let validator = options.build(&json(file));
            validator.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
    }
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&text(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The oldest version that the chart allows.
fn oldest() -> String {
    let chart: Value = serde_saphyr::from_str(&text(&chart("Chart.yaml"))).expect("Chart.yaml is YAML");
    let range = chart["kubeVersion"].as_str().and_then(|range| range.strip_prefix(">=")?.strip_suffix(".0-0"));
    range.expect("kubeVersion says the oldest version alone").to_owned()
}

#[test]
fn every_manifest_is_one_for_the_oldest_and_the_newest_kubernetes() {
    for version in [oldest().as_str(), NEWEST] {
        let mut schemas = Schemas::of_version(version);
        for (name, values) in Values::cases() {
            for manifest in values.manifests() {
                schemas.assert_allow(&manifest, &format!("{name}, Kubernetes {version}"));
            }
        }
    }
}

#[test]
fn the_schemas_refuse_what_they_do_not_know() {
    let mut schemas = Schemas::of_version(NEWEST);
    for kind in ["Deployment", "Queue"] {
        let manifests = Values::case("operator").manifests();
        let mut manifest = manifests.into_iter().find(|manifest| manifest.kind() == kind).expect("there is one");
        manifest.0["spec"]["replikas"] = Value::from(2);
        let file = schemas.file(&manifest);
        assert!(!schemas.validator(file).is_valid(&manifest.0), "{kind}");
    }
}

#[test]
fn every_custom_resource_says_where_its_schema_is_from() {
    for file in files(&Path::new(PROJECT).join("tests/chart/custom-resources"), ".json") {
        let schema: Value = serde_json::from_slice(&fs::read(&file).expect("it can be read")).expect("it is JSON");
        let source = schema["$comment"].as_str().unwrap_or_default();
        assert!(source.starts_with("From ") && source.contains(" v"), "{}: {source}", file.display());
    }
}
