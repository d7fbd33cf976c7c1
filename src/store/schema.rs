//! The schema: bringing it up to date, and telling whether it is.

use sqlx::migrate::Migrator;

use super::connect;
use super::error::Error;
use super::pool::Store;
use super::statement::APPLIED_MIGRATIONS;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

impl Store {
    /// Applies what is missing of `migrations/` in the connection's default schema.
    ///
    /// Replicas that start together wait for each other. A database that is newer than this program is left as it is,
    /// so that an old replica starts beside a new one and a roll-back works.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`], transient; [`Error::Migrate`] where a migration fails or was changed after it was applied.
    pub async fn migrate(&self) -> Result<(), Error> {
        let (mut connection, _) = connect::schema(&self.source).await?;
        let mut migrator = Migrator { migrations: MIGRATOR.migrations.clone(), ..Migrator::DEFAULT };
        migrator.set_ignore_missing(true);
        // The session's advisory lock ends with the connection, so a failure on the way leaves nothing locked.
        Ok(migrator.run_direct(None, &mut connection, false).await?)
    }

    /// Makes an empty schema beside the connection's default one.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], and [`Error::Statement`].
    pub async fn create_schema(&self, name: &str) -> Result<(), Error> {
        Ok(self.client().await?.batch_execute(&format!("create schema {}", quoted(name))).await?)
    }

    /// Drops a schema with everything in it; one that is not there is passed over.
    ///
    /// # Errors
    ///
    /// As [`Store::create_schema`].
    pub async fn drop_schema(&self, name: &str) -> Result<(), Error> {
        // What else goes, or that there is nothing, is no news.
        let quietly = "set local client_min_messages = warning";
        let drop = format!("{quietly}; drop schema if exists {} cascade", quoted(name));
        Ok(self.client().await?.batch_execute(&drop).await?)
    }

    /// The versions of those migrations that this program has and the database lacks.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], and [`Error::Statement`].
    pub async fn migrations_pending(&self) -> Result<Vec<i64>, Error> {
        let applied = self.migrations_applied().await?;
        let known = MIGRATOR.iter().filter(|migration| !migration.migration_type.is_down_migration());
        Ok(known.map(|migration| migration.version).filter(|version| !applied.contains(version)).collect())
    }

    /// Checks that the schema is not older than this program, for where it may not migrate by itself.
    ///
    /// # Errors
    ///
    /// [`Error::OldSchema`] with what is missing, and as [`Store::migrations_pending`].
    pub async fn require_current_schema(&self) -> Result<(), Error> {
        match self.migrations_pending().await? {
            none if none.is_empty() => Ok(()),
            missing => Err(Error::OldSchema(missing)),
        }
    }

    async fn migrations_applied(&self) -> Result<Vec<i64>, Error> {
        let rows = match self.query(APPLIED_MIGRATIONS, &[]).await {
            // Nothing was ever migrated here.
            Err(error) if error.lacks_schema() => Vec::new(),
            rows => rows?,
        };
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

/// A name cannot be a parameter of such a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
