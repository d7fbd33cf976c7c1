//! The broker, for one request: a connection of its own, closed afterwards.

use std::time::Duration;

use tokio::time::timeout;

use crate::api::ApiState;
use crate::api::problem::Problem;
use crate::broker::{BrokerError, Connection, TopologyError};
use crate::config::SecretError;

/// How long connecting may take, of all hosts together: a check waits for 10 s more, within the 20 s of a request.
const PATIENCE: Duration = Duration::from_secs(5);

const UNAVAILABLE: Problem = Problem::Unavailable("RabbitMQ does not answer now, try again");

pub(super) async fn connect(state: &ApiState) -> Result<Connection, Problem> {
    let url = state.amqp_url.read()?;
    let opened = timeout(PATIENCE, Connection::open(&url, "lead-tracker admin"));
    match opened.await {
        Ok(opened) => Ok(opened?),
        Err(_) => Err(UNAVAILABLE),
    }
}

/// Ends a connection that has served; what was to be done is done, whatever comes of this.
pub(super) async fn disconnect(connection: Connection) {
    if let Err(error) = connection.close().await {
        tracing::debug!(error = &error as &dyn std::error::Error, "not closed properly");
    }
}

impl From<BrokerError> for Problem {
    fn from(error: BrokerError) -> Self {
        if let BrokerError::MissingQueue { .. } = &error {
            return Self::Conflict { detail: error.to_string(), lead: None };
        }
        tracing::warn!(error = &error as &dyn std::error::Error, "RabbitMQ does not answer a request");
        UNAVAILABLE
    }
}

impl From<TopologyError> for Problem {
    fn from(error: TopologyError) -> Self {
        match error {
            TopologyError::Broker(error) => error.into(),
            refused => Self::Conflict { detail: refused.to_string(), lead: None },
        }
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "the URL of RabbitMQ cannot be read");
        UNAVAILABLE
    }
}
