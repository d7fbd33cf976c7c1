select history.offer, history.status::text, previous_status::text, reason::text, history.notes, actor_type::text,
    actor_id, source, event_id, occurred_at, history.recorded_at
from lead_interaction_history as history
join freelancer_lead_interactions as interaction using (lead_id, freelancer_id)
where lead_id = $1
    and freelancer_id = $2
    and notified_at is not null
order by id
