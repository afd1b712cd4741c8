"""What it costs to see where a model looked: a map of the last layer over one forward pass, RISE over its inferences.

The networks are of the structures that `lookout train` teaches, without weights: time does not depend on those. RISE
asks an ONNX file, exported from one of them, about masked images, against a bare loop of the runtime on as many
finished tensors.

    python benchmarks/explain_speed.py
"""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.explanation import explain_network, explain_scores
from lookoutcv.models.networks.timm_import import timm
from lookoutcv.models.opener import open_model

_NETWORKS = ("resnet18", "efficientnet_b0", "mobilenetv3_small_100", "vit_base_patch16_224")
_SIDE = 224
_ASKED = "mobilenetv3_small_100"
_MAP_GOAL = Goal(1.3)
_RISE_GOAL = Goal(3.0)


def measure(settings: Namespace) -> Iterator[Figure]:
    """For each network a map of its last layer; then RISE."""
    import torch  # noqa: PLC0415 - an extra

    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    for name in _NETWORKS:
        yield from _map(torch, name, settings.rounds)
    yield from _rise(torch, settings)


def _map(torch: Any, name: str, rounds: int) -> Iterator[Figure]:
    network = timm().create_model(name, num_classes=10).eval()
    images = 4
    batch = torch.randn(images, 3, _SIDE, _SIDE)

    def forward() -> None:
        with torch.inference_mode():
            for one in batch:
                network(one[None])

    def with_gradients() -> None:
        for one in batch:
            given = one[None].clone().requires_grad_()
            torch.autograd.grad(network(given)[:, 3].sum(), given)

    found: list[Any] = []

    def explained() -> None:
        found[:] = [explain_network(network, one[None], [3])[0] for one in batch]

    taken = clocks.take_turns({"forward": forward, "map": explained, "both": with_gradients}, rounds)
    ratio = taken.ratio("map", over="forward")
    about = f"Grad-CAM at {found[0].layer}, {images} images of {_SIDE} px one by one, one thread"
    yield Figure(f"{name}: a map over a forward pass", ratio.middle, "x", ratio.basis(about), _MAP_GOAL)
    whole = taken.ratio("map", over="both")
    yield Figure(f"{name}: a map over forward and backward", whole.middle, "x", whole.basis())
    each = taken.time("forward").times(1e3 / images)
    yield Figure(f"{name}: forward pass, one image", each.middle, "ms", each.basis())


def _rise(torch: Any, settings: Namespace) -> Iterator[Figure]:
    import onnxruntime  # noqa: PLC0415 - an extra

    picture = np.random.default_rng(settings.seed).integers(0, 256, (_SIDE, _SIDE, 3)).astype(np.uint8)
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        path = _exported(torch, Path(folder, f"{_ASKED}.onnx"))
        # In this process, where the bare loop is.
        card = {"input": {"size": [_SIDE, _SIDE]}, "head": "logits", "labels": [str(n) for n in range(10)]}
        model: Any = open_model(path, card, threads=1, trust=True)

        def scores(images: np.ndarray) -> np.ndarray:
            return np.stack([np.asarray(one.scores) for one in model.predict(list(images))])

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        entry = session.get_inputs()[0].name
        batch = np.zeros((16, 3, _SIDE, _SIDE), np.float32)

        def bare() -> None:
            for _ in range(settings.samples // 16):
                session.run(None, {entry: batch})

        def rise() -> None:
            explain_scores(scores, picture, 3, method="rise", samples=settings.samples)

        def occlusion() -> None:
            explain_scores(scores, picture, 3, method="occlusion", samples=settings.samples)

        taken = clocks.take_turns({"bare": bare, "rise": rise, "occlusion": occlusion}, settings.rounds)
    about = f"{_ASKED} as ONNX, {settings.samples} samples of {_SIDE} px, one thread, masks and input included"
    for name, goal in (("rise", _RISE_GOAL), ("occlusion", None)):
        ratio = taken.ratio(name, over="bare")
        yield Figure(f"{name} over its bare inferences", ratio.middle, "x", ratio.basis(about), goal)
        about = ""
    each = taken.time("bare").times(1e3 / settings.samples)
    yield Figure("bare inference, one image", each.middle, "ms", each.basis("batches of 16"))


def _exported(torch: Any, path: Path) -> Path:
    network = timm().create_model(_ASKED, num_classes=10).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about itself
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, _SIDE, _SIDE),),
            str(path),
            dynamic_shapes={"x": {0: torch.export.Dim("n")}},
            input_names=["x"],
            verbose=False,
        )
    return path


BENCHMARK = Benchmark(
    "seeing where a model looked",
    measure,
    [
        Option("--rounds", 7, "how often each side is timed, in turn"),
        Option("--samples", 320, "inferences of RISE and occlusion; a multiple of 16"),
        Option("--seed", 0, "of the images and of the masks"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
