"""What the choice of the best model loses and saves: one standard error, against none and two.

    python benchmarks/choosing_best.py --draws 200

Four models are right on drawn images, alike on those that are hard for all; three are cheaper than the fourth. How far
the one that is chosen lies below the best one, in points of accuracy, and how often it is the dear one.
"""

from __future__ import annotations

import argparse
from statistics import NormalDist
from typing import Any

import numpy as np

from lookoutcv.training.comparing.best_model import Contestant, choose_best

COSTS = (1.0, 3.0, 4.0, 20.0)
WORSE = {
    "all alike": (0.0, 0.0, 0.0, 0.0),
    "the dear one 3 points worse": (0.0, 0.0, 0.0, -0.03),
    "the cheapest 3 points worse": (-0.03, -0.02, -0.01, 0.0),
    "the cheapest 10 points worse": (-0.10, -0.06, -0.03, 0.0),
    "the cheapest 20 points worse": (-0.20, -0.10, -0.05, 0.0),
}
# Of what makes an image hard, so much is the same for all models.
SHARED = 0.6


def answers(accuracies: list[float], images: int, rng: np.random.Generator) -> Any:
    """Whether each model is right on each image, (models, images)."""
    shared = rng.normal(size=images)
    own = rng.normal(size=(len(accuracies), images))
    hard = SHARED**0.5 * shared + (1 - SHARED) ** 0.5 * own
    return hard < np.array([[NormalDist().inv_cdf(one)] for one in accuracies])


def chosen(right: Any, standard_errors: float) -> int:
    """The model that `choose_best` takes, where it may take one that is lower by so many standard errors.

    Of two classes that are equally frequent, macro F1 is the accuracy, but for chance.
    """
    labels = np.arange(right.shape[1]) % 2
    contestants = [
        Contestant(str(model), np.eye(2)[np.where(row, labels, 1 - labels)], latency_ms=COSTS[model])
        for model, row in enumerate(right)
    ]
    return int(choose_best(labels, contestants, standard_errors=standard_errors)[0])


def main() -> None:
    """Print a row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    draws = parser.parse_args().draws
    rng = np.random.default_rng(1)
    print("accuracy | case | images | loss in points and share of the dear one at 0, 1 and 2 standard errors")
    for accuracy in (0.4, 0.85):
        for case, worse in WORSE.items():
            for images in (50, 100, 300):
                true = [accuracy + one for one in worse]
                drawn = [answers(true, images, rng) for _ in range(draws)]
                cells = []
                for errors in (0, 1, 2):
                    taken = [chosen(right, errors) for right in drawn]
                    loss = max(true) - float(np.mean([true[one] for one in taken]))
                    dear = float(np.mean([one == len(COSTS) - 1 for one in taken]))
                    cells.append(f"{100 * loss:.1f}, {dear:.0%}")
                print(f"{accuracy:.2f} | {case} | {images} | {' | '.join(cells)}")


if __name__ == "__main__":
    main()
