select lead_id, freelancer_id, offer, notified_at, deadline_at, retracted
from past_offers
where lead_id = any($1)
order by lead_id, freelancer_id, offer
