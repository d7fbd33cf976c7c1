select lead.id, lead.status::text as lead_status, title, description, location, pincode, budget_min, budget_max,
    preferred_time, lead.created_at, category, customer, mobile_number, lead.accepted_by, lead.accepted_at,
    offer, interaction.status::text, missed_reason::text, notes, interaction.notified_at, deadline_at, viewed_at,
    responded_at, late
from (
    select lead_id, notified_at
    from freelancer_lead_interactions
    where freelancer_id = $1
        and notified_at is not null
        and status = any($2::text[]::interaction_status[])
        and notified_at >= $3
        and notified_at < $4
        and (notified_at, lead_id) < ($5, $6)
    order by notified_at desc, lead_id desc
    limit $7
) as page
join freelancer_lead_interactions as interaction
    on interaction.freelancer_id = $1 and interaction.lead_id = page.lead_id
join leads as lead on lead.id = page.lead_id
order by page.notified_at desc, page.lead_id desc
