"""What training gives in the time that it is given, and what it costs above a loop written by hand: one thread.

With --data, a folder that holds `clothing` (its `validation` is learnt from, its `test` chooses nothing), `cifar10` and
`weights` (of tf_efficientnet_lite0): accuracy on photographs after so many seconds of the processor, over seeds.
The seconds begin when the photographs are decoded; of those that are learnt from, 15% choose.

    python benchmarks/training.py --data DIR --seeds 5
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harness import clocks
from harness.clocks import Spread
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import make
from harness.processes import can_measure, peak_memory
from harness.taught import Budget, Epochs, Parts, timed
from lookoutcv.models.backbones.backbone import Backbone, prepare
from lookoutcv.training.data.picture_store import PictureStore
from lookoutcv.training.fitting.fit import fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.forward_pass import scores_of

_BACKBONE = "tf_efficientnet_lite0"
_GOALS = {30: 0.78, 120: 0.84, 300: 0.85}
# Of Student's distribution with 1 to 9 degrees of freedom.
_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)
_CLASSES = ("one", "two")


def measure(settings: Namespace) -> Iterator[Figure]:
    """Accuracies, then ratios, then memory."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    if settings.teach:
        _teach(Path(settings.teach))
        return
    if settings.data is None:
        yield Figure("accuracy on photographs", None, "", "give --data, a folder with clothing and weights")
    else:
        budgets = [int(word) for word in settings.budgets.split(",") if word]
        for seconds in budgets:
            yield _accuracy(settings.data, seconds, settings.seeds)
        if settings.small_pictures:
            yield from _small_pictures(settings.data)
    if settings.costs:
        yield from _costs(settings)
        yield from _memory(settings.largest)


def _accuracy(data: Path, seconds: int, seeds: int) -> Figure:
    found, epochs = [], []
    for seed in range(seeds):
        parts = Parts.of(data / "clothing" / "validation", data / "clothing" / "test", seed)
        budget = Budget(seconds)
        backbone = prepare(_BACKBONE, data / "weights", len(parts.classes), seed=seed)
        samples = [*parts.train, *parts.validation, *parts.test]
        with PictureStore(samples, [backbone.input], threads=1) as store:
            train, validation, test = parts.pictures(store, backbone.input)
            model = fit(
                backbone,
                train,
                validation,
                parts.classes,
                FitSettings(seed=seed, head_on_both=True),
                watch=budget,
                threads=1,
                clock=clocks.cpu,
            )
            found.append(float((scores_of(model.module, test, model.input).argmax(1) == test.labels).mean()))
            epochs.append(sum(point.stage == "fine-tuning" for point in model.curve))
    half = _T[len(found) - 2] * float(np.std(found, ddof=1)) / sqrt(len(found)) if len(found) > 1 else float("nan")
    basis = (
        f"{len(found)} seeds, {min(found):.3f} to {max(found):.3f}, mean +- {half:.3f} (95%); {len(test)} photographs, "
        f"{min(epochs)} to {max(epochs)} epochs"
    )
    return Figure(
        f"accuracy on photographs after {seconds} s", float(np.mean(found)), "", basis, _goal(_GOALS.get(seconds))
    )


def _goal(limit: float | None) -> Goal | None:
    return None if limit is None else Goal(limit, at_least=True)


def _small_pictures(data: Path) -> Iterator[Figure]:
    parts = Parts.drawn(data / "cifar10", 0)
    backbone = prepare("mobilenetv3_small_050", "none", len(parts.classes), side_px=64)
    with PictureStore([*parts.train, *parts.validation, *parts.test], [backbone.input], threads=1) as store:
        train, validation, test = parts.pictures(store, backbone.input)
        began = clocks.cpu()
        model = fit(backbone, train, validation, parts.classes, FitSettings(), threads=1, clock=clocks.cpu)
        right = float((scores_of(model.module, test, model.input).argmax(1) == test.labels).mean())
    basis = (
        f"{len(train)} pictures, {model.curve[-1].epoch} epochs in {clocks.cpu() - began:.0f} s; {len(test)} to test"
    )
    yield Figure("accuracy on CIFAR-10 from scratch, mobilenetv3_small_050 at 64 px", right, "", basis)


