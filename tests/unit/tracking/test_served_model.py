"""What MLflow calls: bytes of files in, predictions out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ImageError, ModelError
from lookoutcv.tracking.served_model import _load_pyfunc
from tiny_models import onnx_constant, picture
from tiny_packages import hand_packed, zipped

pandas = pytest.importorskip("pandas")


def file_of(colour: tuple[int, int, int]) -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(picture(colour)).save(written, "PNG")
    return written.getvalue()


def frame(*files: Any) -> Any:
    return pandas.DataFrame({"image": list(files)})


@pytest.mark.parametrize("archive", [False, True])
def test_a_package_predicts_each_row(archive: bool, tmp_path: Path) -> None:
    package = hand_packed(tmp_path / "package")
    model = _load_pyfunc(str(zipped(package, tmp_path / "p.zip") if archive else package))
    predicted = model.predict(frame(file_of((255, 0, 0)), bytearray(file_of((0, 0, 255)))))
    assert list(predicted["predicted"]) == ["red", "blue"]
    assert list(predicted.columns) == ["predicted", "confidence", "scores"]
    for confidence, scores in zip(predicted["confidence"], predicted["scores"], strict=True):
        assert confidence == max(scores)
        assert sum(scores) == pytest.approx(1, abs=1e-6)


def test_no_rows_are_no_predictions(tmp_path: Path) -> None:
    model = _load_pyfunc(str(hand_packed(tmp_path / "package")))
    assert len(model.predict(frame())) == 0


def test_the_row_of_a_broken_image_is_named(tmp_path: Path) -> None:
    model = _load_pyfunc(str(hand_packed(tmp_path / "package")))
    with pytest.raises(ImageError, match="row 1"):
        model.predict(frame(file_of((255, 0, 0)), b"no image"))


def test_a_model_that_is_no_classifier_is_refused(tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "other.onnx", [np.ones((1, 5), np.float32)])
    path.with_name("other.onnx.card.yaml").write_text("task: embedding\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"classifiers, and this is a model for embedding.*lookout predict"):
        _load_pyfunc(str(path))
