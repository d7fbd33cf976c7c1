//! The statements: one `.sql` file each, listed once, prepared and cached for each connection.

/// One statement of `sql/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// The file's name without its ending.
    pub name: &'static str,
    /// What PostgreSQL gets to read.
    pub text: &'static str,
}

/// Gives every listed file a constant and a place in [`STATEMENTS`].
macro_rules! statements {
    ($($constant:ident = $name:literal;)*) => {
        $(pub(crate) const $constant: Statement =
            Statement { name: $name, text: include_str!(concat!("sql/", $name, ".sql")) };)*

        /// Every statement that the service runs, so that a test can prepare each against the migrated schema.
        pub const STATEMENTS: &[Statement] = &[$($constant),*];
    };
}

statements! {
    APPLIED_MIGRATIONS = "applied_migrations";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let files: BTreeSet<String> = entries
            .map(|entry| {
                entry
                    .expect("the folder can be read")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let listed: BTreeSet<String> = STATEMENTS
            .iter()
            .map(|statement| format!("{}.sql", statement.name))
            .collect();
        assert_eq!(files, listed);
    }
}
