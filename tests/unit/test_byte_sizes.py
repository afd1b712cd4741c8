"""Sizes of bytes are told in one way."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.byte_sizes import byte_size


@pytest.mark.parametrize(
    ("count", "said"),
    [(150_000, "150 kB"), (0, "0 bytes"), (999, "999 bytes"), (999.6, "1 kB"), (1.23e9, "1.23 GB"), (5e15, "5,000 TB")],
)
def test_a_small_disk_is_no_share_of_a_gigabyte(count: float, said: str) -> None:
    assert byte_size(count) == said


def test_nobody_divides_bytes_by_a_unit_of_his_own() -> None:
    own = re.compile(r"/ ?(1e[369]|10 ?\*\* ?[369]|2 ?\*\* ?30)[^{}]*\} ?(bytes|kB|MB|GB)\b")
    for file in Path(inspect.getfile(lo)).parent.rglob("*.py"):
        assert not own.search(file.read_text("utf-8")), file
