select transaction_id::text, id, lead_id, freelancer_id, history.offer, history.status::text, previous_status::text,
    true as is_listed
from freelancer_lead_interactions as interaction
join lead_interaction_history as history using (lead_id, freelancer_id)
where freelancer_id = $1
    and notified_at is not null
    and (transaction_id, id) > ($2::text::xid8, $3)
    and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
order by history.transaction_id, history.id
limit $4
