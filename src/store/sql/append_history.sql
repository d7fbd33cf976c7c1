-- By default recorded_at is when the transaction began, and it may have waited for the lead while something happened.
insert into lead_interaction_history (
    lead_id, freelancer_id, offer, status, previous_status, reason, notes, actor_type, actor_id, source, event_id,
    occurred_at, recorded_at
)
select u.lead_id, u.freelancer_id, u.offer, u.status::interaction_status, u.previous_status::interaction_status,
    u.reason::missed_reason, u.notes, u.actor_type::actor_type, u.actor_id, u.source, u.event_id, u.occurred_at,
    clock_timestamp()
from unnest(
    $1::uuid[], $2::uuid[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[],
    $10::text[], $11::text[], $12::timestamptz[]
) with ordinality as u (
    lead_id, freelancer_id, offer, status, previous_status, reason, notes, actor_type, actor_id,
    source, event_id, occurred_at, position
)
order by u.position
