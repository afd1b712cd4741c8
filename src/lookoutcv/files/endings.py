"""The ending of an output's name means its form: another one is refused, so that no file says what it is not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from lookoutcv.errors import ConfigError


def check_ending(path: str | os.PathLike[str], what: str, endings: Sequence[str]) -> str:
    """The ending of a name, in lower case, where it is one of those that fit.

    Args:
        path: Where something is to be written.
        what: What that is: "a card".
        endings: That fit, with their dots, lower case; "" allows a name without any.
    Raises:
        ConfigError: It is none of them.
    Example:
        >>> check_ending("net.card.YAML", "a card", [".yaml", ".json"])
        '.yaml'
    """
    ending = Path(path).suffix.lower()
    if ending in endings:
        return ending
    names = [one for one in endings if one]
    raise ConfigError(
        f"{what} cannot be written as {Path(path).name!r}",
        f"End its name in {' or '.join(names)}, as {Path(path).with_suffix(names[0]).name}.",
        path=os.fspath(path),
        key="output",
    )
