"""Files that are none of ours are refused by naming everything that can be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import NotOurFile, SourceNotFound
from run_to_draw import RUN
from tiny_packages import hand_packed, zipped


@pytest.mark.parametrize("text", ['{"a": 1}', '{"format": "another.report", "version": 1}', "[1]", "{", ""])
def test_a_json_file_of_another_program_is_told_what_would_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        NotOurFile, match=r"is not a baseline, a record file, a report, an evaluation, a training run or a package"
    ) as refused:
        lo.load(path)
    assert "lookout evaluate -o x.json" in str(refused.value)
    assert "lookout package" in str(refused.value)


def test_a_training_run_is_loaded_from_its_file_or_its_folder(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(RUN.to_dict()), encoding="utf-8")
    assert lo.load(tmp_path / "run.json") == lo.load(tmp_path) == RUN
    (tmp_path / "run.json").unlink()
    with pytest.raises(NotOurFile, match="is a folder that holds no run and no package"):
        lo.load(tmp_path)
    with pytest.raises(SourceNotFound, match="there is no file"):
        lo.load(tmp_path / "run.json")


def test_a_package_is_loaded_from_its_folder_its_zip_or_what_it_says_of_itself(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "colours")
    for place in (folder, folder / "package.json", zipped(folder, tmp_path / "colours.zip", "colours/")):
        found = lo.load(place)
        assert isinstance(found, lo.Package)
        assert found.name == "colours 3"


def test_the_folder_of_a_run_is_the_run_and_the_package_in_it_a_package(tmp_path: Path) -> None:
    """A package holds the run that made it, and a run's folder the package."""
    text = json.dumps(RUN.to_dict())
    packed = hand_packed(tmp_path / "package")
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    (packed / "run.json").write_text(text, encoding="utf-8")
    assert lo.load(tmp_path) == RUN
    assert isinstance(lo.load(packed), lo.Package)
    (tmp_path / "run.json").unlink()
    assert isinstance(lo.load(tmp_path), lo.Package)


def test_another_zip_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "package.json").write_text('{"name": "a-program"}', encoding="utf-8")
    with pytest.raises(NotOurFile, match="or a package"):
        lo.load(zipped(tmp_path / "inside", tmp_path / "other.zip"))
    with pytest.raises(NotOurFile, match="or a package"):
        lo.load(tmp_path / "inside" / "package.json")
