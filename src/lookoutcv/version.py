"""The version, said once."""

from __future__ import annotations

__version__ = "0.1.0"
TOOL = f"lookoutcv {__version__}"
