//! The JSON Schemas in `docs/schemas`.

use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// A schema, as publishers and subscribers have it.
pub(crate) struct Schema {
    /// The name of its file, without `.json`.
    pub(crate) name: String,
    /// The file.
    pub(crate) document: Value,
    validator: Validator,
}

impl Schema {
    /// Reads `docs/schemas/<name>.json` and what it refers to.
    pub(crate) fn read(name: &str) -> Self {
        Self::new(name, document(name))
    }

    /// Every schema.
    pub(crate) fn all() -> Vec<Self> {
        let files = std::fs::read_dir(folder()).expect("the schemas can be listed");
        let files = files.map(|entry| entry.expect("the schemas can be listed").path());
        files.map(|file| Self::read(file.file_stem().and_then(|name| name.to_str()).expect("a name"))).collect()
    }

    /// The same, but refusing fields that it does not name, at any depth.
    pub(crate) fn closed(self) -> Self {
        let mut document = self.document;
        close(&mut document);
        Self::new(&self.name, document)
    }

    /// The examples in it.
    pub(crate) fn examples(&self) -> &[Value] {
        self.document["examples"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether it allows this.
    pub(crate) fn allows(&self, instance: &Value) -> bool {
        self.validator.is_valid(instance)
    }

    /// Fails where it does not allow this.
    pub(crate) fn assert_allows(&self, instance: &Value) {
        let complaints: Vec<_> = self.validator.iter_errors(instance).map(|error| error.to_string()).collect();
        assert!(complaints.is_empty(), "{} does not allow {instance}: {complaints:?}", self.name);
    }

    fn new(name: &str, document: Value) -> Self {
        let fields = Registry::new().add("json-schema:///fields.json", self::document("fields"));
        let fields = fields.and_then(|fields| fields.prepare()).expect("fields.json is a schema");
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.with_registry(&fields).build(&document);
        let validator = validator.unwrap_or_else(|error| panic!("{name} is not a schema: {error}"));
        Self { name: name.to_owned(), document, validator }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")
}

fn document(name: &str) -> Value {
    let file = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn close(schema: &mut Value) {
    if schema["type"] == "object" && schema.get("properties").is_some() {
        schema["additionalProperties"] = json!(false);
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
