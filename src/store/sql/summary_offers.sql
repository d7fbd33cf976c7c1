select date_bin('1 hour', notified_at, $1) as hour, status::text, missed_reason::text, late, count(*)
from freelancer_lead_interactions
where notified_at >= $1
    and notified_at < $2
group by hour, status, missed_reason, late
