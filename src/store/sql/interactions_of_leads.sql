select lead_id, freelancer_id, offer, status::text, missed_reason::text, notes, notified_at, deadline_at, viewed_at,
    responded_at, missed_at, late, accepted_at, ignored_at, marked_at, marked_reason::text, announced, retracted,
    traceparent
from freelancer_lead_interactions
where lead_id = any($1)
