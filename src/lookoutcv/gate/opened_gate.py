"""A gate, loaded where it is not one already."""

from __future__ import annotations

import os

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.gate.gate import Gate


def opened_gate(
    gate: str | os.PathLike[str] | Gate, *, threshold: float | None = None, judges: list[str] | None = None
) -> Gate:
    """A gate, loaded where it is not one already.

    Raises:
        ConfigError: Something is said of one that is loaded already.
    """
    if not isinstance(gate, Gate):
        return Gate.load(gate, threshold=threshold, judges=judges)
    for name, value in (("threshold", threshold), ("judges", judges)):
        if value is not None:
            problem = f"{option(name)} is given beside a gate that is loaded already"
            raise ConfigError(problem, "Give it to Gate.load.", key=name)
    return gate
