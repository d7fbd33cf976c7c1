//! What Kubernetes is given.

use serde_json::Value;

/// One resource.
#[derive(Debug, Clone)]
pub(crate) struct Manifest(pub(crate) Value);

impl Manifest {
    /// Every document of a YAML text. A key that is there twice is refused.
    pub(crate) fn read_all(yaml: &str) -> Vec<Self> {
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}:\n{yaml}"));
        documents.into_iter().map(Self).collect()
    }

    /// `apiVersion`
    pub(crate) fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// `kind`
    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// `metadata.name`
    pub(crate) fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("{pointer} is no text: {}", self.0))
    }

    /// What is at a JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}: {}", self.0))
    }
}

/// All of a kind.
pub(crate) fn of_kind<'a>(manifests: &'a [Manifest], kind: &'a str) -> impl Iterator<Item = &'a Manifest> {
    manifests.iter().filter(move |manifest| manifest.kind() == kind)
}

/// The only one of a kind.
pub(crate) fn the<'a>(manifests: &'a [Manifest], kind: &'a str) -> &'a Manifest {
    let mut found = of_kind(manifests, kind);
    let one = found.next().unwrap_or_else(|| panic!("there is no {kind}"));
    assert!(found.next().is_none(), "there is more than one {kind}");
    one
}
