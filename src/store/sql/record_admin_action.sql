insert into admin_actions (user_id, action, details)
values ($1, $2, $3)