def _costs(settings: Namespace) -> Iterator[Figure]:
    """An epoch against one written by hand, and against one on kept features; how long it waits for batches."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        parts, backbone = _drawn_parts(Path(folder), settings.pictures)
        with PictureStore([*parts.train, *parts.validation], [backbone.input], threads=1) as store:
            train = store.pictures(parts.train, _CLASSES, backbone.input, "train")
            validation = store.pictures(parts.validation, _CLASSES, backbone.input, "validation")
            epochs = Epochs(backbone, train, FitSettings(batch_size=32))
            epochs.by_hand()
            ours, hand = [], []
            for _ in range(settings.rounds):
                ours.append(timed(epochs.ours))
                hand.append(timed(epochs.by_hand))
            ratio = Spread.of([one / other for one, other in zip(ours, hand, strict=True)])
            about = f"{backbone.name}, {len(train)} pictures of {backbone.input.size[0]} px"
            yield Figure("an epoch over one written by hand, CPU", ratio.middle, "x", ratio.basis(about), Goal(1.1))
            waited = 100 * epochs.waited / epochs.took
            yield Figure("of an epoch, waiting for a batch", waited, "%", about, Goal(10))
            pretrained = replace(backbone, weights=replace(backbone.weights, kind="file", sha256="0"))
            head = FitSettings(epochs=0)
            taught = [pretrained, train, validation, _CLASSES, head]
            fit(*taught, checkpoint=Path(folder, "kept"), threads=1)
            kept = [
                timed(lambda: fit(*taught, checkpoint=Path(folder, "kept"), threads=1)) for _ in range(settings.rounds)
            ]
            faster = Spread.of([one / other for one, other in zip(ours, kept, strict=True)])
            yield Figure(
                "an epoch over a whole head on kept features, CPU",
                faster.middle,
                "x",
                faster.basis(),
                Goal(5, at_least=True),
            )


def _drawn_parts(folder: Path, count: int) -> tuple[Parts, Backbone]:
    for seed, label in enumerate(_CLASSES):
        (folder / label).mkdir()
        make(folder / label, count // 2, [(320, 240)], seed)
    parts = Parts.drawn(folder, 0, test_share=0.02)
    return parts, prepare("mobilenetv3_small_100", "none", len(_CLASSES))


def _memory(largest: int) -> Iterator[Figure]:
    if not can_measure():
        yield Figure("peak memory of training", None, "MB", "this system does not tell proportional set sizes")
        return
    peaks = {}
    for count in (largest // 10, largest):
        with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
            for seed, label in enumerate(_CLASSES):
                Path(folder, label).mkdir()
                make(Path(folder, label), count // 2, [(160, 120)], seed)
            peaks[count] = peak_memory([__file__, "--teach", folder]).megabytes
    basis = f"mobilenetv3_small_050 at 64 px, one epoch on {largest // 10:,} and {largest:,} pictures"
    yield Figure("peak memory of training", peaks[largest], "MB", basis)
    yield Figure("growth of the peak", peaks[largest] / peaks[largest // 10], "x", basis, Goal(1.1))


def _teach(folder: Path) -> None:
    parts = Parts.drawn(folder, 0, test_share=0.02)
    backbone = prepare("mobilenetv3_small_050", "none", len(_CLASSES), side_px=64)
    with PictureStore([*parts.train, *parts.validation], [backbone.input], threads=1) as store:
        train = store.pictures(parts.train, _CLASSES, backbone.input, "train")
        validation = store.pictures(parts.validation, _CLASSES, backbone.input, "validation")
        fit(backbone, train, validation, _CLASSES, FitSettings(epochs=1), threads=1)


BENCHMARK = Benchmark(
    "what training gives in its time, and what it costs",
    measure,
    [
        Option("--seeds", 5, "of which accuracy is the mean"),
        Option("--budgets", "30,120,300", "seconds of the processor, with commas between"),
        Option("--small-pictures", True, "also CIFAR-10 from scratch"),
        Option("--costs", True, "also what an epoch costs and holds"),
        Option("--pictures", 192, "of an epoch whose cost is measured"),
        Option("--largest", 4_000, "pictures of the larger of two runs whose memory is compared"),
        Option("--rounds", 3, "of each cost"),
        Option("--teach", "", "only teach the pictures of this folder, for another process to watch"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
