"""What holds where a caller says nothing: said once for the rooms, the settings and the object that people hold."""

from __future__ import annotations

# A query that began before a change may still read the old files.
GRACE = "1h"
# Delta Lake's own rule for replaced files.
VACUUM_AFTER = "7d"
# Loggers commit twice a minute.
ERASE_WAIT_SECONDS = 45.0
QUERY_SECONDS = 60.0
# Enough for a day's thumbnails of predictions; a join of the log with itself must not take the machine down.
QUERY_BYTES = 4 << 30
TAIL_ROWS = 20
