"""What asking a model costs here, against its runtime called in a bare loop on the same tensors: CPU time.

Once from the tensors on: batches, the reading of outputs. Once from pixels: resizing and scaling too, which a bare
loop on finished tensors does not pay for. With --data, the models below DATA/models; else one made here, a small
network of convolutions in ONNX.

    python benchmarks/inference_speed.py --data DIR
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import simplejpeg

from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import make
from lookoutcv.models.opener import open_model
from lookoutcv.models.tensor_model import TensorModel

_CAFFE = {"colour": "BGR", "scale": 1, "mean": [104, 117, 123]}
_YOLOX = {"colour": "BGR", "scale": 1, "resize": "letterbox", "place": "top_left"}
# File, what its card says, how many images a round.
_MODELS: Sequence[tuple[str, dict[str, Any], int]] = (
    ("mobilenet_v1_0.25_128_quant.tflite", {}, 128),
    ("mobilenet_v2_1.0_224_quant.tflite", {}, 32),
    ("cifar10_resnet_int8.tflite", {}, 512),
    ("cifar10_resnet.tflite", {}, 256),
    ("SqueezeNet_fp16.onnx", {"input": _CAFFE}, 32),
    ("yolox_nano.onnx", {"input": _YOLOX}, 16),
)
_SIZE = (500, 375)
_GOAL = Goal(0.95, at_least=True)


def measure(settings: Namespace) -> Iterator[Figure]:
    """For each model, both ratios."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        files = make(Path(folder), 128, [_SIZE])
        pictures = [simplejpeg.decode_jpeg(path.read_bytes(), "RGB") for path in files]
    with models(settings) as found:
        for path, card, count in found:
            yield from _compared(path, card, [pictures[i % len(pictures)] for i in range(count)], settings.rounds)


def _compared(path: Path, card: dict[str, Any], pictures: list[Any], rounds: int) -> Iterator[Figure]:
    # In this process, where the bare loop is; `model_process` measures what another costs.
    model = open_model(path, card, threads=1, trust=True)
    assert isinstance(model, TensorModel)
    # Also tells the model whether it takes batches.
    model.predict(pictures[: 2 * model.batch])
    parts = [pictures[i : i + model.batch] for i in range(0, len(pictures), model.batch)]
    prepared = [model.prepare(part) for part in parts]
    bare, batch_size = _bare(path, [batch for batch, _ in prepared])
    taken = clocks.take_turns(
        {
            "bare": bare,
            "tensors": lambda: [model.predict_batch(batch, framings) for batch, framings in prepared],
            "pixels": lambda: model.predict(pictures),
        },
        rounds,
    )
    about = f"{len(pictures)} images of {_SIZE[0]} x {_SIZE[1]}, bare loop of {batch_size} at once"
    for name, from_what, goal in (("tensors", "the same tensors", _GOAL), ("pixels", "pixels", None)):
        ratio = taken.ratio("bare", over=name)
        yield Figure(f"{path.name}: bare loop over ours, from {from_what}", ratio.middle, "x", ratio.basis(about), goal)
        about = ""
    each = taken.time("bare").times(1e6 / len(pictures))
    yield Figure(f"{path.name}: bare loop, one image", each.middle, "us", each.basis())


def _bare(path: Path, batches: list[Any]) -> tuple[Callable[[], object], int]:
    """The runtime's own loop over finished tensors, in batches where it takes them; and how many images at once."""
    if path.suffix == ".tflite":
        return _bare_tflite(path, batches)
    import onnxruntime  # noqa: PLC0415 - only where such a model is there

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    pieces = (
        batches if not isinstance(given.shape[0], int) else [one[k : k + 1] for one in batches for k in range(len(one))]
    )
    return lambda: [session.run(None, {given.name: piece}) for piece in pieces], len(pieces[0])


def _bare_tflite(path: Path, batches: list[Any]) -> tuple[Callable[[], object], int]:
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - only where such a model is there

    interpreter = Interpreter(str(path), num_threads=1)
    entry, outputs = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()
    try:
        interpreter.resize_tensor_input(entry, batches[0].shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(entry, batches[0])
        interpreter.invoke()
        pieces = [one for one in batches if len(one) == len(batches[0])]
        whole = all(len(interpreter.get_tensor(one["index"])) == len(batches[0]) for one in outputs)
    except (RuntimeError, ValueError):
        whole = False
    if not whole or len(pieces) < len(batches):
        interpreter = Interpreter(str(path), num_threads=1)
        interpreter.allocate_tensors()
        pieces = [one[k : k + 1] for one in batches for k in range(len(one))]

    def run() -> None:
        for piece in pieces:
            interpreter.set_tensor(entry, piece)
            interpreter.invoke()
            for one in outputs:
                interpreter.get_tensor(one["index"])

    return run, len(pieces[0])


@contextmanager
def models(settings: Namespace) -> Iterator[list[tuple[Path, dict[str, Any], int]]]:
    """Models with their cards, and of how many images a round is made; without public ones, one made here."""
    if settings.data is not None and (settings.data / "models").is_dir():
        below = settings.data / "models"
        yield [(below / name, card, count) for name, card, count in _MODELS if (below / name).is_file()]
        return
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        yield [(_convolutions(Path(folder, "convolutions.onnx")), {"input": {"size": [160, 160]}}, 64)]


def _convolutions(path: Path) -> Path:
    """Four convolutions of 3 x 3, each halving the sides, and a mean: about 40 million multiplications an image."""
    import onnx  # noqa: PLC0415 - not needed with --data

    random, helper = np.random.default_rng(0), onnx.helper
    nodes, tensors, before, channels = [], [], "x", 3
    for layer, filters in enumerate((16, 32, 64, 128)):
        weights = random.normal(0, (2 / (9 * channels)) ** 0.5, (filters, channels, 3, 3)).astype(np.float32)
        tensors.append(onnx.numpy_helper.from_array(weights, f"w{layer}"))
        nodes.append(helper.make_node("Conv", [before, f"w{layer}"], [f"c{layer}"], strides=[2, 2], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        before, channels = f"r{layer}", filters
    nodes += [
        helper.make_node("GlobalAveragePool", [before], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["y"]),
    ]
    given = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", 3, 160, 160])
    found = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["n", 128])
    graph = helper.make_graph(nodes, "convolutions", [given], [found], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 8
    path.write_bytes(model.SerializeToString())
    return path


BENCHMARK = Benchmark(
    "asking a model against a bare loop", measure, [Option("--rounds", 5, "how often each side is timed, in turn")]
)

if __name__ == "__main__":
    main(BENCHMARK)
