insert into freelancers as known (id, user_id, full_name, plan_status, plan_ends_at, plan_stated_at)
select u.id, u.user_id, u.full_name, u.plan_status::plan_status, u.plan_ends_at, u.plan_stated_at
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
    as u (id, user_id, full_name, plan_status, plan_ends_at, plan_stated_at)
on conflict (id) do update
set user_id = coalesce(known.user_id, excluded.user_id),
    full_name = coalesce(known.full_name, excluded.full_name),
    plan_status = case when known.plan_stated_at > excluded.plan_stated_at
        then known.plan_status else coalesce(excluded.plan_status, known.plan_status) end,
    plan_ends_at = case when known.plan_stated_at > excluded.plan_stated_at or excluded.plan_stated_at is null
        then known.plan_ends_at else excluded.plan_ends_at end,
    plan_stated_at = greatest(known.plan_stated_at, excluded.plan_stated_at)
