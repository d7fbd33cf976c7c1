//! What can go wrong between the service and PostgreSQL, and what to do about it.

use std::error::Error as StdError;
use std::io;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use super::connect::ConnectError;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Every connection was in use, or checking an idle one took too long.
    #[error("no free connection to PostgreSQL in time")]
    Busy,
    /// A statement failed.
    #[error("PostgreSQL: {}", message(.0))]
    Statement(#[from] tokio_postgres::Error),
    /// A column holds a word that this program does not know.
    #[error("PostgreSQL's column {column} holds {value}, which this program does not know")]
    Unknown {
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// A transaction got no answer in time.
    #[error("PostgreSQL does not answer")]
    Silent,
    /// A statement that always finds a row found none.
    #[error("PostgreSQL found no row where there always is one")]
    NoRow,
    /// The schema could not be brought up to date.
    #[error("the database's schema cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The schema is older than this program and may not be changed by it.
    #[error("the database's schema is older than this program: run `lead-tracker migrate` (missing: {})", list(.0))]
    OldSchema(Vec<i64>),
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It may work later, unchanged: wait and repeat.
    Transient,
    /// The data is at fault: park the message that brought it.
    Data,
    /// The program is at fault: park and alert.
    Bug,
}

impl Error {
    /// What to do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::Connect(_) | Self::Busy | Self::Silent => Class::Transient,
            Self::Statement(error) => class(error),
            Self::Migrate(error) => migration_class(error),
            Self::OldSchema(_) | Self::Unknown { .. } | Self::NoRow => Class::Bug,
        }
    }

    /// Whether a table is not there: the schema was never set up.
    pub fn lacks_schema(&self) -> bool {
        self.sqlstate() == Some(SqlState::UNDEFINED_TABLE.code())
    }

    /// Whether PostgreSQL answers, but as a server that only reads.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::Connect(ConnectError::Unreachable { read_only, .. }) => *read_only,
            _ => self.sqlstate() == Some(SqlState::READ_ONLY_SQL_TRANSACTION.code()),
        }
    }

    /// The SQLSTATE that PostgreSQL gave, if it gave one.
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Statement(error) => error.code().map(|code| code.code()),
            _ => None,
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => unwrap_connect_error(error),
            _ => Self::Busy,
        }
    }
}

/// The pool hands back our own [`ConnectError`] inside the driver's error.
fn unwrap_connect_error(error: tokio_postgres::Error) -> Error {
    if !error.source().is_some_and(|cause| cause.is::<ConnectError>()) {
        return Error::Statement(error);
    }
    match error.into_source().map(|cause| cause.downcast::<ConnectError>()) {
        Some(Ok(error)) => Error::Connect(*error),
        Some(Err(other)) => Error::Connect(ConnectError::Source(other)),
        None => Error::Busy,
    }
}

/// What to do about an error of the driver.
fn class(error: &tokio_postgres::Error) -> Class {
    match error.as_db_error() {
        Some(database) => class_of(database.code().code(), database.routine()),
        None if error.is_closed() || is_io(error) => Class::Transient,
        None => Class::Bug,
    }
}

/// Whether the network failed; the driver reports a value that it cannot encode as an input error of its own.
fn is_io(error: &tokio_postgres::Error) -> bool {
    let io = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() != io::ErrorKind::InvalidInput)
}

/// PostgreSQL's codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
///
/// Beside the conflicts, timeouts, shutdowns and lost connections, a full disk (53), a failing one (58) and a statement
/// that the server no longer knows (26000) say nothing about the message that met them. Neither does a schema that is out
/// of reach: a grant, a table or a column that is missing would else park the whole inbox.
fn class_of(sqlstate: &str, routine: Option<&str>) -> Class {
    match sqlstate {
        "40001" | "40003" | "40P01" | "55P03" | "57014" | "25006" | "25P03" | "26000" => Class::Transient,
        "25P02" | "25P04" | "42P05" | "42501" | "42P01" | "42703" | "42883" | "3F000" => Class::Transient,
        "0A000" if is_stale_plan(routine) => Class::Transient,
        _ => match sqlstate.get(..2) {
            Some("08" | "53" | "58") => Class::Transient,
            Some("57") if sqlstate.starts_with("57P") => Class::Transient,
            Some("22" | "23") => Class::Data,
            _ => Class::Bug,
        },
    }
}

/// "cached plan must not change result type", which a migration causes: the text is translated, the routine is not.
fn is_stale_plan(routine: Option<&str>) -> bool {
    routine == Some("RevalidateCachedQuery")
}

/// Whether the connection is of no more use: lost, shutting down, read-only since a failover, or holding statements
/// that a migration has outdated.
pub(crate) fn breaks_connection(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(database) => {
            let code = database.code().code();
            matches!(code, "25006" | "25P03" | "26000" | "42P05")
                || code.starts_with("08")
                || code.starts_with("57P")
                || (code == "0A000" && is_stale_plan(database.routine()))
        }
        None => error.is_closed() || is_io(error),
    }
}

/// Whether it is the server that is of no more use, and so every connection to it.
pub(crate) fn breaks_server(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "25006" || code.code().starts_with("57P"))
}

fn migration_class(error: &sqlx::migrate::MigrateError) -> Class {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    match causes.find_map(|cause| cause.downcast_ref::<sqlx::Error>()) {
        Some(sqlx::Error::Database(database)) => database.code().map_or(Class::Bug, |code| class_of(&code, None)),
        Some(sqlx::Error::Io(_)) => Class::Transient,
        _ => Class::Bug,
    }
}

/// The driver's own text for a server's error is "db error": say what the server said. Its detail may hold the row's
/// values and stays out of it.
fn message(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(database) => format!("{} ({})", database.message(), database.code().code()),
        None => error.to_string(),
    }
}

fn list(versions: &[i64]) -> String {
    let versions: Vec<String> = versions.iter().map(i64::to_string).collect();
    versions.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_transient_data_or_bugs() {
        let transient =
            "40001 40P01 55P03 57014 25006 25P02 25P03 26000 42501 42P01 57P01 57P03 08006 08P01 53300 53100 58030";
        for code in transient.split(' ') {
            assert_eq!(class_of(code, None), Class::Transient, "{code}");
        }
        for code in "22001 22021 22P02 23502 23505 23514".split(' ') {
            assert_eq!(class_of(code, None), Class::Data, "{code}");
        }
        for code in "42601 0A000 XX000 28P01".split(' ') {
            assert_eq!(class_of(code, None), Class::Bug, "{code}");
        }
        assert_eq!(class_of("0A000", Some("RevalidateCachedQuery")), Class::Transient);
    }
}
