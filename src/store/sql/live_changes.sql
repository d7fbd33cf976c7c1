select transaction_id::text, change.id, lead_id, freelancer_id, change.offer, change.status::text, previous_status::text,
    notified_at is not null as is_listed
from (
    select transaction_id, id, lead_id, freelancer_id, offer, status, previous_status
    from lead_interaction_history
    where (transaction_id, id) > ($1::text::xid8, $2)
        and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    order by transaction_id, id
    limit $3
) as change
left join freelancer_lead_interactions as interaction using (lead_id, freelancer_id)
order by change.transaction_id, change.id
