"""Optional parts: imported where they are used, with the line that installs them when they are missing."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from lookoutcv.errors import MissingExtra


def need(package: str, extra: str) -> ModuleType:
    """Import an optional package.

    Args:
        package: Import name, for example "zarr".
        extra: The extra of lookoutcv that brings it.
    Raises:
        MissingExtra: It is not installed; the message holds the line that installs it.
    """
    try:
        return importlib.import_module(package)
    except ImportError as reason:
        raise MissingExtra(
            f"{package} is needed for this and cannot be imported ({reason})",
            f'Install it with: pip install "lookoutcv[{extra}]"',
            package=package,
            extra=extra,
        ) from reason
