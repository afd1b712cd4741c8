"""The model in whole numbers of 8 bits: a quarter of the size, with what it loses measured and told."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import LookoutError, TrainingError
from lookoutcv.extras import need
from lookoutcv.models.cards.card import Card
from lookoutcv.models.input.preprocessing import Preprocessor
from lookoutcv.models.opener import open_model
from lookoutcv.models.packages.manifest import SmallModel
from lookoutcv.scores.proportions import paired_interval
from lookoutcv.training.data.division import Pixels

# Ranges change little from a hundred images on (Nagel et al., "A white paper on neural network quantization", 2021).
CALIBRATION_IMAGES = 128
MEASURED_IMAGES = 500
BATCH = 8
INT8 = "model.int8.onnx"
Batches = Iterable[tuple[list[str], list[Pixels]]]


def quantise(
    model: Path,
    target: Path,
    card: Card,
    calibration: Batches,
    labelled: Batches,
    *,
    part: str | None = None,
) -> SmallModel:
    """Write a model with whole numbers for weights and activations, and compare it with the model itself.

    Args:
        model: An ONNX file in float32.
        target: The file that is written.
        card: Of both.
        calibration: Labels and images that the ranges of activations are measured on: of those that it learnt from.
        labelled: Others, that the loss is measured on.
        part: What these are: "test".
    Raises:
        MissingExtra: onnx or onnxruntime is not installed.
        TrainingError: It cannot be quantised, or there are no images to measure on.
    """
    need("onnx", "train")
    quantization: Any = need("onnxruntime.quantization", "train")
    shape_inference: Any = need("onnxruntime.quantization.shape_inference", "train")
    folded = target.with_name("folded.onnx")
    counted = _Counted(calibration)
    try:
        with _quiet():
            shape_inference.quant_pre_process(str(model), str(folded), skip_symbolic_shape=True)
            quantization.quantize_static(
                str(folded),
                str(target),
                _reader(quantization.CalibrationDataReader, folded, card, counted),
                quant_format=quantization.QuantFormat.QDQ,
                per_channel=True,
                activation_type=quantization.QuantType.QUInt8,
                weight_type=quantization.QuantType.QInt8,
                calibrate_method=quantization.CalibrationMethod.MinMax,
            )
    except Exception as reason:  # onnxruntime's tools raise whatever their parts do
        if isinstance(reason, LookoutError | OSError):
            raise
        why = " ".join(str(reason).split())[:300]
        raise TrainingError(
            f"the model cannot be brought to whole numbers ({type(reason).__name__}: {why})",
            f"Leave {option('int8')} out, or choose another backbone.",
            key="int8",
        ) from reason
    finally:
        folded.unlink(missing_ok=True)
    full, small = open_model(model, card), open_model(target, card)
    rows = [
        (truth, getattr(one, "label", ""), getattr(other, "label", ""))
        for labels, pixels in labelled
        for truth, one, other in zip(labels, full.predict(pixels), small.predict(pixels), strict=True)
    ]
    if not rows:
        raise TrainingError(
            "there are no images to measure whole numbers on", f"Leave {option('int8')} out.", key="int8"
        )
    right = [(truth == one, truth == other) for truth, one, other in rows]
    low, high = paired_interval(right.count((True, False)), right.count((False, True)), len(right))
    return SmallModel(
        file=target.name,
        bytes=target.stat().st_size,
        images=len(rows),
        accuracy=sum(truth == other for truth, _, other in rows) / len(rows),
        full_accuracy=sum(truth == one for truth, one, _ in rows) / len(rows),
        agreement=sum(one == other for _, one, other in rows) / len(rows),
        calibration_images=counted.images,
        low=low,
        high=high,
        part=part,
    )


class _Counted:
    """Batches, and how many images were in those that were taken."""

    def __init__(self, batches: Batches) -> None:
        self._batches, self.images = iter(batches), 0

    def next(self) -> list[Pixels] | None:
        _, pixels = next(self._batches, ([], []))
        self.images += len(pixels)
        return pixels or None


def _reader(base: Any, model: Path, card: Card, counted: _Counted) -> Any:
    onnxruntime: Any = need("onnxruntime", "train")
    name = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"]).get_inputs()[0].name
    prepare = Preprocessor(card.input)

    class Reader(base):  # type: ignore[misc]  # the base comes with the package
        """Batches of calibration images."""

        def get_next(self) -> dict[str, Any] | None:
            pixels = counted.next()
            return None if pixels is None else {name: prepare(pixels)[0]}

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """What the tools of onnxruntime say on the root logger is for whoever writes such tools."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
