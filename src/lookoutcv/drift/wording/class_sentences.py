"""Classes that became more or less frequent, in sentences; drawing a report loads no statistics for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

_CLASSES = 3


def class_sentences(changes: Mapping[str, float], unseen: Iterable[str] = (), gone: Iterable[str] = ()) -> list[str]:
    """Which classes became more or less frequent.

    Args:
        changes: Share in the window less share in the baseline of each class, the largest change first.
        unseen: Classes that the baseline does not have.
        gone: Classes that the window lacks.
    Example:
        >>> class_sentences({"dog": -0.42, "cat": 0.4, "fox": 0.02}, ["fox"])
        ['More often cat (+40 points); less often dog (-42 points).', 'Never seen in the baseline: fox.']
    """
    new, missing = list(unseen), list(gone)
    up = [(name, by) for name, by in changes.items() if round(100 * by) > 0 and name not in new]
    down = [(name, by) for name, by in changes.items() if round(100 * by) < 0]
    parts = [f"{often} {_listed(few)}" for often, few in (("more often", up), ("less often", down)) if few]
    text = "; ".join(parts)
    said = [f"{text[0].upper()}{text[1:]}."] if text else []
    if new:
        said.append(f"Never seen in the baseline: {', '.join(new[:_CLASSES])}.")
    if missing:
        said.append(f"No longer answered: {', '.join(missing[:_CLASSES])}.")
    return said


def _listed(changes: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} ({100 * by:+.0f} points)" for name, by in changes[:_CLASSES])
