"""What a trained network loses when it is packed in whole numbers of 8 bits, on images that chose nothing.

With --data, a folder that holds `clothing` and `weights` (of tf_efficientnet_lite0) and `cifar10`.

    python benchmarks/int8_loss.py --data DIR
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import lookoutcv as lo
from harness.command import main
from harness.figures import Benchmark, Figure, Option

# By the folder of the images: how a network learns them.
_TRAININGS = {
    "clothing": {"models": "tf_efficientnet_lite0", "epochs": 0, "test_size": 0.4},
    "cifar10": {"models": "resnet10t", "weights": "none", "image_size": 32, "epochs": 12, "test_size": 0.25},
}


def measure(settings: Namespace) -> Iterator[Figure]:
    """One network after the other: what it loses, and how much smaller it is."""
    if settings.data is None or not (settings.data / "weights").is_dir():
        yield Figure("lost in whole numbers", None, "", "give --data with clothing, weights and cifar10 below it")
        return
    for folder, how in _TRAININGS.items():
        with TemporaryDirectory(prefix="lookoutcv-benchmark-") as place:
            given = {"weights": settings.data / "weights", "thumbnails": False, "perturb": False, **how}
            lo.train(settings.data / folder, Path(place, "run"), int8=True, seed=settings.seed, **given)
            package = lo.load(Path(place, "run", "package"))
            assert isinstance(package, lo.Package)
            small = package.manifest.int8
            full = next(one.bytes for one in package.manifest.files if one.name == package.manifest.model)
        assert small is not None
        assert small.low is not None
        assert small.high is not None
        name, lost = how["models"], 100 * (small.full_accuracy - small.accuracy)
        basis = (
            f"{folder}: right on {small.accuracy:.1%} of {small.images} {small.part} images, the model itself on "
            f"{small.full_accuracy:.1%}; 95% interval of the loss {100 * small.low:.1f} to {100 * small.high:.1f}; "
            f"same class on {small.agreement:.1%}; {small.calibration_images} images set the ranges"
        )
        yield Figure(f"lost in whole numbers, {name}", lost, "points", basis)
        yield Figure(f"its size over that of the model, {name}", small.bytes / full, "x", f"{full / 1e6:.1f} MB before")


BENCHMARK = Benchmark("what whole numbers cost", measure, [Option("--seed", 0, "of the division and the training")])

if __name__ == "__main__":
    main(BENCHMARK)
