"""How a detector wants its images is found by marked objects, or by mirror images; chance gives no verdict."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.cli.printing.card_proposal import print_proposal
from lookoutcv.errors import InferenceFailed, NoImages
from lookoutcv.inference.labelled_images import LabelledImages
from lookoutcv.inference.search_input import FEW, search_input
from lookoutcv.models import Card, open_model
from lookoutcv.predictions import TrueObjects
from lookoutcv.scores import score_detections
from marked_pictures import Marked, MarkedRef

# A detector of red and blue squares that wants BGR, grey levels and undistorted pictures. Others see noise.
FUNCTION = """
import numpy as np

def squares(batch):
    found = np.zeros((len(batch), 2, 6), np.float32)
    for rows, planes in zip(found, np.asarray(batch)):
        for place, (channel, other) in enumerate([(2, 0), (0, 2)]):
            ys, xs = np.nonzero((planes[channel] > 180) & (planes[other] < 90))
            if len(ys) > 3:
                height, width = np.ptp(ys) + 1, np.ptp(xs) + 1
                if max(height, width) < 1.5 * min(height, width):
                    rows[place] = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1, 0.9, place
    return found
"""
CARD: dict[str, Any] = {
    "task": "detection",
    "labels": ["tomato", "plum"],
    "input": {"size": [64, 64], "layout": "NCHW"},
    "head": {"name": "end_to_end", "score_threshold": 0.5},
}
RIGHT = "BGR, pixels of 0 to 255, letterbox"
COLOURS = {"tomato": (230, 30, 30), "plum": (30, 30, 230)}


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("model") / "squares.py"
    path.write_text(FUNCTION)
    return f"{path}:squares"


def pictures(count: int, *, marks: bool = True, names: tuple[str, str] = ("tomato", "plum")) -> Marked:
    """Wide grey pictures of one or two squares."""
    rng, refs = np.random.default_rng(0), []
    for number in range(count):
        pixels = np.full((64, 128, 3), 100, np.uint8)
        boxes, labels = [], []
        for half, (label, colour) in enumerate(COLOURS.items()):
            if rng.random() < 0.7 or not half:
                x, y, side = 64 * half + int(rng.integers(4, 30)), int(rng.integers(4, 30)), int(rng.integers(16, 30))
                pixels[y : y + side, x : x + side] = colour
                boxes.append([x, y, x + side, y + side])
                labels.append(names[list(COLOURS).index(label)])
        refs.append(MarkedRef(f"{number}.png", pixels, TrueObjects.of(boxes, labels) if marks else None))
    return Marked(refs)


def test_the_input_that_a_detector_wants_is_found_by_marked_objects(squares: str) -> None:
    source = pictures(40)
    found = lo.card(squares, source, card=CARD)
    search = found.search
    assert search is not None
    assert (search.by, search.classes, search.card.images, search.card.score, search.tried) == ("map", True, 40, 0, 30)
    assert search.objects == sum(len(ref.objects.labels) for ref in source.refs if ref.objects is not None)
    assert search.better is not None
    assert search.better.name == RIGHT
    assert (found.card.input.colour, found.card.input.scale, found.card.input.resize) == ("BGR", 1.0, "letterbox")
    assert [trial.name for trial in search.level] == [f"{RIGHT} at the top left"], "as good, and it says so"
    assert not any(note.startswith("input.") for note in found.notes), "the images have answered what was assumed"
    right = open_model(squares, found.card)
    truth = [ref.objects.in_pixels(128, 64) for ref in source.refs if ref.objects is not None]
    expected = score_detections(truth, right.predict([ref.picture for ref in source.refs])).map
    assert search.better.score == pytest.approx(expected)
    assert [item.prediction for item in found.shown if len(item.prediction)], "shown as the card written reads them"  # type: ignore[arg-type]


def test_without_marks_mirror_images_tell(squares: str) -> None:
    search = lo.card(squares, pictures(40, marks=False), card=CARD).search
    assert search is not None
    assert (search.by, search.objects, search.card.score) == ("agreement", 0, 0)
    assert search.better is not None
    assert "pixels of 0 to 255, letterbox" in search.better.name
    # Red squares called plums are found in mirror images just as well: no verdict on the colours.
    assert {"BGR", "pixels"} <= {trial.name.partition(",")[0].split()[0] for trial in (search.better, *search.level)}


def test_the_same_box_in_every_picture_is_no_agreement() -> None:
    def constant(batch: Any) -> Any:
        bright = np.asarray(batch).max() > 2
        return np.tile(np.array([[[16, 16, 48, 48, 0.9 * bright, 0]]], np.float32), (len(batch), 1, 1))

    search = lo.card(constant, pictures(40, marks=False), card=CARD).search
    assert search is not None
    assert search.better is None


def test_few_images_give_no_verdict(squares: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = pictures(5)
    found = lo.card(squares, source, card=CARD)
    assert found.search is not None
    assert found.search.better is None
    assert found.search.best.score > 0.8
    assert found.card.input.colour == "RGB"
    assert found.search.finalists[0] is found.search.card
    assert not found.search.others, "all were tried on all"


def test_a_right_card_is_left_alone(squares: str) -> None:
    right = {**CARD, "input": {"size": [64, 64], "layout": "NCHW", "colour": "BGR", "scale": 1, "resize": "letterbox"}}
    found = lo.card(squares, pictures(40), card=right)
    assert found.search is not None
    assert found.search.better is None
    assert found.search.best is found.search.card
    assert found.card.input == open_model(squares, right).card.input


def test_names_that_the_model_does_not_know_are_left_out_of_it(squares: str) -> None:
    search = lo.card(squares, pictures(40, names=("rot", "blau")), card=CARD).search
    assert search is not None
    assert not search.classes
    assert search.better is not None
    assert search.better.score > 0.8


def test_pictures_that_nobody_looked_at_do_not_count(squares: str) -> None:
    source = pictures(30)
    blank = [replace(ref, id=f"u{ref.id}", objects=None) for ref in source.refs]
    search = lo.card(squares, Marked([*blank, *source.refs]), card=CARD).search
    assert search is not None
    assert search.card.images == 30


def test_the_cost_is_bounded_and_told(squares: str) -> None:
    stages: list[tuple[str, int, int]] = []

    class Stages:
        def begin_stage(self, stage: str) -> None:
            stages.append((stage, 0, 0))

        def __call__(self, done: int, total: int | None) -> None:
            stages[-1] = (stages[-1][0], done, total or 0)

    lo.card(squares, pictures(40), card=CARD, progress=Stages())
    assert stages == [("Trying 30 inputs", 30 * FEW, 30 * FEW), ("Trying the best 7 inputs", 7 * 40, 7 * 40)]


def test_an_assumed_layout_is_tried_and_failures_are_named() -> None:
    def wants_nhwc(batch: Any) -> Any:
        if np.asarray(batch).mean() > 2 and batch.shape[3] != 3:
            raise RuntimeError("three channels last, please")
        found = np.zeros((len(batch), 1, 6), np.float32)
        if batch.shape[3] == 3:
            for rows, planes in zip(found, np.asarray(batch), strict=True):
                ys, xs = np.nonzero((planes[..., 0] > 180) & (planes[..., 2] < 90))
                if len(ys):
                    rows[0] = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1, 0.9, 0
        return found

    search = lo.card(wants_nhwc, pictures(40), card={**CARD, "input": {"size": [64, 64]}}).search
    assert search is not None
    assert search.better is not None
    assert search.better.input.layout == "NHWC"
    assert ("pixels of 0 to 255", True) in [(name, "channels last" in reason) for name, reason in search.failed]
    assert search.tried == 60


def test_a_failure_under_the_card_itself_is_an_error() -> None:
    calls = []

    def fails(batch: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("worn out")
        return np.zeros((len(batch), 1, 6), np.float32)

    with pytest.raises(InferenceFailed, match="worn out"):
        lo.card(fails, pictures(4), card=CARD)


def test_a_function_that_prepares_images_itself_is_only_scored() -> None:
    from marked_pictures import CARD as SMALL
    from marked_pictures import finder, marked

    search = lo.card(finder, marked(30), card=SMALL).search
    assert search is not None
    assert (search.tried, search.better) == (1, None)
    assert search.card.score > 0.8


def test_no_image_is_an_error(squares: str) -> None:
    with pytest.raises(NoImages):
        search_input(open_model(squares, CARD), LabelledImages([Marked([MarkedRef("a", b"nothing", None)])], most=9))


def test_what_a_terminal_shows(squares: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, images, marks = pictures(40), [], []
    for number, ref in enumerate(source.refs):
        Image.fromarray(ref.picture).save(tmp_path / ref.id)
        images.append({"id": number, "file_name": ref.id, "width": 128, "height": 64})
        assert ref.objects is not None
        for box, label in zip(ref.objects.boxes.tolist(), ref.objects.labels, strict=True):
            x, y, right, low = box
            kind = ["tomato", "plum"].index(label)
            where = {"bbox": [x, y, right - x, low - y], "area": (right - x) * (low - y), "iscrowd": 0}
            marks.append({"id": len(marks) + 1, "image_id": number, "category_id": kind, **where})
    names = [{"id": number, "name": name} for number, name in enumerate(("tomato", "plum"))]
    (tmp_path / "marks.json").write_text(json.dumps({"images": images, "annotations": marks, "categories": names}))
    given = tmp_path / "given.yaml"
    given.write_text(json.dumps(CARD))
    written = tmp_path / "out.card.yaml"
    call = ["card", squares, "--card", str(given), "--try", str(tmp_path / "marks.json"), "-o", str(written)]
    assert main(call) == 0
    shown = capsys.readouterr().out
    assert f"Mean average precision (mAP) on 40 images with {len(marks)} marked objects." in shown
    assert f"Better: {RIGHT}, 0." in shown
    assert "against 0.000: better on 40 images, worse on 0. The card has it." in shown
    assert f"These images do not tell it from: {RIGHT} at the top left" in shown
    assert "23 others were given up after 24 images" in shown
    assert (Card.of(written).input.colour, Card.of(written).input.resize) == ("BGR", "letterbox")
    assert main([*call, "--force", "--json"]) == 0
    search = json.loads(capsys.readouterr().out)["search"]
    assert (search["better"], search["tried"], len(search["finalists"])) == (RIGHT, 30, 7)
    assert search["finalists"][1]["better_on"] == 40


def test_how_the_images_were_read_is_told_once(squares: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for ref in pictures(30).refs:
        Image.fromarray(ref.picture).save(tmp_path / ref.id)
    (tmp_path / "marks.json").write_text('{"images": [], "annotations": [], "categories": []}')
    lo.card(squares, tmp_path, card=CARD)
    assert sum("marks.json" in record.getMessage() for record in caplog.records) == 1


class _Stop:
    """Ctrl-C once so many predictions were made in the stage that begins as told."""

    def __init__(self, stage: str, done: int) -> None:
        self._stage, self._done, self._now = stage, done, ""

    def begin_stage(self, stage: str) -> None:
        self._now = stage

    def __call__(self, done: int, total: int | None) -> None:
        if self._now.startswith(self._stage) and done >= self._done:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("stop", "compared", "images", "untried"),
    [
        (_Stop("Trying 30", 10 * FEW), 10, FEW, 20),
        (_Stop("Trying the best", 3 * 40), 3, 40, 0),
        (_Stop("Trying the best", 1), 30, FEW, 0),
    ],
)
def test_what_was_found_before_ctrl_c_is_kept(
    stop: _Stop, compared: int, images: int, untried: int, squares: str
) -> None:
    search = lo.card(squares, pictures(40), card=CARD, progress=stop).search
    assert search is not None
    assert (search.stopped, len(search.finalists), search.untried) == (True, compared, untried)
    assert {trial.images for trial in search.finalists} == {images}, "on the same images, or they are not compared"
    assert search.tried == 30 - untried


def test_ctrl_c_before_two_inputs_were_tried_stops_it(squares: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        lo.card(squares, pictures(40), card=CARD, progress=_Stop("Trying 30", 1))


def test_a_search_that_was_stopped_says_so(squares: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    print_proposal(
        lo.card(squares, pictures(40), card=CARD, progress=_Stop("Trying 30", 10 * FEW)), tmp_path / "c", False
    )
    told = capsys.readouterr().out
    assert "It was stopped: this is what was found by then, and 20 inputs were not tried." in told


@pytest.mark.parametrize(("seconds", "told"), [(1.0, ["about 16 minutes"]), (0.001, [])])
def test_a_slow_model_is_told_to_be_slow(
    seconds: float, told: list[str], squares: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # 24 images in 24 s: 29 x 24 and 7 x 40 predictions of a second each are left.
    ticks = iter([0.0, 24 * seconds, *[1e9] * 10])
    monkeypatch.setattr("lookoutcv.inference.search_input.monotonic", lambda: next(ticks))
    lo.card(squares, pictures(40), card=CARD)
    assert re.findall(r"about \d+ minutes", caplog.text) == told
