"""Tiny models, made where they are needed: each a file of about a kilobyte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest


def linear_weights(classes: int = 3) -> Any:
    """(3, classes): class 0 answers to red, class 1 to green, class 2 to blue, the others to nothing."""
    weights = np.zeros((3, classes), np.float32)
    weights[:, :3] = 8 * np.eye(3)
    return weights


def onnx_classifier(
    path: Path,
    *,
    size: int = 4,
    classes: int = 3,
    dtype: str = "float32",
    batch: int | str = "n",
    layout: str = "NCHW",
    softmax: bool = True,
    bias: float = 0.0,
    names: str = "",
) -> Path:
    """The mean of each channel, times `linear_weights`, and softmax: a red picture is class 0."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    kind = {"float32": numbers.FLOAT, "float16": numbers.FLOAT16, "int8": numbers.INT8, "uint8": numbers.UINT8}[dtype]
    real = numbers.FLOAT16 if dtype == "float16" else numbers.FLOAT
    place = "float16" if dtype == "float16" else "float32"
    shape = [batch, 3, size, size] if layout == "NCHW" else [batch, size, size, 3]
    axes = [2, 3] if layout == "NCHW" else [1, 2]
    tensors = [
        onnx.numpy_helper.from_array(linear_weights(classes).astype(place), "w"),
        onnx.numpy_helper.from_array(np.full(classes, bias, place), "b"),
        onnx.numpy_helper.from_array(np.array(axes, np.int64), "axes"),
    ]
    nodes = [
        helper.make_node("Cast", ["x"], ["real"], to=real),
        helper.make_node("ReduceMean", ["real", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "w"], ["raw"]),
        helper.make_node("Add", ["raw", "b"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    last = "scores" if softmax else "logits"
    made = nodes[: 5 if softmax else 4]
    return _onnx(path, made, tensors, (kind, shape), [(last, real, [batch, classes])], names=names)


def onnx_zipmap(path: Path, classes: list[Any], *, label: bool = True, scores: bool = True) -> Path:
    """Softmax of eight times the mean of each channel, by the names or numbers of three classes.

    Args:
        label: The class that the model took stands before them.
        scores: As a mapping; else as a plain tensor.
    """
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    named = isinstance(classes[0], str)
    tensors = [
        onnx.numpy_helper.from_array(np.array([2, 3], np.int64), "axes"),
        onnx.numpy_helper.from_array(np.float32(8), "eight"),
    ]
    key = {"classlabels_strings" if named else "classlabels_int64s": classes}
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "eight"], ["raw"]),
        helper.make_node("Softmax", ["raw"], ["scores"], axis=1),
        helper.make_node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
    ]
    kind = numbers.STRING if named else numbers.INT64
    if scores:
        nodes.append(helper.make_node("ZipMap", ["scores"], ["maps"], domain="ai.onnx.ml", **key))
        value = helper.make_tensor_type_proto(numbers.FLOAT, [])
        last = helper.make_value_info("maps", helper.make_sequence_type_proto(helper.make_map_type_proto(kind, value)))
    else:
        last = ("scores", numbers.FLOAT, ["n", 3])
    outputs = [("label", numbers.INT64, ["n"]), last] if label else [last]
    return _onnx(path, nodes, tensors, (numbers.FLOAT, ["n", 3, 4, 4]), outputs)


def onnx_sequence(path: Path) -> Path:
    """Gives a sequence of tensors."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    nodes = [helper.make_node("SequenceConstruct", ["x"], ["parts"])]
    kind = helper.make_sequence_type_proto(helper.make_tensor_type_proto(numbers.FLOAT, None))
    return _onnx(path, nodes, [], (numbers.FLOAT, ["n", 3, 4, 4]), [helper.make_value_info("parts", kind)])


def onnx_constant(path: Path, outputs: list[Any], *, size: int = 32, metadata: dict[str, Any] | None = None) -> Path:
    """Gives the same outputs, each with a first side of 1, whatever the image."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    nodes, infos = [], []
    for index, value in enumerate(outputs):
        tensor = onnx.numpy_helper.from_array(np.asarray(value), f"v{index}")
        nodes.append(helper.make_node("Constant", [], [f"y{index}"], value=tensor))
        infos.append((f"y{index}", tensor.data_type, list(np.shape(value))))
    return _onnx(path, nodes, [], (numbers.FLOAT, [1, 3, size, size]), infos, metadata=metadata)


