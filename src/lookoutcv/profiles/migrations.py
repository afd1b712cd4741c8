"""How files written by earlier versions become what this version reads.

The version of the form is one more than the number of steps: whoever changes the form appends the step that turns the
form before it into the new one, and a version without its migration cannot exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from lookoutcv.results.result import renamed_at


@dataclass(frozen=True)
class Parts:
    """A profile file taken apart, before anything in it is interpreted.

    Args:
        sample: The rows as they are in the file.
        profile: The JSON object of counts and histograms.
        metadata: The JSON object of the writer.
    """

    sample: pa.Table
    profile: dict[str, Any]
    metadata: dict[str, Any]


Step = Callable[[Parts], Parts]


def _with_predictions(parts: Parts) -> Parts:
    """Version 1 knew no models."""
    counts = parts.profile.get("counts")
    if not isinstance(counts, dict):
        return parts
    return replace(parts, profile={**parts.profile, "counts": {**counts, "prediction": {}}})


def _with_thinned_scores(parts: Parts) -> Parts:
    """Version 2 kept all scores of all rows, where version 3 may keep those of the first rows and a few of the others.

    What is whole is read as it is: only a program that does not know selected scores must not take their rows for
    ones without predictions.
    """
    return parts


def _with_terms_of_the_field(parts: Parts) -> Parts:
    """Version 3 called what it told of its model, of its calibration and of its check by names of its own."""
    metadata = parts.metadata
    for key, names in (
        ("calibration", {"rehearsal": "perturbation"}),
        ("model", {"given": "imported"}),
        ("check", {"neighbours": "autocorrelation"}),
    ):
        metadata = renamed_at(metadata, key, names)
    columns = ["selected_scores" if name == "watched" else name for name in parts.sample.column_names]
    return replace(parts, sample=parts.sample.rename_columns(columns), metadata=metadata)


# STEPS[0] turns version 1 into version 2, and so on.
STEPS: tuple[Step, ...] = (_with_predictions, _with_thinned_scores, _with_terms_of_the_field)


def current_version() -> int:
    """The version that is written, and the latest that is read."""
    return len(STEPS) + 1


def migrate(parts: Parts, version: int) -> Parts:
    """The parts of a file of an earlier version in the form of this one.

    Args:
        parts: As read; not changed.
        version: That of the file, at least 1 and at most the current one.
    """
    for step in STEPS[version - 1 :]:
        parts = step(parts)
    return parts
