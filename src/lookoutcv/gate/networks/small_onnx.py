"""The small network as an ONNX graph, written from its tensors: no torch and no exporter."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.extras import need
from lookoutcv.gate.networks.small_network import (
    BATCH_NORM_EPS,
    LAYERS,
    LEAST_CONTRAST,
    SIDE_PX,
    SQUARE_PX,
    Tensors,
    check_tensors,
    tensor_shapes,
)

INPUT, OUTPUT = "images", "scores"
# Of 2022: onnxruntime 1.12 and later run it.
_OPSET, _IR = 17, 8
_CHANNELS = LAYERS[-1][1]


def small_onnx(tensors: Tensors) -> bytes:
    """An ONNX file: (n, 1, 128, 128) float32 grey levels 0 to 255 to (n,) log odds of being sharp.

    The normalising layers are folded into the convolutions, as they only scale and shift.

    Args:
        tensors: As `small_network.tensor_shapes` has them.
    Raises:
        CorruptFile: They are others.
        MissingExtra: onnx is not installed.
    """
    helper = need("onnx.helper", "train")
    numpy_helper = need("onnx.numpy_helper", "train")
    check_tensors(tensors, tensor_shapes(), "the gate's network")
    constants: dict[str, Any] = {
        "split": np.array([-1, 2, SQUARE_PX, 2, SQUARE_PX], np.int64),
        "squares": np.array([-1, 1, SQUARE_PX, SQUARE_PX], np.int64),
        "of each": np.array([-1, 4, _CHANNELS], np.int64),
        "least": np.array(LEAST_CONTRAST**2, np.float32),
        "flat": np.array([-1], np.int64),
        "head.weight": tensors["head.weight"],
        "head.bias": tensors["head.bias"],
    }
    node = helper.make_node
    nodes = [
        node("Reshape", [INPUT, "split"], ["parts"]),
        node("Transpose", ["parts"], ["ordered"], perm=[0, 1, 3, 2, 4]),
        node("Reshape", ["ordered", "squares"], ["levels"]),
        node("ReduceMean", ["levels"], ["mean"], axes=[2, 3]),
        node("Sub", ["levels", "mean"], ["centred"]),
        node("Mul", ["centred", "centred"], ["squared"]),
        node("ReduceMean", ["squared"], ["variance"], axes=[2, 3]),
        node("Add", ["variance", "least"], ["bounded"]),
        node("Sqrt", ["bounded"], ["contrast"]),
        node("Div", ["centred", "contrast"], ["seen 0"]),
    ]
    for number, (_, _, kernel, stride) in enumerate(LAYERS):
        constants[f"weight {number}"], constants[f"bias {number}"] = _folded(tensors, number)
        inputs = [f"seen {number}", f"weight {number}", f"bias {number}"]
        nodes.append(node("Conv", inputs, [f"sum {number}"], strides=[stride] * 2, pads=[kernel // 2] * 4))
        nodes.append(node("Relu", [f"sum {number}"], [f"seen {number + 1}"]))
    nodes += [
        node("ReduceMean", [f"seen {len(LAYERS)}"], ["pooled"], axes=[2, 3], keepdims=0),
        node("Reshape", ["pooled", "of each"], ["features of each"]),
        node("ReduceMean", ["features of each"], ["middle"], axes=[1], keepdims=0),
        node("ReduceMax", ["features of each"], ["most"], axes=[1], keepdims=0),
        node("Concat", ["middle", "most"], ["features"], axis=1),
        node("Gemm", ["features", "head.weight", "head.bias"], ["column"], transB=1),
        node("Reshape", ["column", "flat"], [OUTPUT]),
    ]
    kind = need("onnx", "train").TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "sharpness",
        [helper.make_tensor_value_info(INPUT, kind, ["batch", 1, SIDE_PX, SIDE_PX])],
        [helper.make_tensor_value_info(OUTPUT, kind, ["batch"])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR, producer_name="lookoutcv"
    )
    return bytes(model.SerializeToString(deterministic=True))


def _folded(tensors: Tensors, number: int) -> tuple[Any, Any]:
    mean, variance = (tensors[f"norms.{number}.running_{name}"].astype(np.float64) for name in ("mean", "var"))
    scale = tensors[f"norms.{number}.weight"] / np.sqrt(variance + BATCH_NORM_EPS)
    weight = tensors[f"convolutions.{number}.weight"] * scale[:, None, None, None]
    bias = tensors[f"norms.{number}.bias"] - mean * scale
    return weight.astype(np.float32), bias.astype(np.float32)
