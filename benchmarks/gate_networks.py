"""What the gate's small network costs an image, as ONNX and in torch, beside decoding it, and how large its files are.

Its weights are at chance: they change nothing of the time.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from harness.clocks import take_turns
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.extras import need
from lookoutcv.gate.networks.mosaic import mosaic
from lookoutcv.gate.networks.one_thread import onnx_asker, torch_asker
from lookoutcv.gate.networks.small_network import network_of, new_network, tensors_of
from lookoutcv.gate.networks.small_onnx import small_onnx
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.gate.variants.cnn import files

_SIZE = (512, 683)


def measure(settings: Namespace) -> Iterator[Figure]:
    """CPU on one thread, turn by turn."""
    need("torch", "train").set_num_threads(1)
    tensors = tensors_of(new_network())
    in_onnx, in_torch = onnx_asker(small_onnx(tensors)), torch_asker(network_of(tensors))
    luma = np.random.default_rng(0).integers(0, 256, _SIZE, dtype=np.uint8)
    seen = mosaic(luma).levels[None, None].astype(np.float32)
    work = {
        "onnx": lambda: [in_onnx(seen) for _ in range(100)],
        "torch": lambda: [in_torch(seen) for _ in range(100)],
        "mosaic": lambda: [mosaic(luma).untellable for _ in range(100)],
    }
    rounds = take_turns(work, settings.rounds)
    for name, title, goal in (
        ("onnx", "the network in onnxruntime", Goal(1)),
        ("torch", "the network in torch", None),
        ("mosaic", "its squares sought in a photograph of 512 px", None),
    ):
        time = rounds.time(name).times(10)
        yield Figure(f"{title}, CPU an image", time.middle, "ms", time.basis("one thread"), goal)
    ratio = rounds.ratio("onnx", over="torch")
    yield Figure("onnxruntime over torch", ratio.middle, "x", ratio.basis(), Goal(1))
    for name, data in files(Learnt({}, tensors)).items():
        yield Figure(f"{name}", len(data) / 1000, "kB", "", Goal(400))


BENCHMARK = Benchmark(
    "what the gate's small network costs", measure, [Option("--rounds", 7, "how often each is timed")]
)

if __name__ == "__main__":
    main(BENCHMARK)
