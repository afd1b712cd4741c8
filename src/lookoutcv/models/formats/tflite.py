"""TFLite files, run by LiteRT."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import BrokenModel, ConfigError, SourceError
from lookoutcv.extras import need
from lookoutcv.files import members, read_member
from lookoutcv.files.stderr_filter import without_stderr_lines
from lookoutcv.models.cards.file_facts import FileFacts, facts_in, parsed_text
from lookoutcv.models.cards.label_file import labels_in_text, parse_labels
from lookoutcv.models.cards.tflite_metadata import TFLiteMetadata, tflite_metadata
from lookoutcv.models.formats.base import Quantisation, RuntimeOptions, Tensor, TensorInfo, model_format

# A label file of a thousand classes has 20 kB.
_MOST_LABEL_BYTES = 2**22
# Written by the first interpreter of a process; LiteRT's Python has no setting for it (google-ai-edge/LiteRT#7420).
_CHATTER = b"INFO: Created TensorFlow Lite XNNPACK delegate"


class TFLiteRuntime:
    """A LiteRT interpreter, and a second one that is resized to the batches it gets.

    Many models have their batch of one written into constants, and refuse another; an interpreter that was resized in
    vain cannot be used again.
    """

    batch = None

    def __init__(self, path: Path, options: RuntimeOptions) -> None:
        self._path, self._options = path, options
        first = _interpreter(path, options)
        self._single = _Loop(first)
        self._many: _Loop | None = None
        told = tflite_metadata(path.read_bytes())
        self.notes = ("Its metadata are damaged, and are not read.",) if told is None else ()
        told = told or TFLiteMetadata()
        self.inputs = [_info(details) for details in first.get_input_details()]
        if len(self.inputs) == 1:
            colour: Any = told.colour
            self.inputs = [replace(self.inputs[0], mean=told.mean, std=told.std, colour=colour)]
        chosen = _chosen_from(first)
        self.outputs = [
            replace(_info(details), classes=chosen.get(int(details["index"]))) for details in first.get_output_details()
        ]
        if len(told.outputs) == len(self.outputs):
            self.outputs = [_named(info, name, told) for info, name in zip(self.outputs, told.outputs, strict=True)]
        self.labels = packed_labels(path)
        self.facts = packed_facts(path)

    def run(self, batch: Tensor) -> list[Any]:
        """One inference."""
        if len(batch) == 1:
            return self._single(batch)
        if self._many is None:
            self._many = _Loop(_interpreter(self._path, self._options))
        try:
            return self._many(batch)
        except Exception:
            self._many = None
            raise


def _interpreter(path: Path, options: RuntimeOptions) -> Any:
    litert = need("ai_edge_litert.interpreter", "tflite")
    try:
        # A model that is changed on the disk under a memory map would crash the process.
        interpreter = litert.Interpreter(model_content=path.read_bytes(), num_threads=options.threads)
        free = any(side < 1 for side in interpreter.get_input_details()[0].get("shape_signature", ())[1:])
        if not free:
            _allocate(interpreter)
        return interpreter
    except Exception as reason:
        raise _broken(path, reason) from reason


def _allocate(interpreter: Any) -> None:
    with without_stderr_lines(_CHATTER):
        interpreter.allocate_tensors()


class _Loop:
    """An interpreter that is called again and again: what it says of its tensors takes longer than a small model."""

    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        input_details = interpreter.get_input_details()[0]
        self._entry, self._shape = input_details["index"], tuple(input_details["shape"])
        self._outputs = [details["index"] for details in interpreter.get_output_details()]

    def __call__(self, batch: Tensor) -> list[Any]:
        if self._shape != batch.shape:
            self._interpreter.resize_tensor_input(self._entry, batch.shape)
            _allocate(self._interpreter)
            self._shape = batch.shape
        self._interpreter.set_tensor(self._entry, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def _info(details: dict[str, Any]) -> TensorInfo:
    signature = details.get("shape_signature", details["shape"])
    shape = tuple(int(side) if side > 0 else None for side in (signature if len(signature) else details["shape"]))
    dtype = np.dtype(details["dtype"]).name
    scale, zero_point = details["quantization"]
    quantised = np.issubdtype(np.dtype(details["dtype"]), np.integer)
    return TensorInfo(
        details["name"], shape, dtype, Quantisation(float(scale), int(zero_point)) if quantised and scale else None
    )


def _named(info: TensorInfo, name: str, told: TFLiteMetadata) -> TensorInfo:
    """An output by the name that the metadata give it, too."""
    named = replace(info, name=f"{name} {info.name}".strip())
    if len(info.shape) != 3 or info.shape[2] != 4 or told.box_order is None:
        return named
    formats: Any = {(1, 0, 3, 2): "yxyx", (0, 1, 2, 3): "xyxy"}
    return replace(named, box_format=formats.get(told.box_order), in_pixels=told.boxes_in_pixels)


def _chosen_from(interpreter: Any) -> dict[int, int]:
    """For each tensor that an ArgMax fills, by its number: how many values it chooses from."""
    try:
        shapes = {int(tensor["index"]): tensor["shape"] for tensor in interpreter.get_tensor_details()}
        # The only way to the operators, and not a promised one: without it, the number of classes is not known.
        operators = [operator for operator in interpreter._get_ops_details() if operator["op_name"] == "ARG_MAX"]
        return {int(operator["outputs"][0]): int(shapes[int(operator["inputs"][0])][-1]) for operator in operators}
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return {}


def packed_facts(path: Path) -> FileFacts:
    """What Ultralytics packs in the ZIP archive that its TFLite files end with; nothing where there is none."""
    try:
        written = (
            [parsed_text(read_member(m).decode("utf-8", "replace")) for m in members(path) if _is_mapping(m)]
            if zipfile.is_zipfile(path)
            else []
        )
    except (SourceError, zipfile.BadZipFile):
        return FileFacts()  # `packed_labels` has refused what is damaged
    found = next((one for one in written if isinstance(one, dict) and "task" in one), None)
    # Its TFLite files give boxes as shares of the picture, its others in pixels.
    return FileFacts() if found is None else replace(facts_in(found), shares=True)


def _is_mapping(member: Any) -> bool:
    return bool(member.name.lower().endswith((".txt", ".json")) and member.size_bytes <= _MOST_LABEL_BYTES)


def packed_labels(path: Path) -> tuple[str, ...] | None:
    """The labels in the ZIP archive that a TFLite file may end with; None where there are none.

    Raises:
        BrokenModel: The archive is there, and is damaged or not to be trusted.
    """
    try:
        if not zipfile.is_zipfile(path):
            return None
        texts = [m for m in members(path) if m.name.lower().endswith(".txt") and m.size_bytes <= _MOST_LABEL_BYTES]
        # The name says which of several: a model may bring a vocabulary or a licence too.
        named = [m for m in texts if "label" in m.name.lower()] or texts
        if not named:
            return packed_facts(path).labels
        text = read_member(named[0]).decode("utf-8", "replace")
        # Ultralytics packs what it knows of the model as one mapping.
        return labels_in_text(text) or parse_labels(text)
    except (SourceError, zipfile.BadZipFile) as reason:
        why = reason.problem if isinstance(reason, SourceError) else str(reason)
        raise BrokenModel(
            f"the labels packed in {path} cannot be read ({why})",
            "Copy or download it again.",
            model=str(path),
            reason=why,
        ) from reason


def _recognises(path: Path, head: bytes) -> bool:
    return head[4:8] == b"TFL3"


def _broken(path: Path, reason: Exception) -> BrokenModel:
    why = " ".join(str(reason).split())
    lacking = "unresolved" in why.lower() or "custom op" in why.lower() or "Didn't find op" in why
    return BrokenModel(
        f"{path} cannot be loaded by LiteRT ({why})",
        "Convert it with built-in operators only." if lacking else "Copy or convert it again.",
        model=str(path),
        reason="operators that LiteRT lacks" if lacking else why,
    )


@model_format("tflite", suffixes=(".tflite", ".lite"), recognises=_recognises)
def tflite(path: Path, options: RuntimeOptions) -> TFLiteRuntime:
    """TFLite, run by LiteRT on the processor (extra `tflite`)."""
    if options.device != "cpu":
        raise ConfigError("TFLite models run on the processor only", "Use the device cpu.", key="device")
    return TFLiteRuntime(path, options)
