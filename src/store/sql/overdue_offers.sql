select lead_id, freelancer_id, offer, deadline_at
from freelancer_lead_interactions
where status in ('notified', 'viewed')
    and deadline_at <= $1
    and (deadline_at, freelancer_id, lead_id) > ($2, $3, $4)
order by deadline_at, freelancer_id, lead_id
limit $5
