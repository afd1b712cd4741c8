"""Files that are none of ours are refused by naming everything that can be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import NotOurFile, SourceNotFound
from run_to_draw import RUN


@pytest.mark.parametrize("text", ['{"a": 1}', '{"format": "another.report", "version": 1}', "[1]", "{", ""])
def test_a_json_file_of_another_program_is_told_what_would_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        NotOurFile, match=r"is not a baseline, a record file, a report, an evaluation or a training run"
    ) as refused:
        lo.load(path)
    assert "lookout evaluate -o x.json" in str(refused.value)


def test_a_training_run_is_loaded_from_its_file_or_its_folder(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(RUN.to_dict()), encoding="utf-8")
    assert lo.load(tmp_path / "run.json") == lo.load(tmp_path) == RUN
    (tmp_path / "run.json").unlink()
    with pytest.raises(SourceNotFound, match="there is no file"):
        lo.load(tmp_path)
