"""Sharp, blurred, or cannot tell: one fitted number of the evidence, and what must be seen for it to mean anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from lookoutcv.sharpness.evidence import Evidence

Doubt = Literal["too_small", "too_little_content", "too_noisy"]

# What a reader is told of each doubt.
DOUBTS: dict[Doubt, str] = {
    "too_small": "the picture is too small: it must hold 16 squares of 16 x 16 px, as 64 x 64 px do",
    "too_little_content": "there is hardly an edge in the picture: a plain wall looks the same sharp and blurred",
    "too_noisy": "the noise is as strong as the edges: it hides whether they are sharp",
}
# A tenth of fewer tiles would be one of them.
_LEAST_TILES = 16
_LEAST_CONTENT, _LEAST_OVER_NOISE = 2.7, 3.0
_SUREST = 30.0


def sharp_log_odds(evidence: Evidence) -> float:
    """How surely the picture is sharp: log odds, above 0 rather sharp, within -30 and 30.

    Means nothing where `doubt` has one. Where sharp pictures end differs between cameras: compare with your own.

    Source: Logistic regression fitted by scripts/fit_composite.py; docs/cards/composite.md.
    """
    known = weights()
    numbers = asdict(evidence)
    odds = known["intercept"] + sum(weight * numbers[name] for name, weight in known.items() if name != "intercept")
    return float(max(-_SUREST, min(_SUREST, odds)))


def doubt(evidence: Evidence) -> Doubt | None:
    """Why it cannot be told whether the picture is sharp; None where it can."""
    if evidence.tiles < _LEAST_TILES:
        return "too_small"
    if evidence.content < _LEAST_CONTENT:
        return "too_little_content"
    return "too_noisy" if evidence.content_over_noise < _LEAST_OVER_NOISE else None


def tellable(evidence: Evidence) -> bool:
    """Whether the picture shows enough to be called sharp or blurred."""
    return doubt(evidence) is None


@cache
def weights() -> dict[str, float]:
    """The fitted weights by the names of `Evidence`'s fields, and the intercept."""
    found: Any = json.loads(files("lookoutcv.sharpness").joinpath("composite.json").read_text("utf-8"))
    return {str(name): float(weight) for name, weight in found["weights"].items()}