def onnx_silent(path: Path, outputs: dict[str, Any], *, size: int = 64, metadata: dict[str, Any] | None = None) -> Path:
    """Gives outputs, by their names, for a white picture, and zeros for any other: on noise it finds nothing."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    tensors = [onnx.numpy_helper.from_array(np.float32(0.9), "least")]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], keepdims=0),
        helper.make_node("Greater", ["mean", "least"], ["white"]),
    ]
    infos = []
    for name, value in outputs.items():
        array = np.asarray(value)
        tensors.append(onnx.numpy_helper.from_array(array, f"{name}_held"))
        kind = tensors[-1].data_type
        nodes.append(helper.make_node("Cast", ["white"], [f"{name}_factor"], to=kind))
        nodes.append(helper.make_node("Mul", [f"{name}_held", f"{name}_factor"], [name]))
        infos.append((name, kind, list(array.shape)))
    return _onnx(path, nodes, tensors, (numbers.FLOAT, [1, 3, size, size]), infos, metadata=metadata)


def onnx_torchvision(
    path: Path, given: list[Any], names: tuple[str, str, str] = ("boxes", "labels", "scores"), objects: Any = "n"
) -> Path:
    """A detector of one image as torchvision exports them: two objects in a white picture, none in any other.

    Args:
        given: The shape of its input, with or without a side for images.
        names: Of its outputs.
        objects: How many there are, as the file says.
    """
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    boxes, labels, scores = names
    held = {
        boxes: np.float32([[6, 12, 32, 40], [1, 2, 3, 4]]),
        labels: np.int64([2, 1]),
        scores: np.float32([0.9, 0.6]),
    }
    tensors = [onnx.numpy_helper.from_array(np.float32(0.9), "least")]
    tensors += [onnx.numpy_helper.from_array(np.array([number], np.int64), f"at{number}") for number in (0, 2)]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], keepdims=0),
        helper.make_node("Greater", ["mean", "least"], ["white"]),
        helper.make_node("Cast", ["white"], ["one"], to=numbers.INT64),
        helper.make_node("Mul", ["one", "at2"], ["count"]),
    ]
    infos = []
    for name, array in held.items():
        tensors.append(onnx.numpy_helper.from_array(array, f"{name}_held"))
        nodes.append(helper.make_node("Slice", [f"{name}_held", "at0", "count"], [name]))
        infos.append((name, tensors[-1].data_type, [objects, *array.shape[1:]]))
    return _onnx(path, nodes, tensors, (numbers.FLOAT, given), infos)


def onnx_reshape(path: Path) -> Path:
    """Fails when run on 4 x 4 images, whatever they hold: 48 numbers do not fill 7 columns."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    numbers = onnx.TensorProto
    shape = onnx.numpy_helper.from_array(np.array([-1, 7], np.int64), "shape")
    nodes = [onnx.helper.make_node("Reshape", ["x", "shape"], ["y"])]
    return _onnx(path, nodes, [shape], (numbers.FLOAT, ["n", 3, "h", "w"]), [("y", numbers.FLOAT, ["m", 7])])


def onnx_endless(path: Path) -> Path:
    """Adds one to the mean of each channel, 2^62 times over."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers = onnx.helper, onnx.TensorProto
    body = helper.make_graph(
        [helper.make_node("Identity", ["going"], ["goes_on"]), helper.make_node("Add", ["sum", "one"], ["more"])],
        "body",
        [
            helper.make_tensor_value_info("turn", numbers.INT64, []),
            helper.make_tensor_value_info("going", numbers.BOOL, []),
            helper.make_tensor_value_info("sum", numbers.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("goes_on", numbers.BOOL, []),
            helper.make_tensor_value_info("more", numbers.FLOAT, None),
        ],
    )
    held = {"axes": np.array([2, 3], np.int64), "one": np.float32(1), "times": np.int64(2**62), "yes": np.bool_(True)}
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("Loop", ["times", "yes", "mean"], ["y"], body=body),
    ]
    tensors = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()]
    return _onnx(path, nodes, tensors, (numbers.FLOAT, ["n", 3, 4, 4]), [("y", numbers.FLOAT, ["n", 3])])


def onnx_repeating(path: Path, times: int) -> Path:
    """A file of some hundred bytes whose only output is one number so many times over."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    numbers = onnx.TensorProto
    tensors = [onnx.numpy_helper.from_array(np.array([1, times], np.int64), "shape")]
    nodes = [
        onnx.helper.make_node("ReduceMean", ["x"], ["mean"], keepdims=0),
        onnx.helper.make_node("Expand", ["mean", "shape"], ["y"]),
    ]
    return _onnx(path, nodes, tensors, (numbers.FLOAT, ["n", 3, 4, 4]), [("y", numbers.FLOAT, ["n", "m"])])


