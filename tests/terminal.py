"""Command lines run in this process, for tests of what a person types."""

from __future__ import annotations

import pytest

from lookoutcv.cli.main import main


class Terminal:
    """Runs command lines in this process and keeps what they print."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.out = self.err = ""

    def __call__(self, *words: object) -> int:
        code = main([str(word) for word in words])
        self.out, self.err = self._capture.readouterr()
        return code
