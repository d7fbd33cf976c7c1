//! Where a reader of the history is.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A place between two entries of the history, behind the entry that it names. Written as in `123-456`.
///
/// Entries are ordered by the transaction that wrote them, then by number: numbers alone are given out before they can
/// be read, so that a reader which went by them would pass over what commits late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// PostgreSQL's `xid8` of the writing transaction.
    pub transaction_id: u64,
    /// The number of the entry; 0 is before all of the transaction.
    pub id: i64,
}

/// A text that is no [`Position`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position is two numbers with a hyphen between them, as in 123-456")]
pub struct PositionError;

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.transaction_id, self.id)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (transaction_id, id) = text.split_once('-').ok_or(PositionError)?;
        let position = Self {
            transaction_id: transaction_id.parse().map_err(|_| PositionError)?,
            id: id.parse().map_err(|_| PositionError)?,
        };
        // Neither a sign nor a leading zero.
        if position.id < 0 || position.to_string() != text {
            return Err(PositionError);
        }
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (transaction_id, id) in [(0, 0), (123, 456), (u64::MAX, i64::MAX)] {
            let position = Position { transaction_id, id };
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        assert_eq!("123-456".parse(), Ok(Position { transaction_id: 123, id: 456 }));
    }

    #[test]
    fn nothing_else_is_read() {
        for text in ["", "1", "-", "1-", "-1", "1--1", "+1-1", "1-+1", "01-1", "1-01", " 1-1", "1-1-1", "x-1"] {
            assert_eq!(text.parse::<Position>(), Err(PositionError), "{text:?}");
        }
        assert_eq!("18446744073709551616-1".parse::<Position>(), Err(PositionError));
    }

    #[test]
    fn the_transaction_comes_first() {
        let later = Position { transaction_id: 2, id: 1 };
        assert!(later > Position { transaction_id: 1, id: 9 });
    }
}
