select lead_id, freelancer_id, offer
from freelancer_lead_interactions
where status in ('notified', 'viewed') and deadline_at <= $1
order by deadline_at
limit $2
