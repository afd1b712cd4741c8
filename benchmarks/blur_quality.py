"""How well sharp pictures are told from blurred ones, whatever else is wrong with them.

No image here was used to fit the weights (docs/cards/focus.md): of `--data DIR` the folders `clothing/test` and
`imagenet-sample` (every second photograph). Without them, photographs made here from shipped ones.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from harness import blurred
from harness.blurred import BLURS, FEATURES, NUISANCES, Copies
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.photographs import below
from harness.pictures import make
from lookoutcv.metrics.sharpness import focus_weights

_SEED = 101
_GOAL = Goal(0.98, at_least=True)
_FALSE_REJECTS = 0.025


def measure(settings: Namespace) -> Iterator[Figure]:
    """AUC of the fitted score and of its parts, with the variance of the Laplacian beside them."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        files = _files(settings, Path(folder))
        copies = blurred.measure(files, _SEED)
        proportional = blurred.measure(files, _SEED + 1, in_proportion=True)
    about = f"{len(copies.sharp):,} copies of {len(files)} photographs: 3 sizes, 5 nuisances, 3 kinds of blur"
    score = _focus(copies)
    yield Figure("sharp told from moderately blurred, AUC", float(roc_auc_score(copies.sharp, score)), "", about, _GOAL)
    yield Figure("the same, variance of the Laplacian", float(roc_auc_score(copies.sharp, copies.laplacian)), "", about)
    cutoff = float(np.quantile(score[copies.sharp], _FALSE_REJECTS))
    found = float(np.mean(score[~copies.sharp] < cutoff))
    yield Figure("blurred found where 2.5% of the sharp are refused", found, "", about)
    cutoff = float(np.quantile(copies.laplacian[copies.sharp], _FALSE_REJECTS))
    found = float(np.mean(copies.laplacian[~copies.sharp] < cutoff))
    yield Figure("the same, variance of the Laplacian", found, "", about)
    yield Figure(
        "AUC, blur by the same share of the picture at each size",
        float(roc_auc_score(proportional.sharp, _focus(proportional))),
        "",
        "at a short side of 224 px a Gaussian of 0.5 to 1.3 px",
    )
    for name, column in zip(FEATURES, copies.features.T, strict=True):
        value = float(roc_auc_score(copies.sharp, column))
        yield Figure(f"AUC of {name} alone", max(value, 1 - value), "", about)
    for name in NUISANCES:
        own = np.array([nuisance == name for nuisance in copies.nuisances])
        yield Figure(
            f"AUC, nuisance: {name}", float(roc_auc_score(copies.sharp[own], score[own])), "", f"{own.sum():,} copies"
        )
    for name in BLURS:
        own = np.array([kind in (name, "sharp") for kind in copies.kinds])
        yield Figure(
            f"AUC, blur: {name}", float(roc_auc_score(copies.sharp[own], score[own])), "", f"{own.sum():,} copies"
        )


def _focus(copies: Copies) -> Any:
    weights = focus_weights()
    return copies.features @ np.array([weights[name] for name in FEATURES]) + weights["intercept"]


def _files(settings: Namespace, folder: Path) -> Sequence[Path]:
    if settings.data is None:
        return make(folder, settings.made, [(400, 300), (640, 480)])
    clothing, imagenet = (below(settings.data / name) for name in ("clothing/test", "imagenet-sample"))
    files = [*clothing, *imagenet[1::2]] or below(settings.data)
    if not files:
        raise SystemExit(f"there are no JPEG files below {settings.data}")
    return files


BENCHMARK = Benchmark(
    "sharp against blurred", measure, [Option("--made", 60, "photographs to make where there is no --data")]
)

if __name__ == "__main__":
    main(BENCHMARK)
