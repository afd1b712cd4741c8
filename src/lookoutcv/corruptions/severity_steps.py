"""Five steps from slight to strong."""

from __future__ import annotations

from typing import TypeVar

from lookoutcv.errors import ConfigError

SEVERITIES = (1, 2, 3, 4, 5)

_Value = TypeVar("_Value")


def step_at(severity: int, steps: tuple[_Value, _Value, _Value, _Value, _Value]) -> _Value:
    """The step that belongs to a severity.

    Args:
        severity: 1 (slight) to 5 (strong).
        steps: One value for each.
    Raises:
        ConfigError: The severity is another number.
    Example:
        >>> step_at(2, (0.1, 0.2, 0.3, 0.4, 0.5))
        0.2
    """
    if severity not in SEVERITIES:
        raise ConfigError(f"{severity!r} is no severity", "Give a whole number from 1 to 5.", key="severity")
    return steps[int(severity) - 1]
