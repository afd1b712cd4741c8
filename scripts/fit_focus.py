"""Fits the weights of the metric `sharpness.focus`, and writes src/lookoutcv/metrics/focus.json.

    python scripts/fit_focus.py --data DIR [--seed 0] [--workers 2]

DIR holds `clothing/validation` and `imagenet-sample`, as docs/cards/focus.md says. No picture is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from harness.blurred import FEATURES, measure  # noqa: E402 - the benchmarks' folder is no package
from harness.logistic import fitted_weights  # noqa: E402

TARGET = ROOT / "src" / "lookoutcv" / "metrics" / "focus.json"


def main() -> None:
    """Measure, fit, write."""
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--data", type=Path, required=True, help="the folder of photographs")
    known.add_argument("--seed", type=int, default=0)
    known.add_argument("--workers", type=int, default=2)
    known.add_argument("--out", type=Path, default=TARGET)
    settings = known.parse_args()
    files = chosen(settings.data)
    copies = measure(files, settings.seed, workers=settings.workers)
    weights = fitted_weights(copies.features, copies.sharp, FEATURES)
    written = {
        "card": "docs/cards/focus.md",
        "made_by": f"scripts/fit_focus.py --seed {settings.seed}",
        "photographs": len(files),
        "weights": weights,
    }
    settings.out.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


def chosen(data: Path) -> list[Path]:
    """The photographs to fit on; the others of the same data sets are for scoring."""
    clothing = sorted((data / "clothing" / "validation").rglob("*.jpg"))
    imagenet = sorted(p for p in (data / "imagenet-sample").rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))[::2]
    if not (clothing and imagenet):
        raise SystemExit(f"{data} does not hold clothing/validation and imagenet-sample")
    return clothing + imagenet


if __name__ == "__main__":
    main()
