-- The history is looked up lead by lead. Without `offset 0` the position could become part of that, and everything that
-- happened to anybody since would be read once for each lead.
select transaction_id::text, id, interaction.lead_id, interaction.freelancer_id, change.offer, change.status::text,
    previous_status::text, true as is_listed
from freelancer_lead_interactions as interaction
cross join lateral (
    select transaction_id, id, offer, status, previous_status
    from lead_interaction_history as history
    where history.lead_id = interaction.lead_id and history.freelancer_id = interaction.freelancer_id
    offset 0
) as change
where interaction.freelancer_id = $1
    and notified_at is not null
    and (transaction_id, id) > ($2::text::xid8, $3)
    and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
order by change.transaction_id, change.id
limit $4
