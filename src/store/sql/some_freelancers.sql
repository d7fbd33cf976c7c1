select id, user_id, full_name, plan_status::text, plan_ends_at, plan_stated_at
from freelancers
order by full_name nulls last, id
limit $1
