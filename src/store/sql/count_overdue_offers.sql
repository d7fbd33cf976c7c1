select count(*)
from (
    select
    from freelancer_lead_interactions
    where status in ('notified', 'viewed') and deadline_at <= $1
    limit $2
) overdue
