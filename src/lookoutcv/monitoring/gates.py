"""The gates that both sides of a comparison passed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.files.outputs import refuse_inputs
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.measuring.options import Plan
from lookoutcv.profiles.profile import Profile
from lookoutcv.sources.input_paths import input_paths


def gates_compared(baseline: Baseline, how: Plan) -> tuple[Profile, list[str]]:
    """The baseline's profile, and what is to be said of its gate.

    What its gate found counts only where the window passes the same gate.
    """
    own = None if how.screen is None else how.screen.gate.identity
    if baseline.gate == own:
        return baseline.profile, []
    without = replace(baseline.profile, counts={**baseline.profile.counts, "gate": {}})
    if baseline.gate is None:
        return without, []
    if own is None:
        gate = option("gate")
        return without, [f"The baseline's images passed a gate, and the window's did not: give {gate}, too."]
    said = "The baseline's images passed another gate than the window's: what both find unfit is not compared."
    return without, [said]


def refuse_rejects(how: Plan, *sources: Any) -> None:
    """Refuse a folder for unfit images that lies in what is read, before any is moved."""
    if how.screen is not None and how.screen.rejects is not None:
        refuse_inputs(how.screen.rejects, input_paths(how.screen.rejects, *sources))
