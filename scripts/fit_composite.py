"""Fits the weights of the judge `composite`, and writes src/lookoutcv/sharpness/composite.json.

    python scripts/fit_composite.py --data DIR [--seed 0] [--copies 24] [--workers 2]

DIR holds `clothing/validation` and `imagenet-sample`, as docs/cards/composite.md says. No picture is kept.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from harness.logistic import fitted_weights  # noqa: E402 - the benchmarks' folder is no package
from harness.nuisances import drawn, seen  # noqa: E402 - the benchmarks' folder is no package
from harness.optics import BLURS, SHARP, at_side, blurred, read, sharpened  # noqa: E402
from harness.photographs import below  # noqa: E402
from harness.plain_pictures import before_a_blurred_ground  # noqa: E402
from harness.workers import over  # noqa: E402
from lookoutcv.pixels.view import ImageView  # noqa: E402
from lookoutcv.sharpness.composite import tellable  # noqa: E402
from lookoutcv.sharpness.evidence import evidence  # noqa: E402

TARGET = ROOT / "src" / "lookoutcv" / "sharpness" / "composite.json"
FEATURES = (
    "kept_few",
    "kept_some",
    "kept_few_noisy",
    "kept_coarse",
    "typical_tile",
    "sharpest_tile",
    "straight_detail",
    "finest_detail",
    "noise",
    "blockiness",
    "content",
    "size",
)
_SIDES, _SIGMAS, _LARGEST_PX = (96, 640), (1.0, 4.5), 512
_SHARPENED, _AMOUNTS, _BLURRED_GROUND = 0.25, (0.4, 1.5), 0.2


def main() -> None:
    """Measure, fit, write."""
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--data", type=Path, required=True, help="the folder of photographs")
    known.add_argument("--seed", type=int, default=0)
    known.add_argument("--copies", type=int, default=24, help="of each photograph, half of them blurred")
    known.add_argument("--workers", type=int, default=2)
    known.add_argument("--out", type=Path, default=TARGET)
    settings = known.parse_args()
    files = chosen(settings.data)
    found = list(over(copies_of, (settings.seed, settings.copies), list(enumerate(files)), settings.workers))
    rows = [row for rows in found for row in rows]
    features, kinds = np.array([numbers for _, numbers in rows]), np.array([sharp for sharp, _ in rows])
    written = {
        "card": "docs/cards/composite.md",
        "made_by": f"scripts/fit_composite.py --seed {settings.seed} --copies {settings.copies}",
        "photographs": len(files),
        "copies": len(rows),
        "weights": fitted_weights(features, kinds, FEATURES),
    }
    settings.out.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


def chosen(data: Path) -> list[Path]:
    """The photographs to fit on; the others of the same data sets are for judging."""
    clothing, imagenet = below(data / "clothing" / "validation"), below(data / "imagenet-sample")[::2]
    if not (clothing and imagenet):
        raise SystemExit(f"{data} does not hold clothing/validation and imagenet-sample")
    return clothing + imagenet


def copies_of(how: tuple[int, int], task: tuple[int, Path]) -> list[tuple[bool, list[float]]]:
    """Whether each copy is sharp, and its features; copies of which nothing can be told are left out."""
    cv2.setNumThreads(1)
    (seed, copies), (number, path) = how, task
    random = np.random.default_rng([seed, number])
    photograph = read(path)
    rows = []
    for copy in range(copies):
        sharp = copy % 2 == 0
        side = round(math.exp(random.uniform(*np.log(_SIDES))))
        # Beyond its own size a photograph is continued to a whole 512 px, no further.
        pixels = at_side(photograph, side if side <= min(photograph.shape[:2]) else min(side, _LARGEST_PX))
        blur, sigma = str(random.choice(BLURS)), math.exp(random.uniform(*np.log(_SIGMAS)))
        pixels = blurred(pixels, SHARP if sharp else blur, sigma, random)
        if sharp and random.random() < _BLURRED_GROUND:
            pixels = before_a_blurred_ground(pixels, random)
        if random.random() < _SHARPENED:
            pixels = sharpened(pixels, random.uniform(*_AMOUNTS))
        found = evidence(ImageView(seen(pixels, drawn(random), random)).luma)
        if tellable(found):
            numbers = asdict(found)
            rows.append((sharp, [numbers[name] for name in FEATURES]))
    return rows


if __name__ == "__main__":
    main()
