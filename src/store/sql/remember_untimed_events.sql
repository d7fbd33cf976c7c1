insert into untimed_events (event_id, routing_key, lead_id, freelancer_id)
select *
from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[])
on conflict do nothing
returning event_id, routing_key, lead_id, freelancer_id
