"""Where what a measurer measures moves, the report shows images as the measurer draws them, and no more than it may."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import UnknownArgument
from lookoutcv.pixels.view import ImageView
from lookoutcv.records.measurer import MeasuredColumn, MeasuredPicture, Measurer, PictureMaker

COLUMN = MeasuredColumn("corner.brightness", unit="1")


def brightness(view: ImageView, prediction: Any) -> dict[str, Any]:
    return {"corner.brightness": float(view.pixels[:4, :4].mean() / 255)}


def framed(view: ImageView, shown: Any) -> MeasuredPicture:
    """A white frame, by which a picture is known, and what the measurer saw in words."""
    drawn = shown.copy()
    drawn[:, -2:] = 255
    return MeasuredPicture(drawn, f"corner {view.pixels[:4, :4].mean():.0f}")


def failing(view: ImageView, shown: Any) -> MeasuredPicture:
    raise ValueError("no pencil")


def corner(draw: Any = framed) -> Measurer:
    return Measurer("corner", (COLUMN,), brightness, PictureMaker("The corner", "White is the frame.", draw))


def day(count: int, corner_level: int, seed: int = 0) -> list[Any]:
    """Images of one brightness, but for the corner."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        pixels = random.integers(80, 120, (40, 40, 3), dtype=np.uint8)
        pixels[:4, :4] = corner_level + random.integers(0, 20)
        made.append(pixels)
    return made


HOW: dict[str, Any] = {"metrics": "exposure.brightness", "workers": 1, "cache": False}


def pixels_of(thumbnail: str | None) -> Any:
    assert thumbnail is not None
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(thumbnail))))


def test_the_images_most_unlike_the_baseline_are_drawn_beside_typical_ones(tmp_path: Path) -> None:
    before = lo.baseline(day(80, 0), measurers=[corner()], **HOW).save(tmp_path / "b.parquet")
    report = lo.monitor([*day(20, 0, 1), *day(40, 200, 2)], baseline=before, measurers=[corner()], **HOW)
    (found,) = report.measured_examples
    assert (found.measurer, found.title, found.legend) == ("corner", "The corner", "White is the frame.")
    assert (len(found.window), len(found.baseline)) == (8, 4)
    assert all(int(one.id) >= 20 for one in found.window)
    assert found.window[0].reasons == ["higher in corner brightness"]
    assert all(one.caption.startswith("corner 2") for one in found.window)
    assert all((pixels_of(one.thumbnail)[:, -1] > 200).all() for one in (*found.window, *found.baseline))
    assert lo.DriftReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_a_baseline_keeps_them(form: str, tmp_path: Path) -> None:
    made = lo.baseline(day(40, 0), measurers=[corner()], **HOW)
    read = lo.load(made.save(tmp_path / f"b.{form}"))
    assert isinstance(read, lo.Baseline)
    assert read.measured_typical == made.measured_typical
    assert len(read.measured_typical[0].baseline) == 4


def test_nothing_is_shown_where_it_has_not_moved_or_cannot_be_drawn(caplog: pytest.LogCaptureFixture) -> None:
    before = lo.baseline(day(80, 0), measurers=[corner()], **HOW)
    assert lo.monitor(day(60, 0, 1), baseline=before, measurers=[corner()], **HOW).measured_examples == []
    bare = Measurer("corner", (COLUMN,), brightness)
    assert lo.monitor(day(60, 200, 1), baseline=before, measurers=[bare], **HOW).measured_examples == []
    (found,) = lo.monitor(day(60, 200, 1), baseline=before, measurers=[corner(failing)], **HOW).measured_examples
    assert {one.thumbnail for one in found.window} == {None}
    assert "no pencil" in caplog.text
    assert len(found.window) == 8


def test_what_must_not_be_seen_is_not(tmp_path: Path) -> None:
    before = lo.baseline(day(80, 0), measurers=[corner()], **HOW)
    window = day(60, 200, 1)
    how = {**HOW, "baseline": before, "measurers": [corner()]}
    (covered,) = lo.monitor(window, redact="0,0,0.5,0.5", **how).measured_examples
    assert np.abs(pixels_of(covered.window[0].thumbnail)[2:18, 2:18].astype(int) - 128).max() < 12
    assert {one.thumbnail for one in covered.baseline} == {None}
    (bare,) = lo.monitor(window, thumbnails=False, **how).measured_examples
    assert {one.thumbnail for one in (*bare.window, *bare.baseline)} == {None}
    assert len(bare.window) == 8
    report = lo.monitor(window, **how)
    lo.render(report, tmp_path / "r.json", thumbnails=False)
    assert "/9j/" not in (tmp_path / "r.json").read_text()


def test_a_record_file_as_a_window_names_them(tmp_path: Path) -> None:
    before = lo.baseline(day(80, 0), measurers=[corner()], **HOW)
    path = tmp_path / "r.parquet"
    lo.measure(day(60, 200, 1), measurers=[corner()], output=path, **HOW)
    (found,) = lo.monitor(path, baseline=before, measurers=[corner()]).measured_examples
    assert [one.thumbnail for one in found.window] == [None] * 8


def test_a_picture_of_another_shape_is_said() -> None:
    wrong = corner(lambda view, shown: MeasuredPicture(shown[..., 0]))
    with pytest.raises(lo.errors.MetricFailed, match="gave no picture"):
        wrong.picture(ImageView(day(1, 0)[0]), day(1, 0)[0])
    with pytest.raises(UnknownArgument, match="attention"):
        lo.monitor(day(1, 0), baseline="b.parquet", explain_share=0.1)  # type: ignore[call-arg]
