"""Classes that became more or less frequent, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

_CLASSES = 3


def class_sentences(changes: Mapping[str, float], new: Iterable[str] = (), absent: Iterable[str] = ()) -> list[str]:
    """Which classes became more or less frequent.

    Args:
        changes: Share in the window less share in the baseline of each class, the largest change first.
        new: Classes that the baseline does not have.
        absent: Classes that the window lacks.
    Example:
        >>> class_sentences({"dog": -0.42, "cat": 0.4, "fox": 0.02}, ["fox"])
        ['More often cat (+40 points); less often dog (-42 points).', 'Never seen in the baseline: fox.']
    """
    unknown, missing = list(new), list(absent)
    up = [(name, by) for name, by in changes.items() if round(100 * by) > 0 and name not in unknown]
    down = [(name, by) for name, by in changes.items() if round(100 * by) < 0]
    parts = [f"{often} {_listed(few)}" for often, few in (("more often", up), ("less often", down)) if few]
    text = "; ".join(parts)
    sentences = [f"{text[0].upper()}{text[1:]}."] if text else []
    if unknown:
        sentences.append(f"Never seen in the baseline: {', '.join(unknown[:_CLASSES])}.")
    if missing:
        sentences.append(f"No longer answered: {', '.join(missing[:_CLASSES])}.")
    return sentences


def _listed(changes: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} ({100 * by:+.0f} points)" for name, by in changes[:_CLASSES])
