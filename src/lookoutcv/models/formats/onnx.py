"""ONNX files, run by onnxruntime."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import BrokenModel, ConfigError, UntrustedModel
from lookoutcv.extras import need
from lookoutcv.models.cards.file_facts import facts_in
from lookoutcv.models.cards.onnx_weights import weight_files
from lookoutcv.models.formats.base import RuntimeOptions, Tensor, TensorInfo, model_format

_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}
# Field 1 of the message (the version of the form, a small number) followed by another field at once.
_FIRST_FIELD = 0x08
_NEWEST_VERSION = 64
_LACKING = re.compile(
    r"not implemented|NOT_IMPLEMENTED|not a registered function/op|No Op registered|[Uu]nsupported|[Nn]o opset"
)


# What scikit-learn's classifiers end in: an image's scores by the name, or the number, of their class.
_MAPS = re.compile(r"seq\(map\((string|int64),tensor\((float|double)\)\)\)")
_TEXT = "tensor(string)"
# The values of ONNX's metadata for images, and of Windows ML, in lower case: what a pixel of 0 to 255 is brought to.
_PIXEL_FORMATS = {"bgr8": "BGR", "bgra8": "BGR", "rgb8": "RGB", "rgba8": "RGB", "gray8": "GREY"}
_PIXEL_RANGES: dict[str, tuple[float | None, float | None]] = {
    "nominalrange_0_255": (0.0, 1.0),
    "normalized_0_1": (0.0, 255.0),
    "normalized_1_1": (127.5, 127.5),
}
_KINDS = {
    "seq(map": "a sequence of maps",
    "seq(": "a sequence",
    "map(": "a map",
    "optional(": "an optional value",
    "sparse_tensor(": "a sparse tensor",
}


_ONE_IMAGE = (
    "It takes one image at a time and gives its objects as torchvision's detectors do: boxes in pixels, and class 0 "
    "for the background."
)


class OnnxRuntime:
    """A session of onnxruntime.

    Scores by the names of their classes (ZipMap, as sklearn-onnx exports) become one output of scores; the label that
    stands beside them, and text, are not read.
    """

    def __init__(self, session: Any, path: Path) -> None:
        self._session = session
        self.inputs = [_info(tensor) for tensor in session.get_inputs()]
        given = session.get_outputs()
        self._maps = {tensor.name for tensor in given if _MAPS.fullmatch(tensor.type)}
        refuse_outputs(path, {tensor.name: tensor.type for tensor in given if tensor.name not in self._maps})
        read = [tensor for tensor in given if tensor.name in self._maps] or [
            tensor for tensor in given if tensor.type != _TEXT
        ]
        if not read:
            names = ", ".join(tensor.name for tensor in given)
            raise BrokenModel(
                f"{path}: its outputs ({names}) are texts, and none is a tensor of numbers",
                "Export it with its scores, boxes or maps as outputs.",
                model=str(path),
                reason="outputs that are texts",
            )
        self.outputs = [_info(tensor) for tensor in read]
        left = ", ".join(tensor.name for tensor in given if tensor not in read)
        self.notes: tuple[str, ...] = (
            (f"Of its outputs {left} is not read: it repeats in words or numbers what the scores say.",) if left else ()
        )
        # As Ultralytics and others export it.
        self.facts = facts_in(session.get_modelmeta().custom_metadata_map)
        self._columns: list[Any] | None = None
        if len(self.inputs) == 1:
            self.inputs = [_with_pixels(self.inputs[0], session.get_modelmeta().custom_metadata_map)]
        # One that takes an image, not a batch: what stands for the batch is added here, on both sides.
        self._unbatched = False
        if _of_one_image(session.get_inputs(), read):
            self._unbatched = len(self.inputs[0].shape) == 3
            self.inputs = [replace(self.inputs[0], shape=(1, *self.inputs[0].shape[-3:]))]
            self.outputs = [_of_objects(output) for output in self.outputs]
            self.notes += (_ONE_IMAGE,)
        self._one_image = _ONE_IMAGE in self.notes
        self.batch = self.inputs[0].shape[0] if self.inputs and self.inputs[0].shape else None

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Those that its exporter wrote, or that its scores are given by, after the first inference."""
        return self.class_names or self.facts.labels

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The names that scores are given by, in the order of the scores; None where they are given by their place."""
        if self._columns is None or self._columns == list(range(len(self._columns))):
            return None
        return tuple(str(key) for key in self._columns)

    def run(self, batch: Tensor) -> list[Any]:
        """One inference."""
        names = [tensor.name for tensor in self.outputs]
        returned = self._session.run(names, {self.inputs[0].name: batch[0] if self._unbatched else batch})
        if self._one_image:
            return [one[None] for one in returned]
        return [self._scores(one) if name in self._maps else one for name, one in zip(names, returned, strict=True)]

    def _scores(self, maps: list[dict[Any, float]]) -> Any:
        """(N, C) of a mapping of classes to scores an image, the classes in the order of the first."""
        if self._columns is None and maps:
            self._columns = sorted(maps[0])
        columns = self._columns or []
        if any(sorted(one) != columns for one in maps):
            raise ValueError("it gives scores of other classes for one image than for another")
        return np.array([[one[key] for key in columns] for one in maps], np.float32).reshape(len(maps), len(columns))


def refuse_outputs(path: Path, types: Mapping[str, str]) -> None:
    """Refuse a model with outputs that are no tensors.

    Args:
        path: What messages call the model.
        types: Of each output by its name, in onnxruntime's words.
    Raises:
        BrokenModel: One is a sequence, a map, an optional or a sparse tensor.
    """
    for name, kind in types.items():
        if not kind.startswith("tensor("):
            what = next((words for start, words in _KINDS.items() if kind.startswith(start)), kind)
            raise BrokenModel(
                f"{path}: its output {name} is {what} ({kind}), which is not read",
                "Export it so that it gives tensors only; of scikit-learn, with options={'zipmap': False}.",
                model=str(path),
                reason=f"an output that is {what}",
            )


def _info(tensor: Any) -> TensorInfo:
    shape = tuple(side if isinstance(side, int) and side > 0 else None for side in tensor.shape)
    return TensorInfo(tensor.name, shape, _DTYPES.get(tensor.type, tensor.type))


def _of_one_image(inputs: Sequence[Any], outputs: Sequence[Any]) -> bool:
    """Whether a model gives the objects of one image, none of its outputs with a side for images: torchvision's.

    (N, 4) boxes, N whole numbers and N real ones may also be what is said of N images; then the name of the first must
    tell, or the input.
    """
    boxes = [one for one in outputs if len(one.shape) == 2 and one.shape[1] == 4]
    rows = sorted(_DTYPES.get(one.type, "")[:3] for one in outputs if len(one.shape) == 1)
    if len(inputs) != 1 or len(boxes) != 1 or rows not in (["flo", "int"],) or len(inputs[0].shape) not in (3, 4):
        return False
    images, objects = inputs[0].shape[0], boxes[0].shape[0]
    if len(inputs[0].shape) == 3:
        return True
    if "box" in boxes[0].name.lower():
        return bool(images == 1 or (not isinstance(images, int) and images != objects))
    return bool(images == 1 and objects != 1)


def _of_objects(info: TensorInfo) -> TensorInfo:
    """What an output of a detector of one image is, with a side for the image."""
    batched = replace(info, shape=(1, *info.shape))
    if info.shape[1:] == (4,):
        return replace(batched, box_format="xyxy", in_pixels=True)
    # Detectron2, whose classes begin at 0, calls them so.
    counted_from_one = len(info.shape) == 1 and info.dtype.startswith("int") and "class" not in info.name.lower()
    return replace(batched, background_first=counted_from_one)


def _with_pixels(info: TensorInfo, metadata: Mapping[str, str]) -> TensorInfo:
    """What Windows ML, and whoever exports for it, writes of the picture that an input wants."""
    colour: Any = _PIXEL_FORMATS.get(metadata.get("Image.BitmapPixelFormat", "").lower())
    mean, std = _PIXEL_RANGES.get(metadata.get("Image.NominalPixelRange", "").lower(), (None, None))
    return replace(info, colour=colour, mean=None if mean is None else (mean,), std=None if std is None else (std,))


def _recognises(path: Path, head: bytes) -> bool:
    return head[4:8] == b"ORTM" or (len(head) > 2 and head[0] == _FIRST_FIELD and 0 < head[1] < _NEWEST_VERSION)


def _providers(ort: Any, device: str) -> list[Any]:
    if device == "cpu":
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        raise ConfigError(
            "the installed onnxruntime knows no CUDA",
            "Install onnxruntime-gpu in place of onnxruntime, or use the device cpu.",
            key="device",
        )
    number = int(device.partition(":")[2] or 0)
    return [("CUDAExecutionProvider", {"device_id": number}), "CPUExecutionProvider"]


def _weights(path: Path) -> list[Path]:
    """The files of weights that it names, where they are its own: below its folder, and not hidden."""
    try:
        names = weight_files(path)
    except ValueError:
        return []  # onnxruntime says what is wrong with it
    folder = path.resolve().parent
    for name in names:
        target = (folder / name).resolve()
        inside = target.is_relative_to(folder)
        if not inside or any(part.startswith(".") for part in target.relative_to(folder).parts):
            raise UntrustedModel(
                f"{path} takes weights from a file that is not its own: {name!r}",
                "Ask where it is from. Where you made it yourself, put them beside it, or use "
                f"{option('trust', True)}.",
                model=str(path),
                reason="a file that is not its own",
            )
    return [(folder / name).resolve() for name in names]


@model_format("onnx", suffixes=(".onnx", ".ort"), recognises=_recognises, examine=_weights)
def onnx(path: Path, options: RuntimeOptions) -> OnnxRuntime:
    """ONNX, run by onnxruntime (extra `onnx`)."""
    ort = need("onnxruntime", "onnx")
    session_options = ort.SessionOptions()
    session_options.intra_op_num_threads = options.threads
    session_options.inter_op_num_threads = 1
    # Its own lines on standard error say again what the exceptions say.
    session_options.log_severity_level = 4
    try:
        # With its fallback it would try the same again, and print about it.
        session = ort.InferenceSession(
            str(path), session_options, providers=_providers(ort, options.device), enable_fallback=False
        )
    except ConfigError:
        raise
    except Exception as reason:  # onnxruntime has an exception a cause, none documented
        why = " ".join(str(reason).split())
        lacking = _LACKING.search(why) is not None
        raise BrokenModel(
            f"{path} cannot be loaded by onnxruntime {ort.__version__} ({why})",
            "Export it with standard operators and an opset that this version has, or update onnxruntime."
            if lacking
            else "Copy or export it again.",
            model=str(path),
            reason="operators that onnxruntime lacks" if lacking else why,
        ) from reason
    return OnnxRuntime(session, path)
