insert into outbox (kind, delay_ms, message_id, follows, lead_id, traceparent, occurred_at, due_at, body)
select u.kind, u.delay_ms, u.message_id, u.follows, u.lead_id, u.traceparent, u.occurred_at,
    coalesce(u.due_at, now()), u.body
from unnest(
    $1::text[], $2::int8[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $8::timestamptz[],
    $9::bytea[]
) with ordinality as u (kind, delay_ms, message_id, follows, lead_id, traceparent, occurred_at, due_at, body, position)
order by u.position