def onnx_wide(path: Path, side: int, *, eight_bits: bool = False) -> Path:
    """`onnx_classifier` with side x side weights between, which change nothing.

    Args:
        side: At least 3.
        eight_bits: They are whole numbers in the file, and become floats where it is run.
    """
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    helper, numbers, tensor = onnx.helper, onnx.TensorProto, onnx.numpy_helper.from_array
    between = np.zeros((side, side), np.int8 if eight_bits else np.float32)
    np.fill_diagonal(between, 1)
    first, last = np.zeros((3, side), np.float32), np.zeros((side, 3), np.float32)
    first[:, :3], last[:3] = linear_weights(), np.eye(3)
    held = {"axes": np.array([2, 3], np.int64), "first": first, "held": between, "last": last, "one": np.float32(1)}
    nodes = [
        helper.make_node("DequantizeLinear", ["held", "one"], ["between"])
        if eight_bits
        else helper.make_node("Identity", ["held"], ["between"]),
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "first"], ["wide"]),
        helper.make_node("MatMul", ["wide", "between"], ["same"]),
        helper.make_node("MatMul", ["same", "last"], ["y"]),
    ]
    tensors = [tensor(np.asarray(value), name) for name, value in held.items()]
    return _onnx(path, nodes, tensors, (numbers.FLOAT, ["n", 3, 4, 4]), [("y", numbers.FLOAT, ["n", 3])])


def onnx_weights_elsewhere(path: Path, location: str) -> Path:
    """`onnx_classifier` whose nine weights are in another file, as large models have them; that file is not written."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    model = onnx.load(onnx_classifier(path))
    weights = next(tensor for tensor in model.graph.initializer if tensor.name == "w")
    onnx.external_data_helper.set_external_data(weights, location=location, offset=0, length=len(weights.raw_data))
    weights.ClearField("raw_data")
    path.write_bytes(model.SerializeToString())
    return path


def onnx_unknown_operator(path: Path, domain: str = "") -> Path:
    """Made of an operator that no runtime has."""
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    numbers = onnx.TensorProto
    nodes = [onnx.helper.make_node("Wobble", ["x"], ["y"], domain=domain)]
    return _onnx(path, nodes, [], (numbers.FLOAT, [1, 3, 4, 4]), [("y", numbers.FLOAT, [1, 3])])


def _onnx(
    path: Path,
    nodes: Any,
    tensors: Any,
    given: tuple[Any, Any],
    outputs: Any,
    *,
    names: str = "",
    metadata: Any = None,
) -> Path:
    import onnx

    helper = onnx.helper
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", *given)],
        [one if hasattr(one, "type") else helper.make_tensor_value_info(*one) for one in outputs],
        tensors,
    )
    more = [helper.make_opsetid("ai.onnx.ml", 1)] if any(node.domain == "ai.onnx.ml" for node in nodes) else []
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ours", 1), *more])
    model.ir_version = 8
    written = {key: str(value) for key, value in (metadata or {}).items()} | ({"names": names} if names else {})
    if written:
        helper.set_model_props(model, written)
    path.write_bytes(model.SerializeToString())
    return path


def tflite_mean(
    path: Path,
    *,
    size: int = 4,
    dtype: str = "float32",
    operator: str = "MEAN",
    dynamic: bool = False,
    metadata: bytes = b"",
) -> Path:
    """The mean of each channel: three scores."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated", reason="ai-edge-litert is not installed")
    pytest.importorskip("flatbuffers", reason="flatbuffers is not installed")
    kinds = {"float32": schema.TensorType.FLOAT32, "uint8": schema.TensorType.UINT8, "int8": schema.TensorType.INT8}
    given = _tensor(schema, "image", [1, size, size, 3], kinds[dtype], 1)
    axes = _tensor(schema, "axes", [2], schema.TensorType.INT32, 2)
    found = _tensor(schema, "logits", [1, 3], kinds[dtype], 0)
    if dynamic:
        given.shapeSignature = [-1, size, size, 3]
    if dtype != "float32":
        lowest = -128 if dtype == "int8" else 0
        given.quantization = _quantisation(schema, 1 / 255, lowest)
        found.quantization = _quantisation(schema, 1 / 256, lowest)
    code, step = schema.OperatorCodeT(), schema.OperatorT()
    builtin = getattr(schema.BuiltinOperator, operator)
    code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
    if operator == "CUSTOM":
        code.customCode = b"Wobble"
    step.opcodeIndex, step.inputs, step.outputs = 0, [0, 1], [2]
    if operator == "MEAN":
        step.builtinOptionsType, step.builtinOptions = schema.BuiltinOptions.ReducerOptions, schema.ReducerOptionsT()
        step.builtinOptions.keepDims = False
    constants = [b"", np.array([1, 2], np.int32).tobytes()]
    return _tflite(path, [given, axes, found], [code], [step], constants, metadata=metadata)


