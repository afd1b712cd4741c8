import base64
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ConfigError, InferenceFailed
from lookoutcv.images import thumbnail
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.measuring.redaction import redaction
from lookoutcv.predictions.detections import Detections
from lookoutcv.records.model_identity import ModelIdentity

RED = np.full((80, 100, 3), (250, 0, 0), np.uint8)


class Guard:
    """Answers that a person stands at the left; fails, or knows nothing, on demand."""

    picklable, batch_size, metrics, notes = False, 1, (), ()

    def __init__(self, answer: Any = None) -> None:
        self.identity = ModelIdentity("guard", None, "detection", ("person", "dog"))
        self.answer = Detections.of([[10, 10, 30, 70], [60, 10, 90, 30]], ["person", "dog"], [0.9, 0.8])
        self.failing = answer

    def for_images(self, ids: Iterable[str]) -> "Guard":
        return self

    def predict(self, ids: Sequence[str], images: Sequence[Any]) -> list[Any]:
        if isinstance(self.failing, Exception):
            raise self.failing
        return [self.answer if self.failing is None else None]


def grey(pixels: Any) -> Any:
    return np.all(pixels == 128, axis=-1)


def applied(what: Any, asked: Any = None) -> Any:
    found = redaction(what, asked)
    assert found is not None
    return found.apply("a.jpg", RED)


def test_given_boxes_in_pixels_and_in_shares() -> None:
    assert np.array_equal(np.argwhere(grey(applied("10,20,30,40"))).min(axis=0), (20, 10))
    assert grey(applied("10,20,30,40")).sum() == 400
    assert grey(applied("0,0,0.5,1")).sum() == 80 * 50
    assert grey(applied(["0,0,10,10", "90,70,100,80"])).sum() == 200


def test_objects_of_a_class_are_covered_with_a_margin_and_others_are_not() -> None:
    found = grey(applied("class:person", Guard()))
    assert found[10:70, 10:30].all()
    assert found[:, 5:35].any(axis=1).all(), "a quarter more on every side"
    assert not found[:, 40:].any()


def test_the_note_says_on_how_many_pictures_something_was_found() -> None:
    guard = Guard()
    found = redaction(["class:person", "0,0,5,5"], guard)
    assert found is not None
    found.apply("a.jpg", RED)
    guard.answer = Detections.none()
    found.apply("b.jpg", RED)
    assert "class:person, 0,0,5,5; something was found on 1 of 2 pictures." in found.note
    assert "miss some" in found.note


@pytest.mark.parametrize("answer", [InferenceFailed("it broke", "Mend it."), "none"])
def test_where_it_cannot_be_said_what_to_cover_there_is_no_picture(answer: Any) -> None:
    assert applied("class:person", Guard(answer)) is None


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("everything", "no box, no file and not faces"),
        ("1,2,3", "no box"),
        ("1,2,1,9", "no box"),
        ("nan,0,1,1", "no box"),
        ("-1,0,1,1", "no box"),
        ("class:person", "needs a model that finds objects"),
    ],
)
def test_what_means_nothing_is_refused(what: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        redaction(what)


def test_a_class_that_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"knows no such class.*person, dog"):
        redaction("class:persn", Guard())


def test_a_face_is_found_and_covered() -> None:
    data = pytest.importorskip("skimage.data")
    photograph = data.astronaut()
    found = redaction("faces")
    assert found is not None
    covered = found.apply("astronaut.png", photograph)
    assert covered is not None
    assert grey(covered)[75:155, 180:260].all(), "the face, which is at about 174,68 to 268,162"
    assert grey(covered).mean() < 0.25
    assert found.apply("tiny.png", RED[:10, :10]) is not None
    large = np.repeat(np.repeat(photograph, 3, axis=0), 3, axis=1)
    assert grey(found.apply("large.png", large))[225:465, 540:780].all()


def shades(rng: np.random.Generator, folder: Path, count: int = 40) -> Path:
    folder.mkdir()
    for i in range(count):
        pixels = np.clip(rng.normal(120, 30, (64, 64, 3)), 0, 255).astype(np.uint8)
        pixels[:, :32] = (250, 0, 0)
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
    return folder


def reddest(picture: str | None) -> int:
    """How red the left half is, at most."""
    assert picture is not None
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    left = pixels[:, : pixels.shape[1] * 3 // 8]
    return int((left[..., 0] - left[..., 1]).max())


def pictures(report: Any) -> list[str]:
    examples = [*report.most_shifted, *report.typical, *report.baseline_typical]
    return [one.thumbnail for one in examples if one.thumbnail is not None]


def test_no_picture_of_a_report_shows_what_was_to_be_covered(tmp_path: Path, rng: np.random.Generator) -> None:
    before, after = shades(rng, tmp_path / "before"), shades(rng, tmp_path / "after")
    open_report = lo.compare(before, after)
    assert min(map(reddest, pictures(open_report))) > 150, "without the option it is seen"
    report = lo.compare(before, after, redact="0,0,0.5,1")
    assert len(pictures(report)) > 10
    assert max(map(reddest, pictures(report))) < 30
    assert "Covered on every thumbnail: 0,0,0.5,1." in report.notes


def test_a_baseline_made_without_it_shows_no_pictures(tmp_path: Path, rng: np.random.Generator) -> None:
    before, after = shades(rng, tmp_path / "before"), shades(rng, tmp_path / "after")
    lo.baseline(before).save(tmp_path / "open.parquet")
    report = lo.monitor(after, baseline=tmp_path / "open.parquet", redact="0,0,0.5,1")
    assert [one.thumbnail for one in report.baseline_typical] == [None] * len(report.baseline_typical)
    assert any("it was made without redact='0,0,0.5,1'" in note for note in report.notes)
    lo.baseline(before, redact="0,0,0.5,1").save(tmp_path / "covered.parquet")
    assert Baseline.load(tmp_path / "covered.parquet").redacted == ("0,0,0.5,1",)
    report = lo.monitor(after, baseline=tmp_path / "covered.parquet", redact="0,0,0.5,1")
    assert all(one.thumbnail for one in report.baseline_typical)
    assert max(map(reddest, pictures(report))) < 30


def test_without_thumbnails_there_are_none_of_the_baseline_either(tmp_path: Path, rng: np.random.Generator) -> None:
    before = shades(rng, tmp_path / "before")
    lo.baseline(before).save(tmp_path / "open.parquet")
    assert pictures(lo.monitor(before, baseline=tmp_path / "open.parquet", thumbnails=False)) == []


def test_a_thumbnail_is_made_after_the_covering() -> None:
    """Shrinking first would spread what is covered into its surroundings."""
    pixels = np.zeros((640, 640, 3), np.uint8)
    pixels[:, :320] = (255, 0, 0)
    found = redaction("0,0,0.5,1")
    assert found is not None
    shown = found.apply("a", pixels)
    assert shown is not None
    with Image.open(io.BytesIO(thumbnail(shown))) as image:
        assert np.asarray(image)[..., 0].max() < 160
