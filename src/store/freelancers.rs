//! What events told of freelancers.

use super::error::Error;
use super::pool::Store;
use super::{rows, statement};
use crate::domain::event::FreelancerId;
use crate::domain::plan::Freelancer;

impl Store {
    /// A freelancer by id; `None` where nothing is known of them.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn freelancer(&self, id: FreelancerId) -> Result<Option<Freelancer>, Error> {
        Ok(self.freelancers(&[id]).await?.into_iter().next())
    }

    /// These freelancers, in no order; those of whom nothing is known are left out.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn freelancers(&self, ids: &[FreelancerId]) -> Result<Vec<Freelancer>, Error> {
        let found = self.query(statement::FREELANCERS_BY_ID, &[&ids]).await?;
        found.iter().map(rows::freelancer).collect()
    }

    /// Up to `limit` freelancers, by name.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn some_freelancers(&self, limit: i64) -> Result<Vec<Freelancer>, Error> {
        let found = self.query(statement::SOME_FREELANCERS, &[&limit]).await?;
        found.iter().map(rows::freelancer).collect()
    }

    /// The one freelancer who is this user; `None` where nobody is, and also where several are: which of them the user
    /// is to be cannot be told, and the wrong one's leads are nobody else's to see.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn freelancer_of_user(&self, user_id: &str) -> Result<Option<Freelancer>, Error> {
        let found = self.query(statement::FREELANCERS_OF_USER, &[&user_id]).await?;
        match found.as_slice() {
            [one] => rows::freelancer(one).map(Some),
            _ => Ok(None),
        }
    }
}