def tflite_metadata(
    mean: list[float], std: list[float], *, colour: int = 1, outputs: tuple[str, ...] = (), order: Any = None
) -> bytes:
    """Metadata of one image and some outputs, written with flatbuffers' own builder after metadata_schema.fbs.

    Args:
        colour: 1 is RGB, 2 is grey.
        order: The sides of boxes in the first output, in shares of the picture.
    """
    flatbuffers = pytest.importorskip("flatbuffers", reason="flatbuffers is not installed")
    builder = flatbuffers.Builder(256)

    def vector(values: Any, write: Any, size: int = 4) -> int:
        builder.StartVector(size, len(values), size)
        for value in reversed(values):
            write(value)
        return int(builder.EndVector())

    def table(count: int, **slots: tuple[Any, Any]) -> int:
        builder.StartObject(count)
        for slot, (write, value) in slots.items():
            write(int(slot[1:]), value, 0)
        return int(builder.EndObject())

    offset, byte = builder.PrependUOffsetTRelativeSlot, builder.PrependUint8Slot
    numbers = [vector(values, builder.PrependFloat32) for values in (mean, std)]
    options = table(2, f0=(offset, numbers[0]), f1=(offset, numbers[1]))
    units = vector([table(2, f0=(byte, 1), f1=(offset, options))], builder.PrependUOffsetTRelative)
    image = table(2, f0=(byte, colour))
    content = table(3, f0=(byte, 2), f1=(offset, image))
    inputs = vector([table(7, f3=(offset, content), f4=(offset, units))], builder.PrependUOffsetTRelative)
    tensors = []
    for place, name in enumerate(outputs):
        slots: dict[str, Any] = {"f0": (offset, builder.CreateString(name))}
        if order is not None and place == 0:
            boxes = table(3, f0=(offset, vector(order, builder.PrependUint32)), f1=(byte, 1))
            slots["f3"] = (offset, table(3, f0=(byte, 3), f1=(offset, boxes)))
        tensors.append(table(7, **slots))
    given = vector(tensors, builder.PrependUOffsetTRelative)
    graph = table(8, f2=(offset, inputs), f3=(offset, given))
    root = table(8, f3=(offset, vector([graph], builder.PrependUOffsetTRelative)))
    builder.Finish(root, b"M001")
    return bytes(builder.Output())


