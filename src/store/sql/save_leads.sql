update leads
set status = u.status::lead_status, title = u.title, description = u.description, location = u.location,
    pincode = u.pincode, budget_min = u.budget_min, budget_max = u.budget_max, preferred_time = u.preferred_time,
    created_at = u.created_at, category = u.category, customer = u.customer, mobile_number = u.mobile_number,
    claimed_by = u.claimed_by, claimed_at = u.claimed_at, closed_at = u.closed_at,
    closed_outcome = u.closed_outcome::lead_status, closed_outcome_at = u.closed_outcome_at
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::text[],
    $10::timestamptz[], $11::jsonb[], $12::jsonb[], $13::text[], $14::uuid[], $15::timestamptz[], $16::timestamptz[],
    $17::text[], $18::timestamptz[]
) as u (
    id, status, title, description, location, pincode, budget_min, budget_max, preferred_time,
    created_at, category, customer, mobile_number, claimed_by, claimed_at, closed_at,
    closed_outcome, closed_outcome_at
)
where leads.id = u.id
