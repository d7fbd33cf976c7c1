//! A freelancer's leads, as the leads page shows them.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};
use tokio_postgres::Row;
use tokio_postgres::types::{Timestamp, ToSql};
use uuid::Uuid;

use super::error::Error;
use super::pool::Store;
use super::rows::{details, required, text};
use super::statement;
use crate::domain::event::{FreelancerId, LeadDetails, LeadId, MissedReason};
use crate::domain::interaction::Status;
use crate::domain::lead::LeadStatus;

/// Which leads a list shows, by how the freelancer stands to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, EnumString, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum StatusFilter {
    /// Every lead.
    #[default]
    All,
    /// Those that the freelancer has.
    Accepted,
    /// Those that were missed.
    Missed,
    /// Those that the freelancer does not want.
    Ignored,
    /// Those that wait for an answer, viewed or not.
    Pending,
}

/// One page of a freelancer's leads.
///
/// Pages neither repeat nor skip a lead while offers arrive. A lead that is offered again meanwhile moves to the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListQuery {
    /// Whose leads.
    pub freelancer_id: FreelancerId,
    /// Which of them.
    pub status: StatusFilter,
    /// Notified then or later.
    pub from: Option<DateTime<Utc>>,
    /// Notified before that.
    pub until: Option<DateTime<Utc>>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// The most leads that one page has.
    pub limit: usize,
}

/// The place of a lead in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the freelancer was notified of it, to the microsecond.
    pub notified_at: DateTime<Utc>,
    /// Which lead, among several of the same moment.
    pub lead_id: LeadId,
}

/// A lead, and how one freelancer stands to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedLead {
    /// Which lead.
    pub id: LeadId,
    /// What is known of it, the customer's mobile number included: that is for nobody but who accepted.
    pub details: LeadDetails,
    /// Where the lead stands.
    pub status: LeadStatus,
    /// The freelancer whose acceptance counts.
    pub accepted_by: Option<FreelancerId>,
    /// When that was given.
    pub accepted_at: Option<DateTime<Utc>>,
    /// How this freelancer stands to it.
    pub interaction: ListedInteraction,
}

/// How one freelancer stands to a lead: the current offer.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedInteraction {
    /// The number of the offer, from 1.
    pub offer: i32,
    /// Where it stands.
    pub status: Status,
    /// Why it was missed; of missed ones only.
    pub missed_reason: Option<MissedReason>,
    /// What the freelancer said of it.
    pub notes: Option<String>,
    /// When the freelancer was notified.
    pub notified_at: DateTime<Utc>,
    /// Until when an answer was in time.
    pub deadline_at: DateTime<Utc>,
    /// When the freelancer first looked.
    pub viewed_at: Option<DateTime<Utc>>,
    /// When the answer that counts was given, an acceptance that `lead.closed` told of included.
    pub responded_at: Option<DateTime<Utc>>,
    /// Whether it was accepted after the deadline.
    pub late: bool,
}

/// How many leads a freelancer has, by how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeadCounts {
    /// All of them.
    pub all: u64,
    /// See [`StatusFilter::Accepted`].
    pub accepted: u64,
    /// See [`StatusFilter::Missed`].
    pub missed: u64,
    /// See [`StatusFilter::Ignored`].
    pub ignored: u64,
    /// See [`StatusFilter::Pending`].
    pub pending: u64,
}

impl Store {
    /// A page of a freelancer's leads: the latest notification first, of several at once the higher lead id.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn page_of_leads(&self, query: &ListQuery) -> Result<Vec<ListedLead>, Error> {
        let statuses = query.status.names();
        let (from, until) = half_open(query.from, query.until);
        let after_at = query.after.map_or(Timestamp::PosInfinity, |cursor| Timestamp::Value(cursor.notified_at));
        let after_id = query.after.map_or(Uuid::max(), |cursor| cursor.lead_id);
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        let parameters: [&(dyn ToSql + Sync); 7] =
            [&query.freelancer_id, &statuses, &from, &until, &after_at, &after_id, &limit];
        let rows = self.query(statement::PAGE_OF_LEADS, &parameters).await?;
        rows.iter().map(ListedLead::read).collect()
    }

    /// One lead of a freelancer; `None` where it was never offered to them.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn listed_lead(&self, freelancer_id: FreelancerId, lead_id: LeadId) -> Result<Option<ListedLead>, Error> {
        let rows = self.query(statement::LISTED_LEAD, &[&freelancer_id, &lead_id]).await?;
        rows.first().map(ListedLead::read).transpose()
    }

    /// How many leads [`Store::page_of_leads`] has for each status, over all pages, of those notified in the half-open
    /// span of time. All are counted, whichever status a page is about.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn lead_counts(
        &self,
        freelancer_id: FreelancerId,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> Result<LeadCounts, Error> {
        let (from, until) = half_open(from, until);
        let mut counts = LeadCounts::default();
        for row in self.query(statement::COUNT_LEADS, &[&freelancer_id, &from, &until]).await? {
            counts.add(required(&row, "status")?, row.try_get::<_, i64>("count")?.unsigned_abs());
        }
        Ok(counts)
    }
}

impl StatusFilter {
    fn names(self) -> Vec<&'static str> {
        let statuses: &[Status] = match self {
            Self::All => &[Status::Notified, Status::Viewed, Status::Accepted, Status::Missed, Status::Ignored],
            Self::Accepted => &[Status::Accepted],
            Self::Missed => &[Status::Missed],
            Self::Ignored => &[Status::Ignored],
            Self::Pending => &[Status::Notified, Status::Viewed],
        };
        statuses.iter().map(|status| status.into()).collect()
    }
}

impl ListedLead {
    /// Its place in the list.
    pub fn cursor(&self) -> Cursor {
        Cursor { notified_at: self.interaction.notified_at, lead_id: self.id }
    }

    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            details: details(row)?,
            status: required(row, "lead_status")?,
            accepted_by: row.try_get("accepted_by")?,
            accepted_at: row.try_get("accepted_at")?,
            interaction: ListedInteraction::read(row)?,
        })
    }
}

impl ListedInteraction {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            offer: row.try_get("offer")?,
            status: required(row, "status")?,
            missed_reason: text(row, "missed_reason")?,
            notes: row.try_get("notes")?,
            notified_at: row.try_get("notified_at")?,
            deadline_at: row.try_get("deadline_at")?,
            viewed_at: row.try_get("viewed_at")?,
            responded_at: row.try_get("responded_at")?,
            late: row.try_get("late")?,
        })
    }
}

impl LeadCounts {
    fn add(&mut self, status: Status, count: u64) {
        self.all += count;
        let of_status = match status {
            Status::Notified | Status::Viewed => &mut self.pending,
            Status::Accepted => &mut self.accepted,
            Status::Missed => &mut self.missed,
            Status::Ignored => &mut self.ignored,
        };
        *of_status += count;
    }
}

/// A span of time that may have no beginning and no end.
fn half_open(
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> (Timestamp<DateTime<Utc>>, Timestamp<DateTime<Utc>>) {
    (from.map_or(Timestamp::NegInfinity, Timestamp::Value), until.map_or(Timestamp::PosInfinity, Timestamp::Value))
}
