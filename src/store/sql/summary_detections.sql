select count(*) filter (where detected_by = 'timeout') as timeout,
    count(*) filter (where detected_by = 'sweep') as sweep,
    count(*) filter (where detected_by = 'admin') as admin,
    count(*) filter (where detected_by = 'freelancer') as freelancer,
    count(*) filter (where detected_by = 'lead_closed') as lead_closed,
    percentile_cont(array[0.5, 0.99]) within group (order by seconds_late)
        filter (where source = 'timer') as timer_lateness
from (
    select source,
        case
            when source in ('sweep', 'admin') then source
            when source = 'timer' then 'timeout'
            when reason = 'expired' then 'lead_closed'
            when source in ('lead.responded', 'api') then 'freelancer'
            -- An offer that was told of after its deadline.
            else 'timeout'
        end as detected_by,
        -- What happened and what was recorded are told by different clocks.
        greatest(extract(epoch from recorded_at - occurred_at)::float8, 0) as seconds_late
    from lead_interaction_history
    where occurred_at >= $1
        and occurred_at < $2
        and status = 'missed'
        and previous_status is distinct from 'missed'
) as missed
