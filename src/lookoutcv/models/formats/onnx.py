"""ONNX files, run by onnxruntime."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lookoutcv.errors import BrokenModel, ConfigError
from lookoutcv.extras import need
from lookoutcv.models.cards.file_facts import facts_in
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


class OnnxRuntime:
    """A session of onnxruntime."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.inputs = [_info(tensor) for tensor in session.get_inputs()]
        self.outputs = [_info(tensor) for tensor in session.get_outputs()]
        # As Ultralytics and others export it.
        self.facts = facts_in(session.get_modelmeta().custom_metadata_map)
        self.labels = self.facts.labels
        self.batch = self.inputs[0].shape[0] if self.inputs and self.inputs[0].shape else None

    def run(self, batch: Tensor) -> list[Any]:
        """One inference."""
        return list(self._session.run(None, {self.inputs[0].name: batch}))


def _info(tensor: Any) -> TensorInfo:
    shape = tuple(side if isinstance(side, int) and side > 0 else None for side in tensor.shape)
    return TensorInfo(tensor.name, shape, _DTYPES.get(tensor.type, tensor.type))


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


@model_format("onnx", suffixes=(".onnx", ".ort"), recognises=_recognises)
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
    return OnnxRuntime(session)
