//! `lead-tracker token`

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use uuid::Uuid;

use super::output::print;
use super::{after_help, time};
use crate::config::{Auth, Settings, duration_between};

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

/// What a token says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    sub: String,
    /// Seconds since 1970, as the next one.
    iat: i64,
    exp: i64,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    freelancer_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_plan_ends_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

impl Token {
    pub(super) fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let auth = &settings.auth;
        if !auth.allow_trial_tokens {
            bail!("trial tokens are not allowed here: LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS is not true");
        }
        let secret = auth.hs256_secret.as_ref();
        let secret = secret.context("LEAD_TRACKER_AUTH__HS256_SECRET is not set: a trial token is signed with it")?;
        let key = EncodingKey::from_secret(secret.read()?.as_bytes());
        let claims = self.claims(auth, Utc::now());
        print(&jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn claims<'a>(&self, auth: &'a Auth, now: DateTime<Utc>) -> Claims<'a> {
        let sub = self.user_id.clone().unwrap_or_else(|| match self.freelancer {
            Some(freelancer) => format!("trial-{freelancer}"),
            None => "trial-admin".to_owned(),
        });
        let plan_ends_at = match self.no_plan {
            true => Some(DateTime::UNIX_EPOCH),
            false => self.plan_ends_at,
        };
        Claims {
            sub,
            iat: now.timestamp(),
            exp: now.timestamp().saturating_add_unsigned(self.expires_in.as_secs()),
            role: if self.admin { "admin" } else { "freelancer" },
            freelancer_id: self.freelancer,
            lead_plan_ends_at: plan_ends_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            iss: auth.issuer.as_deref(),
            aud: auth.audience.as_deref(),
        }
    }
}

fn validity(text: &str) -> Result<Duration, String> {
    duration_between(Duration::from_secs(1), LONGEST)(text)
}
