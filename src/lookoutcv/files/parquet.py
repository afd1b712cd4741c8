"""Which files are Parquet, whatever they are called."""

from __future__ import annotations

import os
from typing import Any

_PARQUET_MAGIC = b"PAR1"


def is_parquet(target: Any) -> bool:
    """Whether the target is a Parquet file, by its first bytes."""
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(target):
        return False
    try:
        with open(target, "rb") as file:
            return file.read(4) == _PARQUET_MAGIC
    except OSError:
        return False
