select ms
from response_windows
order by ms
