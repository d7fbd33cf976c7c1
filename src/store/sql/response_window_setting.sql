select response_window_ms, changed_at, changed_by
from settings
