select status::text, count(*)
from freelancer_lead_interactions
where freelancer_id = $1
    and notified_at is not null
    and notified_at >= $2
    and notified_at < $3
group by status
