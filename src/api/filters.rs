//! The query of a list: which leads, of which days, from where on.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::{Object, ObjectBuilder};

use super::openapi::word;
use super::problem::Problem;
use crate::contract;
use crate::domain::event::FreelancerId;
use crate::store::{Cursor, ListQuery, StatusFilter};

/// The most leads of a page.
const MOST: usize = 200;
/// A page's leads where the query does not say.
const USUAL: usize = 50;

/// Which leads, by when they were notified and how they stand. An empty parameter counts as none.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Filters {
    #[param(schema_with = status, required = false)]
    pub(crate) status: Option<String>,
    /// A month, as in `2026-03`; not together with days.
    #[param(pattern = r"^\d{4}-\d{2}$", example = "2026-03")]
    pub(crate) month: Option<String>,
    /// The first day, as in `2026-03-08`.
    #[param(value_type = Option<NaiveDate>, example = "2026-03-08")]
    pub(crate) from_date: Option<String>,
    /// The last day, itself included.
    #[param(value_type = Option<NaiveDate>, example = "2026-03-08")]
    pub(crate) to_date: Option<String>,
    /// The IANA time zone in which days begin; UTC where it is left out.
    #[param(example = "Asia/Kolkata")]
    pub(crate) tz: Option<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Paging {
    /// The most leads of a page, 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// Where the page before ended, from its `Link` header.
    #[param(example = "1772362800000000_7b5f4d4e-0f61-4c6b-9a53-0d3c1f0c9a01")]
    cursor: Option<String>,
}

/// The parameters of a request, or a problem where they cannot be read at all.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(parameters)| Self(parameters)).map_err(|refused| Problem::BadQuery(refused.body_text()))
    }
}

/// A half-open span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Filters {
    /// The same with days that begin in this time zone, unless it names one.
    pub(crate) fn in_zone(self, zone: Tz) -> Self {
        let tz = self.tz.filter(|name| !name.is_empty()).unwrap_or_else(|| zone.name().to_owned());
        Self { tz: Some(tz), ..self }
    }

    /// Whether it is about a month or days.
    pub(crate) fn has_days(&self) -> bool {
        [&self.month, &self.from_date, &self.to_date].into_iter().any(|text| given(text.as_deref()).is_some())
    }

    pub(crate) fn status(&self) -> Result<StatusFilter, Problem> {
        let Some(text) = given(self.status.as_deref()) else { return Ok(StatusFilter::All) };
        let refused = || Problem::invalid("status", format!("it must be {}", contract::one_of::<StatusFilter>()));
        text.parse().map_err(|_| refused())
    }

    /// The days in their time zone: some have 23 hours and some have 25.
    pub(crate) fn span(&self) -> Result<Span, Problem> {
        let zone = self.zone()?;
        let days = (day("fromDate", self.from_date.as_deref())?, day("toDate", self.to_date.as_deref())?);
        let (first, last) = match (given(self.month.as_deref()), days) {
            (None, days) => days,
            (Some(text), (None, None)) => {
                let first = first_of_month(text)?;
                (Some(first), first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()))
            }
            (Some(_), _) => {
                return Err(Problem::invalid("month", "it cannot be given together with fromDate or toDate"));
            }
        };
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            return Err(Problem::invalid("toDate", "it must not be before fromDate"));
        }
        let behind = last.and_then(|last| last.checked_add_days(Days::new(1)));
        Ok(Span { from: first.and_then(|day| begin(zone, day)), until: behind.and_then(|day| begin(zone, day)) })
    }

    pub(crate) fn zone(&self) -> Result<Tz, Problem> {
        let Some(text) = given(self.tz.as_deref()) else { return Ok(Tz::UTC) };
        text.parse().map_err(|_| Problem::invalid("tz", "it must be an IANA time zone, as in Asia/Kolkata"))
    }
}

impl Paging {
    /// The query for a freelancer's page, of `usual` leads where the request does not say.
    pub(crate) fn query(
        &self,
        freelancer_id: FreelancerId,
        status: StatusFilter,
        span: Span,
        usual: usize,
    ) -> Result<ListQuery, Problem> {
        let after = given(self.cursor.as_deref()).map(parse_cursor).transpose()?;
        let limit = self.limit()?.unwrap_or(usual);
        Ok(ListQuery { freelancer_id, status, from: span.from, until: span.until, after, limit })
    }

    fn limit(&self) -> Result<Option<usize>, Problem> {
        limit(self.limit.as_deref(), MOST)
    }
}

