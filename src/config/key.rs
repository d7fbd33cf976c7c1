//! The list of settings: their names in the file and in the environment, and their defaults.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Its name in the file, with its section.
    pub(crate) path: &'static str,
    /// What it is where nobody says.
    pub(crate) default: Option<&'static str>,
    /// Whether it may be read from a file of its own, by the same name with `_FILE` or `_file`.
    pub(crate) secret: bool,
}

const fn plain(path: &'static str, default: &'static str) -> Key {
    Key { path, default: Some(default), secret: false }
}

const fn optional(path: &'static str) -> Key {
    Key { path, default: None, secret: false }
}

const fn secret(path: &'static str) -> Key {
    Key { path, default: None, secret: true }
}

/// Every setting.
pub(crate) const KEYS: &[Key] = &[
    secret("database.url"),
    plain("database.migrate", "true"),
    plain("database.pool_size", "10"),
    secret("amqp.url"),
    plain("response_window", "30min"),
    plain("http.address", "0.0.0.0:3000"),
    plain("broker.prefix", ""),
    plain("broker.declare", "true"),
    plain("sweep.interval", "30s"),
    plain("sweep.grace", "5s"),
    secret("auth.hs256_secret"),
    secret("auth.jwks_url"),
    optional("auth.issuer"),
    optional("auth.audience"),
    plain("auth.allow_trial_tokens", "false"),
    plain("upgrade_url", "/subscription-plans"),
    plain("sign_in_url", "/login"),
    plain("log.format", "text"),
];

/// What every variable of ours but the two URLs begins with.
pub(crate) const PREFIX: &str = "LEAD_TRACKER_";

impl Key {
    /// Its name in the environment.
    pub(crate) fn variable(&self) -> String {
        match self.path {
            "database.url" => "DATABASE_URL".to_owned(),
            "amqp.url" => "AMQP_URL".to_owned(),
            path => format!("{PREFIX}{}", path.to_uppercase().replace('.', "__")),
        }
    }

    /// The name in the file of the file to read it from.
    pub(crate) fn file_path(&self) -> String {
        format!("{}_file", self.path)
    }

    /// Both names, as messages call it.
    pub(crate) fn label(&self) -> String {
        format!("{} (in the file: {})", self.variable(), self.path)
    }
}

/// The setting of this name.
pub(crate) fn named(path: &str) -> Key {
    *KEYS.iter().find(|key| key.path == path).expect("every setting that is read is listed")
}

/// Whether the file may have this key.
pub(crate) fn is_known(path: &str) -> bool {
    KEYS.iter().any(|key| key.path == path || (key.secret && key.file_path() == path))
}

/// Whether the file may have this section.
pub(crate) fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| section_of(key) == Some(path))
}

/// What is known in the section of an unknown key.
pub(crate) fn known_beside(path: &str) -> String {
    let section = path.rsplit_once('.').map(|(section, _)| section);
    let section = section.filter(|section| is_section(section));
    let mut names: Vec<String> = match section {
        Some(_) => KEYS.iter().filter(|key| section_of(key) == section).flat_map(names_in_section).collect(),
        None => KEYS.iter().map(top_level_name).collect(),
    };
    names.dedup();
    match section {
        Some(section) => format!("[{section}] knows {}", names.join(", ")),
        None => format!("known are {}", names.join(", ")),
    }
}

fn section_of(key: &Key) -> Option<&'static str> {
    key.path.split_once('.').map(|(section, _)| section)
}

fn names_in_section(key: &Key) -> Vec<String> {
    let name = key.path.split_once('.').map_or(key.path, |(_, name)| name);
    let file = key.secret.then(|| format!("{name}_file"));
    [Some(name.to_owned()), file].into_iter().flatten().collect()
}

fn top_level_name(key: &Key) -> String {
    section_of(key).map_or_else(|| key.path.to_owned(), |section| format!("[{section}]"))
}
