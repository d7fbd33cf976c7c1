//! Where the service is, seen from an example.

use std::path::PathBuf;

/// The service's binary, which cargo puts beside the folder of examples.
pub(crate) fn service() -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a path");
    let folder = own.ancestors().nth(2).expect("cargo runs examples from target/<profile>/examples");
    folder.join("lead-tracker")
}
