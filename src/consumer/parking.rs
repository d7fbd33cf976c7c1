//! Parking what cannot be processed.

use tracing::warn;

use super::{ConsumerError, Desk};
use crate::broker::{Delivery, parked};
use crate::handler::now;
use crate::telemetry::metrics::{self, Outcome};

/// How many parked messages of one batch are logged one by one.
const LOGGED: usize = 10;

/// Parks messages, each with its reason, by one call, which waits for the broker once. They must be confirmed before they
/// are acknowledged.
pub(super) async fn park(desk: &Desk, refused: &[(&Delivery, &str)]) -> Result<(), ConsumerError> {
    if refused.is_empty() {
        return Ok(());
    }
    parked::park(&desk.publisher, &desk.names, refused, now()).await?;
    for (delivery, _) in refused {
        metrics::events(&delivery.event_routing_key(), Outcome::Parked, 1);
    }
    for (delivery, reason) in refused.iter().take(LOGGED) {
        let routing_key = delivery.event_routing_key();
        warn!(routing_key = &*routing_key, reason, "parked a message that cannot be processed");
    }
    if refused.len() > LOGGED {
        warn!(messages = refused.len() - LOGGED, "parked further messages of the same batch that cannot be processed");
    }
    Ok(())
}
