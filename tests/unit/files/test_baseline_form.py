"""A baseline is written in the form that the ending of its name means, and read back from either."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError, FileFormatError, WrongKind

IMAGES = [np.random.default_rng(7).integers(0, 200, (12, 12, 3), dtype=np.uint8) for _ in range(60)]


@pytest.fixture(scope="module")
def made() -> lo.Baseline:
    return lo.baseline(IMAGES, metrics="exposure,noise,identity", workers=1)


def test_both_forms_are_one_baseline(made: lo.Baseline, tmp_path: Path) -> None:
    as_json, as_parquet = made.save(tmp_path / "b.JSON"), made.save(tmp_path / "b.parquet")
    assert json.loads(as_json.read_bytes())["format"] == "lookoutcv.baseline"
    assert as_parquet.read_bytes()[:4] == b"PAR1"
    read = [lo.load(as_json), lo.Baseline.load(as_json), lo.load(as_parquet)]
    assert [one.to_bytes() for one in read if isinstance(one, lo.Baseline)] == [made.to_bytes()] * 3
    told = [lo.monitor(IMAGES[:40], baseline=file, workers=1, thumbnails=False) for file in (as_json, as_parquet)]
    assert told[0].metrics == told[1].metrics
    assert lo.compare(as_json, as_parquet).overall_drift_detected is False


def test_a_json_baseline_is_named_where_images_or_records_are_needed(made: lo.Baseline, tmp_path: Path) -> None:
    file = made.save(tmp_path / "b.json")
    with pytest.raises(WrongKind, match="this is a baseline"):
        lo.baseline(file, workers=1)
    with pytest.raises(WrongKind, match="lookout show"):
        lo.measure(file, workers=1)


def test_one_whose_keys_were_sorted_is_loaded_too(made: lo.Baseline, tmp_path: Path) -> None:
    file = made.save(tmp_path / "b.json")
    file.write_text(json.dumps(json.loads(file.read_text()), sort_keys=True, indent=1))
    assert isinstance(lo.load(file), lo.Baseline)
    file.write_text(file.read_text().replace('"images"', '"imagez"'))
    with pytest.raises(FileFormatError, match=r"b.json: .*Make it again"):
        lo.load(file)


@pytest.mark.parametrize("name", ["b.csv", "b.html", "b.jsonl", "b.pq", "b.yaml", "b.txt"])
def test_an_ending_of_another_form_is_refused(made: lo.Baseline, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"End its name in \.parquet or \.json"):
        made.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_command_line_writes_what_the_ending_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    images = tmp_path / "images"
    images.mkdir()
    for number, pixels in enumerate(IMAGES[:30]):
        Image.fromarray(pixels).save(images / f"{number}.png")
    file = tmp_path / "baseline.json"
    assert main(["baseline", str(images), "-o", str(file), "--workers", "1"]) == 0
    assert json.loads(file.read_text())["format"] == "lookoutcv.baseline"
    assert main(["show", str(file)]) == 0
    assert main(["monitor", str(images), "-b", str(file), "--workers", "1"]) == 0
    capsys.readouterr()
    assert main(["baseline", "nowhere", "-o", str(tmp_path / "baseline.csv")]) == 2
    assert "End its name in .parquet or .json, as baseline.parquet." in capsys.readouterr().err
