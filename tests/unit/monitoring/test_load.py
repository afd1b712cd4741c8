"""Files that are none of ours are refused by naming everything that can be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import NotOurFile


@pytest.mark.parametrize("text", ['{"a": 1}', '{"format": "another.report", "version": 1}', "[1]", "{", ""])
def test_a_json_file_of_another_program_is_told_what_would_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotOurFile, match=r"is not a baseline, a record file, a report or an evaluation") as refused:
        lo.load(path)
    assert "lookout evaluate -o x.json" in str(refused.value)
