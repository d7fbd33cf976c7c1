-- A publisher's clock may put an answer before the notification.
select percentile_cont(array[0.5, 0.9]) within group (
    order by greatest(extract(epoch from responded_at - notified_at)::float8, 0)
)
from freelancer_lead_interactions
where notified_at >= $1
    and notified_at < $2
    and responded_at is not null
