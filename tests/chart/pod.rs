//! A pod as its container sees it, laid out in a folder of this machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::manifest::{Manifest, of_kind};

/// What the only container of a pod is started with.
pub(crate) struct Pod {
    /// Its variables; those that name a mounted file name it in the folder.
    pub(crate) environment: BTreeMap<String, String>,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
}

impl Pod {
    /// Lays out the pod of `spec` in `folder`. `contents` has what its Secrets hold, by the names of the files.
    pub(crate) fn lay_out(
        spec: &Value,
        manifests: &[Manifest],
        contents: &BTreeMap<&str, String>,
        folder: &Path,
    ) -> Self {
        let container = &spec["containers"][0];
        for mount in list(&container["volumeMounts"]) {
            let volume = list(&spec["volumes"]).iter().find(|volume| volume["name"] == mount["name"]);
            write(volume.expect("a mount has its volume"), &inside(folder, word(&mount["mountPath"])), contents);
        }
        let mut environment = from_maps(container, manifests);
        for variable in list(&container["env"]) {
            environment.insert(word(&variable["name"]).to_owned(), word(&variable["value"]).to_owned());
        }
        for value in environment.values_mut().filter(|value| value.starts_with("/etc/lead-tracker/")) {
            *value = inside(folder, value);
        }
        Self {
            environment,
            arguments: list(&container["args"]).iter().map(|word| self::word(word).to_owned()).collect(),
        }
    }
}

fn inside(folder: &Path, path: &str) -> String {
    format!("{}{path}", folder.display())
}

/// The variables that come from ConfigMaps.
fn from_maps(container: &Value, manifests: &[Manifest]) -> BTreeMap<String, String> {
    let names = list(&container["envFrom"]).iter().map(|source| word(&source["configMapRef"]["name"]));
    let maps =
        names.map(|name| of_kind(manifests, "ConfigMap").find(|map| map.name() == name).expect("the map is there"));
    let data = maps.flat_map(|map| map.at("/data").as_object().expect("a map has data"));
    data.map(|(name, value)| (name.clone(), word(value).to_owned())).collect()
}

/// Writes the files of a volume of Secrets; any other one is empty.
fn write(volume: &Value, folder: &str, contents: &BTreeMap<&str, String>) {
    fs::create_dir_all(folder).expect("a folder can be made");
    let sources = list(&volume["projected"]["sources"]).iter();
    for item in sources.flat_map(|source| list(&source["secret"]["items"])) {
        let file = word(&item["path"]);
        let content = contents.get(file).unwrap_or_else(|| panic!("nobody knows what is in {file}"));
        fs::write(Path::new(folder).join(file), content).expect("a file can be written");
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
