select set_config('enable_bitmapscan', 'off', true)
