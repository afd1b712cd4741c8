"""The files of a pipeline: what they say, and that nobody's are replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lookoutcv.errors import ConfigError, OutputUnwritable, SourceNotFound
from lookoutcv.gate_training.pipeline.write_pipeline import write_pipeline


def test_every_parameter_is_used_and_every_one_used_is_there(tmp_path: Path) -> None:
    (tmp_path / "my photos").mkdir()
    for name, photos in (("drawn", None), ("taken", str(tmp_path / "my photos"))):
        write_pipeline(tmp_path / name, photos=photos)
        stages = (tmp_path / name / "dvc.yaml").read_text()
        params = yaml.safe_load((tmp_path / name / "params.yaml").read_text())
        flat = {f"{group}.{key}" for group, values in params.items() for key in values}
        assert {key for key in flat if f"${{{key}}}" in stages} == flat
        assert stages.count("${") == sum(stages.count(f"${{{key}}}") for key in flat)
    assert params["data"]["photos"] == "../my photos"
    assert '--from "${data.photos}"' in stages


def test_files_that_are_there_are_left_alone(tmp_path: Path) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_text("mine: 1\n")
        with pytest.raises(OutputUnwritable, match=rf"{name} is there already. .*force"):
            write_pipeline(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == [name]
        (tmp_path / name).unlink()
    write_pipeline(tmp_path)
    (tmp_path / "data" / "incoming" / "sharp" / ".gitignore").write_text("mine")
    (tmp_path / "params.yaml").write_text("mine: 1\n")
    assert [path.name for path in write_pipeline(tmp_path, force=True)] == ["dvc.yaml", "params.yaml"]
    assert (tmp_path / "data" / "incoming" / "sharp" / ".gitignore").read_text() == "mine"
    assert "variant: threshold" in (tmp_path / "params.yaml").read_text()


def test_photographs_that_a_pipeline_cannot_watch_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="watches files"):
        write_pipeline(tmp_path, photos="https://me:secret@host/photos.zip")
    with pytest.raises(SourceNotFound):
        write_pipeline(tmp_path, photos=str(tmp_path / "nothing"))
    assert list(tmp_path.iterdir()) == []