/// How many are asked for, 1 to `most`.
pub(crate) fn limit(text: Option<&str>, most: usize) -> Result<Option<usize>, Problem> {
    let Some(text) = given(text) else { return Ok(None) };
    let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
    limit.map(Some).ok_or_else(|| Problem::invalid("limit", format!("it must be a number from 1 to {most}")))
}

fn status() -> Object {
    let described = ObjectBuilder::from(word::<StatusFilter>());
    described.description(Some("`pending` is notified or viewed; `all` where it is left out.")).build()
}

/// The sizes of pages where the query does not say.
pub(crate) const FILTERED: usize = USUAL;
pub(crate) const ALL: usize = MOST;

/// A cursor as it stands in a link.
pub(crate) fn cursor_text(cursor: &Cursor) -> String {
    format!("{}_{}", cursor.notified_at.timestamp_micros(), cursor.lead_id)
}

fn parse_cursor(text: &str) -> Result<Cursor, Problem> {
    let parse = || {
        let (micros, lead_id) = text.split_once('_')?;
        let notified_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some(Cursor { notified_at, lead_id: lead_id.parse().ok()? })
    };
    parse().ok_or_else(|| Problem::invalid("cursor", "it must be one from the Link header of the page before"))
}

/// A parameter that is there and not empty.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<NaiveDate>, Problem> {
    let Some(text) = given(text) else { return Ok(None) };
    let day = parse_date(text);
    day.map(Some).ok_or_else(|| Problem::invalid(field, "it must be a day from the years 1 to 9998, as in 2026-03-08"))
}

fn first_of_month(text: &str) -> Result<NaiveDate, Problem> {
    let first = parse_date(&format!("{text}-01"));
    first.ok_or_else(|| Problem::invalid("month", "it must be a month from the years 1 to 9998, as in 2026-03"))
}

/// A day as ISO 8601 writes it, and no other way: the library would take `2026-3-8` and `+2026-03-08`, too.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let date: NaiveDate = text.parse().ok()?;
    let year = chrono::Datelike::year(&date);
    (date.to_string() == text && (1..=9998).contains(&year)).then_some(date)
}

/// When a day begins. Where clocks skip midnight, it is when they go on.
fn begin(zone: Tz, day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    let quarters = (0..=12).filter_map(|quarter| midnight.checked_add_signed(chrono::TimeDelta::minutes(15 * quarter)));
    let first = quarters.filter_map(|local| zone.from_local_datetime(&local).earliest()).next();
    first.map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(month: &str, from: &str, to: &str, tz: &str) -> Result<(String, String), String> {
        let some = |text: &str| Some(text.to_owned());
        let filters =
            Filters { status: None, month: some(month), from_date: some(from), to_date: some(to), tz: some(tz) };
        let text = |at: Option<DateTime<Utc>>| at.map(|at| at.format("%FT%TZ").to_string()).unwrap_or_default();
        filters.span().map(|span| (text(span.from), text(span.until))).map_err(|problem| problem.to_string())
    }

    #[test]
    fn days_are_as_long_as_they_are_where_they_are() {
        let cases = [
            ("2026-03-08", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
            ("2026-11-01", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
            ("2026-03-08", "Asia/Kolkata", "2026-03-07T18:30:00Z", "2026-03-08T18:30:00Z"),
            // Midnight itself is skipped.
            ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
            ("2026-03-08", "", "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"),
        ];
        for (day, zone, from, until) in cases {
            assert_eq!(span("", day, day, zone), Ok((from.to_owned(), until.to_owned())), "{day} {zone}");
        }
    }

    #[test]
    fn a_month_is_all_of_its_days() {
        let december = span("2026-12", "", "", "Asia/Kolkata");
        assert_eq!(december, Ok(("2026-11-30T18:30:00Z".to_owned(), "2026-12-31T18:30:00Z".to_owned())));
    }

    #[test]
    fn what_is_no_day_is_refused_by_name() {
        for (month, from, to, tz, field) in [
            ("2026-13", "", "", "", "month"),
            ("2026-3", "", "", "", "month"),
            ("2026-03", "2026-03-01", "", "", "month"),
            ("", "2026-02-30", "", "", "fromDate"),
            ("", "", "8.3.2026", "", "toDate"),
            ("", "2026-03-09", "2026-03-08", "", "toDate"),
            ("", "", "", "Mars/Base", "tz"),
        ] {
            let refused = span(month, from, to, tz).expect_err("it is no day");
            assert!(refused.starts_with(field), "{refused}");
        }
    }
}
