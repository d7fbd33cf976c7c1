select id, at, user_id, action, details
from admin_actions
order by id desc
limit $1