def tflite_segmenter(path: Path, *, size: int = 4, classes: int = 3) -> Path:
    """The brightest channel of each pixel, after padding to so many channels: a map of class numbers."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated", reason="ai-edge-litert is not installed")
    pytest.importorskip("flatbuffers", reason="flatbuffers is not installed")
    kinds, operators = schema.TensorType, schema.BuiltinOperator
    tensors = [
        _tensor(schema, "image", [1, size, size, 3], kinds.FLOAT32, 0),
        _tensor(schema, "padding", [4, 2], kinds.INT32, 2),
        _tensor(schema, "scores", [1, size, size, classes], kinds.FLOAT32, 0),
        _tensor(schema, "axis", [], kinds.INT32, 3),
        _tensor(schema, "classes", [1, size, size], kinds.INT32, 0),
    ]
    codes, steps = [], []
    for number, (operator, given, found) in enumerate([(operators.PAD, [0, 1], 2), (operators.ARG_MAX, [2, 3], 4)]):
        code, step = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = operator, operator, 1
        step.opcodeIndex, step.inputs, step.outputs = number, given, [found]
        codes.append(code)
        steps.append(step)
    steps[1].builtinOptionsType, steps[1].builtinOptions = schema.BuiltinOptions.ArgMaxOptions, schema.ArgMaxOptionsT()
    steps[1].builtinOptions.outputType = kinds.INT32
    padding = np.array([[0, 0], [0, 0], [0, 0], [0, classes - 3]], np.int32)
    return _tflite(path, tensors, codes, steps, [b"", padding.tobytes(), np.array([3], np.int32).tobytes()])


def _tflite(path: Path, tensors: Any, codes: Any, steps: Any, constants: list[bytes], *, metadata: bytes = b"") -> Path:
    """Inputs are the first tensor, outputs the last; constant k is buffer k + 1."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model, graph = schema.ModelT(), schema.SubGraphT()
    graph.tensors, graph.inputs, graph.outputs, graph.operators = tensors, [0], [len(tensors) - 1], steps
    model.version, model.subgraphs, model.operatorCodes = 3, [graph], codes
    model.buffers = [schema.BufferT() for _ in range(len(constants) + 1)]
    for buffer, data in zip(model.buffers[1:], constants, strict=True):
        if data:
            buffer.data = np.frombuffer(data, np.uint8)
    if metadata:
        entry, held = schema.MetadataT(), schema.BufferT()
        entry.name, entry.buffer, held.data = b"TFLITE_METADATA", len(model.buffers), np.frombuffer(metadata, np.uint8)
        model.metadata = [entry]
        model.buffers.append(held)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _tensor(schema: Any, name: str, shape: list[int], kind: int, buffer: int) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name.encode(), shape, kind, 0 if buffer == 1 else buffer
    return tensor


def _quantisation(schema: Any, scale: float, zero_point: int) -> Any:
    found = schema.QuantizationParametersT()
    found.scale, found.zeroPoint = [scale], [zero_point]
    return found


def torchscript_mean(path: Path, *, flat: bool = False, config: str = "") -> Path:
    """Eight times the mean of each channel: three logits. `flat` writes a batch of one into the module."""
    torch = pytest.importorskip("torch", reason="torch is not installed")

    class Mean(torch.nn.Module):
        def forward(self, x):
            return 8.0 * x.mean(dim=(2, 3))

    class Flat(torch.nn.Module):
        def forward(self, x):
            return (8.0 * x.mean(dim=(2, 3))).reshape(1, -1)

    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit is what this format is made with
        example = torch.zeros(1, 3, 4, 4)
        made = torch.jit.trace((Flat if flat else Mean)().eval(), example)
        made.save(str(path), _extra_files={"config.txt": config} if config else {})
    return path


def torchscript_returning(path: Path, returned: str) -> Path:
    """A module that returns what an expression says of its input `x`."""
    return torchscript_program(path, f"return {returned}")


def torchscript_program(path: Path, *lines: str) -> Path:
    """A module whose `forward(self, x)` is these lines of TorchScript."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    import warnings

    class Bare(torch.nn.Module):
        pass

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = torch.jit.script(Bare())
        made.define("\n    ".join(("def forward(self, x):", *lines)) + "\n")
        made.save(str(path))
    return path


def torchscript_unknown_operator(path: Path, operator: str) -> Path:
    """`torchscript_mean` with another operator in place of `torch.mean`: an archive as a newer torch would write it."""
    import zipfile

    with zipfile.ZipFile(torchscript_mean(path)) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b"torch.mean", operator.encode()) if name.endswith(".py") else data)
    return path


def picture(colour: tuple[int, int, int], height: int = 6, width: int = 8) -> Any:
    """(H, W, 3) uint8 of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


RED, GREEN, BLUE = picture((255, 0, 0)), picture((0, 255, 0)), picture((0, 0, 255))
