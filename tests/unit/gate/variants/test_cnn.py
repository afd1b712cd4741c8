"""The small network of the gate: what it learns, what other programs get of it, and how it is kept."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pytest

from drawn_lessons import DrawnExample, drawn_lesson, drawn_view, fitted
from lookoutcv.errors import ImageError, TrainingError, UnreadableImage
from lookoutcv.gate.networks import one_thread
from lookoutcv.gate.networks.mosaic import mosaic
from lookoutcv.gate.networks.small_network import network_of
from lookoutcv.gate.networks.small_onnx import small_onnx
from lookoutcv.gate.variants.base import Lesson, Score
from lookoutcv.gate.variants.cnn import ONNX_FILE, TORCHSCRIPT_FILE, cnn, files, learn
from lookoutcv.pixels.view import ImageView

torch = pytest.importorskip("torch", reason="torch is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


def batch(count: int = 5) -> np.ndarray:
    return np.stack([mosaic(drawn_view(seed, seed % 3).luma).levels for seed in range(count)])[:, None].astype("f4")


def scores(count: int = 5) -> list[float]:
    score = cnn.scorer(fitted("cnn"))
    return [score(drawn_view(seed, seed % 3)).value for seed in range(count)]


def test_what_other_programs_get_gives_the_same_scores() -> None:
    written = files(fitted("cnn"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.load(io.BytesIO(written[TORCHSCRIPT_FILE]))
    session = onnxruntime.InferenceSession(written[ONNX_FILE], providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(module(torch.from_numpy(batch())).numpy(), scores(), atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(session.run(None, {"images": batch()})[0], scores(), atol=1e-4, rtol=1e-4)


def test_a_score_is_the_same_without_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = scores()
    monkeypatch.setattr("lookoutcv.gate.variants.cnn.has_onnx", lambda: False)
    np.testing.assert_allclose(scores(), with_it, atol=1e-4, rtol=1e-4)


def test_it_is_small() -> None:
    written = files(fitted("cnn"))
    assert sum(value.nbytes for value in fitted("cnn").tensors.values()) <= 400_000
    assert max(len(data) for data in written.values()) <= 400_000


def test_the_graph_is_the_same_each_time_it_is_written() -> None:
    assert small_onnx(fitted("cnn").tensors) == small_onnx(dict(reversed(fitted("cnn").tensors.items())))


def test_no_square_and_no_order_of_them_stands_out() -> None:
    module, seen = network_of(fitted("cnn").tensors), torch.from_numpy(batch(2))
    other = torch.roll(seen, (64, 64), (2, 3))
    with torch.inference_mode():
        np.testing.assert_allclose(module(other).numpy(), module(seen).numpy(), atol=1e-4)


def test_a_small_image_has_a_reason_instead_of_a_score() -> None:
    score = cnn.scorer(fitted("cnn"))(ImageView(np.zeros((15, 400, 3), np.uint8)))
    assert isinstance(score, Score)
    assert score.untellable == "it is under 16 px high or wide"


class Unreadable(DrawnExample):
    def view(self) -> ImageView:
        raise UnreadableImage("it is cut off", "Copy it again.", reason="cut off")


def test_images_that_cannot_be_read_are_counted() -> None:
    examples = [*drawn_lesson(4).examples, Unreadable(9, sharp=True), DrawnExample(10, sharp=False, side=12)]
    learnt = learn(Lesson(examples, epochs=1))
    assert issubclass(UnreadableImage, ImageError)
    assert {key: learnt.facts[key] for key in ("sharp", "blurred", "left_out")} == {
        "sharp": 2,
        "blurred": 2,
        "left_out": 2,
    }


def test_one_image_a_batch_and_one_more_than_batches_hold_are_no_hindrance() -> None:
    for count, size in ((3, 1), (5, 4)):
        assert np.isfinite(learn(drawn_lesson(count, epochs=1, batch_size=size)).epochs[0]["loss"])


def test_a_learning_rate_that_is_too_high_is_told() -> None:
    with pytest.raises(TrainingError, match="grew beyond all bounds at a learning rate of 1e") as told:
        learn(drawn_lesson(4, epochs=3, learning_rate=1e30))
    assert "learning_rate=" in told.value.remedy


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(TrainingError, match="torch sees no device 'tpu' here"):
        learn(drawn_lesson(4, device="tpu"))


def test_progress_is_told_and_what_stops_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen: list[tuple[int, int | None]] = []

    def stopping(done: int, total: int | None) -> None:
        seen.append((done, total))
        if len(seen) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(drawn_lesson(4, epochs=2, progress=stopping))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4), (1, 4), (2, 4)]
    assert not list(tmp_path.iterdir())


def test_what_is_drawn_elsewhere_does_not_change() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    learn(drawn_lesson(4, epochs=1))
    assert torch.equal(torch.rand(3), expected)


def test_onnx_is_asked_where_it_is_there() -> None:
    assert one_thread.has_onnx()
