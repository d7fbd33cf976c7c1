select claimed.*
from unnest($1::text[]) as wanted (kind)
cross join lateral (
    select id, kind, delay_ms, message_id, lead_id, traceparent, occurred_at, body
    from outbox as message
    where message.kind = wanted.kind
        and due_at <= $3
        and (follows is null or not exists (
            select from outbox as first where first.kind = 'lead.missed' and first.message_id = message.follows
        ))
    order by id
    limit $2
    for update skip locked
) as claimed
