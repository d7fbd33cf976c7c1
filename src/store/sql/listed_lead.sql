select lead.id, lead.status::text as lead_status, title, description, location, pincode, budget_min, budget_max,
    preferred_time, lead.created_at, category, customer, mobile_number, lead.accepted_by, lead.accepted_at,
    offer, interaction.status::text, missed_reason::text, notes, notified_at, deadline_at, viewed_at, responded_at, late
from freelancer_lead_interactions as interaction
join leads as lead on lead.id = interaction.lead_id
where interaction.freelancer_id = $1
    and interaction.lead_id = $2
    and notified_at is not null
