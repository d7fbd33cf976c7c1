//! What can be wrong with the settings, each in one line.

use std::io;

/// A setting that cannot be used. The text names it and says what is accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file named on the command line cannot be read.
    #[error("the configuration file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The file is not TOML. The text shows nothing of its content, which may be a password.
    #[error("the configuration file {path} is not valid TOML: {reason}")]
    NotToml {
        /// The file.
        path: String,
        /// Where and why.
        reason: String,
    },
    /// The file has a key that means nothing.
    #[error("the configuration file {path} has the unknown key {key:?}; {known}")]
    UnknownKey {
        /// The file.
        path: String,
        /// The key, with its sections.
        key: String,
        /// What is known at this place.
        known: String,
    },
    /// A value is not accepted.
    #[error("{setting}: {reason}")]
    Invalid {
        /// The setting, as variable and as key.
        setting: String,
        /// What is wrong with the value, or what is accepted.
        reason: String,
    },
    /// A value and the file to read it from are both given.
    #[error("{setting} and its _FILE variant are both set: give one of them")]
    Both {
        /// The setting, as variable and as key.
        setting: String,
    },
    /// A setting that this command needs is missing.
    #[error("{setting} is not set: {hint}")]
    Missing {
        /// The variable.
        setting: &'static str,
        /// What to give.
        hint: &'static str,
    },
}
