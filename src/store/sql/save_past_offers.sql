insert into past_offers (lead_id, freelancer_id, offer, notified_at, deadline_at, retracted)
select *
from unnest($1::uuid[], $2::uuid[], $3::int4[], $4::timestamptz[], $5::timestamptz[], $6::bool[])
on conflict (lead_id, freelancer_id, offer) do update
set retracted = excluded.retracted
