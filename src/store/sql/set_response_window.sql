with changed as (
    update settings
    set response_window_ms = $1, changed_at = now(), changed_by = $2
), noted as (
    insert into admin_actions (user_id, action, details)
    values ($2, $3, jsonb_build_object('responseWindowMs', $1::int8))
)
select pg_notify($4, '')
