select distinct event_id
from lead_interaction_history
where lead_id = any($1) and event_id = any($2)
