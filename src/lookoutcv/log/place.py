"""Where a log is unless somebody says otherwise; the command line knows it without loading anything."""

from __future__ import annotations

DIRECTORY = "lookout_cv_logs"
