insert into freelancer_lead_interactions (
    lead_id, freelancer_id, offer, status, missed_reason, notes, notified_at, deadline_at, viewed_at, responded_at,
    missed_at, late, accepted_at, ignored_at, marked_at, marked_reason, announced, retracted, traceparent
)
select u.lead_id, u.freelancer_id, u.offer, u.status::interaction_status, u.missed_reason::missed_reason, u.notes,
    u.notified_at, u.deadline_at, u.viewed_at, u.responded_at, u.missed_at, u.late, u.accepted_at, u.ignored_at,
    u.marked_at, u.marked_reason::missed_reason, u.announced, u.retracted, u.traceparent
from unnest(
    $1::uuid[], $2::uuid[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
    $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::bool[], $13::timestamptz[], $14::timestamptz[],
    $15::timestamptz[], $16::text[], $17::bool[], $18::bool[], $19::text[]
) as u (
    lead_id, freelancer_id, offer, status, missed_reason, notes, notified_at, deadline_at,
    viewed_at, responded_at, missed_at, late, accepted_at, ignored_at,
    marked_at, marked_reason, announced, retracted, traceparent
)
on conflict (freelancer_id, lead_id) do update
set offer = excluded.offer, status = excluded.status, missed_reason = excluded.missed_reason, notes = excluded.notes,
    notified_at = excluded.notified_at, deadline_at = excluded.deadline_at, viewed_at = excluded.viewed_at,
    responded_at = excluded.responded_at, missed_at = excluded.missed_at, late = excluded.late,
    accepted_at = excluded.accepted_at, ignored_at = excluded.ignored_at, marked_at = excluded.marked_at,
    marked_reason = excluded.marked_reason, announced = excluded.announced, retracted = excluded.retracted,
    traceparent = excluded.traceparent
