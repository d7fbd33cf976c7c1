//! The layers: defaults, then the file, then the environment.

use std::path::Path;

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, File, FileFormat, Map, Source, Value, ValueKind};

use super::error::ConfigError;
use super::key::{KEYS, Key, PREFIX, is_known, is_section, known_beside, named};
use super::secret::Secret;

/// The settings as texts, the layers laid over each other.
pub(crate) struct Layers {
    config: Config,
    /// What the operator should know of but that does not stop the start.
    pub(crate) warnings: Vec<String>,
}

impl Layers {
    pub(crate) fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut builder = Config::builder();
        for key in KEYS {
            builder = builder.set_default(key.path, key.default).map_err(broken)?;
        }
        if let Some(path) = file {
            builder = builder.add_source(read_file(path)?);
        }
        // An empty variable counts as none: that is how Compose and CI hand on what is not set.
        let environment: Vec<_> = environment.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        for key in KEYS {
            builder = overlay(builder, key, &environment)?;
        }
        let config = builder.build().map_err(broken)?;
        Ok(Self { config, warnings: unknown_variables(&environment) })
    }

    /// The value of a setting that has a default.
    pub(crate) fn get<T>(&self, path: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, ConfigError> {
        let key = named(path);
        let text = self.text(path).map_err(|reason| invalid(&key, reason))?.unwrap_or_default();
        parse(&text).map_err(|reason| invalid(&key, reason))
    }

    /// The value of a setting that may be missing.
    pub(crate) fn optional<T>(
        &self,
        path: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let key = named(path);
        let text = self.text(path).map_err(|reason| invalid(&key, reason))?.filter(|text| !text.is_empty());
        text.map(|text| parse(&text)).transpose().map_err(|reason| invalid(&key, reason))
    }

    /// A secret, read once now so that a wrong one is found before anything starts.
    pub(crate) fn secret(
        &self,
        path: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Option<Secret>, ConfigError> {
        let key = named(path);
        let given = |path: &str| Ok(self.text(path)?.filter(|text| !text.is_empty()));
        let value = given(path).map_err(|reason| invalid(&key, reason))?;
        let file = given(&key.file_path()).map_err(|reason| invalid(&key, reason))?;
        let secret = match (value, file) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(ConfigError::Both { setting: key.label() }),
            (Some(value), None) => Secret::Value(value),
            (None, Some(file)) => Secret::File(file.into()),
        };
        let value = secret.read().map_err(|error| invalid(&key, error.to_string()))?;
        check(&value).map_err(|reason| invalid(&key, reason))?;
        Ok(Some(secret))
    }

    fn text(&self, path: &str) -> Result<Option<String>, String> {
        match self.config.get::<Option<Value>>(path) {
            Err(config::ConfigError::NotFound(_)) | Ok(None) => Ok(None),
            Ok(Some(Value { kind: ValueKind::Nil, .. })) => Ok(None),
            Ok(Some(value)) => value.into_string().map(Some).map_err(|_| "must be a text or a number".to_owned()),
            Err(_) => Err("must be a text or a number".to_owned()),
        }
    }
}

fn invalid(key: &Key, reason: String) -> ConfigError {
    ConfigError::Invalid { setting: key.label(), reason: reason.replace('\n', " ") }
}

/// Reads the file whole and refuses what it says of unknown things.
fn read_file(path: &Path) -> Result<Config, ConfigError> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: name.clone(), source })?;
    let file = Config::builder().add_source(File::from_str(&text, FileFormat::Toml)).build().map_err(|error| {
        ConfigError::NotToml { path: name.clone(), reason: first_and_last_line(&error.to_string()) }
    })?;
    let keys = named_in("", &file.collect().map_err(broken)?);
    match keys.into_iter().find(|key| !is_known(key)) {
        Some(key) => Err(ConfigError::UnknownKey { path: name, known: known_beside(&key), key }),
        None => Ok(file),
    }
}

/// TOML's errors are a picture: where, the line, a caret, why. The line may hold a password.
fn first_and_last_line(error: &str) -> String {
    let mut lines = error.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    lines.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}: {last}"))
}

/// The full names of all keys that have a value, and of the empty sections that mean nothing, in order.
fn named_in(section: &str, table: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = table
        .iter()
        .flat_map(|(name, value)| {
            let path = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
            match &value.kind {
                ValueKind::Table(table) if !table.is_empty() => named_in(&path, table),
                ValueKind::Table(_) if is_section(&path) => Vec::new(),
                _ => vec![path],
            }
        })
        .collect();
    names.sort();
    names
}

/// Lays a setting's variable over the file. Of a secret and its file the one in the environment replaces both.
fn overlay(
    builder: ConfigBuilder<DefaultState>,
    key: &Key,
    environment: &[(String, String)],
) -> Result<ConfigBuilder<DefaultState>, ConfigError> {
    let find = |name: &str| environment.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
    let value = find(&key.variable());
    if !key.secret {
        return builder.set_override_option(key.path, value).map_err(broken);
    }
    let file = find(&format!("{}_FILE", key.variable()));
    if value.is_none() && file.is_none() {
        return Ok(builder);
    }
    let builder = builder.set_override(key.path, value.unwrap_or_default()).map_err(broken)?;
    builder.set_override(key.file_path(), file.unwrap_or_default()).map_err(broken)
}

/// Variables that look like ours and are none. Kubernetes makes such up for every service it knows.
fn unknown_variables(environment: &[(String, String)]) -> Vec<String> {
    let known = |name: &str| {
        KEYS.iter().any(|key| {
            let variable = key.variable();
            name == variable || (key.secret && name.strip_suffix("_FILE") == Some(&variable))
        })
    };
    let ours = environment.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with(PREFIX));
    let mut unknown: Vec<&str> = ours.filter(|name| !known(name)).collect();
    unknown.sort_unstable();
    unknown.into_iter().map(|name| format!("the environment variable {name} is not a setting and is ignored")).collect()
}

/// An error of the `config` crate that names no setting; with the listed keys there is none.
fn broken(error: config::ConfigError) -> ConfigError {
    ConfigError::Invalid { setting: "the settings".to_owned(), reason: error.to_string().replace('\n', " ") }
}
