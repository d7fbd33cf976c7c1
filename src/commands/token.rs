//! `lead-tracker token`

use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use uuid::Uuid;

use super::output::print;
use super::{after_help, time};
use crate::auth::{self, PlanClaim, Role};
use crate::config::{Settings, duration_between};

pub(super) const AFTER_HELP: &str = after_help!(
    "  export LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS=true LEAD_TRACKER_AUTH__HS256_SECRET=…
  lead-tracker token --freelancer 91c2… --plan-ends-at 2030-01-01T00:00:00Z
  TOKEN=$(lead-tracker token --admin --expires-in 10min)

Says nothing of a plan unless told to: what the events told of the freelancer's plan counts then. The token is signed \
with the service's own secret, so this is refused unless LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS is true; leave it unset in \
production.",
    "refused, or failed"
);

/// Nobody tries a thing out for longer than a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

#[derive(Debug, Args)]
pub(super) struct Token {
    /// Whose token it is.
    #[arg(long, value_name = "UUID", required_unless_present = "admin")]
    freelancer: Option<Uuid>,
    /// The id as a user, `sub`; made from the freelancer's where it is left out.
    #[arg(long, value_name = "SUB")]
    user_id: Option<String>,
    /// Make an administrator's token.
    #[arg(long)]
    admin: bool,
    /// Say that the lead plan ends then, as in 2026-01-31T18:30:00+05:30.
    #[arg(long, value_name = "TIME", value_parser = time)]
    plan_ends_at: Option<DateTime<Utc>>,
    /// Say that there is no plan, by one that ended long ago.
    #[arg(long, conflicts_with = "plan_ends_at")]
    no_plan: bool,
    /// For how long it is valid.
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = validity)]
    expires_in: Duration,
}

impl Token {
    pub(super) fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let now = Utc::now();
        print(&auth::sign(&self.token(now), &settings.auth, now)?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn token(&self, now: DateTime<Utc>) -> auth::Token {
        let user_id = self.user_id.clone().unwrap_or_else(|| match self.freelancer {
            Some(freelancer) => format!("trial-{freelancer}"),
            None => "trial-admin".to_owned(),
        });
        let plan_ends_at = match self.no_plan {
            true => Some(DateTime::UNIX_EPOCH),
            false => self.plan_ends_at,
        };
        auth::Token {
            user_id,
            role: if self.admin { Role::Admin } else { Role::Freelancer },
            freelancer_id: self.freelancer,
            plan: plan_ends_at.map(|ends_at| PlanClaim { ends_at: Some(ends_at), issued_at: Some(now) }),
            expires_at: now + self.expires_in,
        }
    }
}

fn validity(text: &str) -> Result<Duration, String> {
    duration_between(Duration::from_secs(1), LONGEST)(text)
}
