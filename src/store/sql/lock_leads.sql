select id, title, description, location, pincode, budget_min, budget_max, preferred_time, created_at,
    category, customer, mobile_number, claimed_by, claimed_at, closed_at, closed_outcome::text, closed_outcome_at,
    status::text
from leads
where id = any($1)
order by id
for update
