"""How long the soak runs are: minutes each, or as many times that as SOAK_FACTOR says."""

from __future__ import annotations

import os

import pytest

# A program that the tests run, not a test.
collect_ignore = ["reader_loop.py"]


@pytest.fixture(scope="session")
def factor() -> float:
    """What durations and numbers of rounds are multiplied by; SOAK_FACTOR=0.1 for a short look."""
    return float(os.environ.get("SOAK_FACTOR", "1"))
