select id, user_id, full_name, plan_status::text, plan_ends_at, plan_stated_at
from freelancers
where user_id = $1
limit 2
