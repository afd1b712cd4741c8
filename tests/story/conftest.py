"""What every story has: somebody who types."""

from __future__ import annotations

import pytest

from terminal import Terminal


@pytest.fixture
def lookout(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line."""
    return Terminal(capsys)
