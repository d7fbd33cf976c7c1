//! Values that no log may show.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A URL with a password, a key: given as it is, or by the file that holds it.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The value itself.
    Value(String),
    /// The file that holds it, read again whenever it is needed, so that a rotated secret is picked up.
    File(PathBuf),
}

/// Why a secret has no value now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Its file cannot be read.
    #[error("the file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Its file holds nothing.
    #[error("the file {path} is empty")]
    Empty {
        /// The file.
        path: String,
    },
}

impl Secret {
    /// The value now, without the line's end that editors leave in a file.
    ///
    /// # Errors
    ///
    /// [`SecretError`]; a value that was given as it is has none.
    pub fn read(&self) -> Result<String, SecretError> {
        let path = match self {
            Self::Value(value) => return Ok(value.clone()),
            Self::File(path) => path,
        };
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| SecretError::Unreadable { path: name.clone(), source })?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(SecretError::Empty { path: name }),
            value => Ok(value.to_owned()),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(_) => f.write_str("Secret(…)"),
            Self::File(path) => write!(f, "Secret({})", path.display()),
        }
    }
}
