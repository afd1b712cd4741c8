"""How good a detector is where people marked the objects, as a section of the report: both sides, class by class.

As the other answers this part is read from JSON as it is: whatever it holds, a section comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lookoutcv.reports.parts.document import Block, Cell, Column, KeyFigure, KeyFigures, Note, Number, Section, Table
from lookoutcv.reports.parts.numbers import DASH, MINUS, percent
from lookoutcv.reports.parts.values import is_number, object_of, objects_of

_CLASSES = 20


def detection_section(found: Mapping[str, Any]) -> tuple[Section, ...]:
    """Average precision; no section where nobody marked objects.

    Args:
        found: The part `detection` of a report's `accuracy`.
    """
    window, baseline, change = (object_of(found.get(name)) for name in ("window", "baseline", "change"))
    if not is_number(window.get("map")):
        return ()
    blocks: list[Block] = [KeyFigures(tuple(_figures(window, baseline, change)))]
    if baseline and not change:
        blocks.append(Note("Too few images or objects are marked to say whether it fell."))
    return (Section("Detection, by marked objects", (*blocks, *_by_class(window, baseline))),)


def precise(value: Any) -> str:
    """An average precision as people write it.

    Example:
        >>> precise(0.4567), precise(None) == DASH
        ('0.457', True)
    """
    return f"{value:.3f}" if is_number(value) else DASH


def points(value: float) -> str:
    """A difference in points.

    Example:
        >>> points(0.123)
        '12.3 points'
    """
    return f"{100 * value:.1f} points".replace("-", MINUS)


def _figures(window: Mapping[str, Any], baseline: Mapping[str, Any], change: Mapping[str, Any]) -> Iterator[KeyFigure]:
    yield KeyFigure(
        "mAP", precise(window["map"]), f"{_interval(window)}; {_basis(window)}. AP50 {precise(window.get('map50'))}."
    )
    if is_number(baseline.get("map")):
        told = f"{_interval(baseline)}; {_basis(baseline)}. AP50 {precise(baseline.get('map50'))}."
        yield KeyFigure("Baseline mAP", precise(baseline["map"]), told)
    drop, ends = change.get("drop"), (change.get("low"), change.get("high"))
    if is_number(drop):
        told = " to ".join(points(-end) if is_number(end) else DASH for end in reversed(ends))
        shared = f"over the {_count(change.get('classes'))} classes of both sides"
        yield KeyFigure("Change", f"{'+' if drop < 0 else ''}{points(-drop)}", f"90% interval {told}, {shared}.")


def _interval(side: Mapping[str, Any]) -> str:
    return f"90% interval {precise(side.get('low'))} to {precise(side.get('high'))}"


def _basis(side: Mapping[str, Any]) -> str:
    return f"{_count(side.get('objects'))} objects in {_count(side.get('images'))} images"


def _by_class(window: Mapping[str, Any], baseline: Mapping[str, Any]) -> Iterator[Block]:
    now, before = (
        {str(one.get("label")): one for one in objects_of(side.get("classes"))} for side in (window, baseline)
    )
    names = [*now, *(name for name in before if name not in now)]
    if not names:
        return
    heads = ("Objects", "AP before", "AP now", "AP50 before", "AP50 now", "Precision", "Recall")
    more = f" The {_CLASSES} with the most objects, of {len(names):,}." if len(names) > _CLASSES else ""
    yield Table(
        caption="By class, where objects are marked",
        columns=(Column("Class"), *(Column(name, True) for name in heads)),
        rows=tuple(_row(name, now.get(name, {}), before.get(name, {})) for name in names[:_CLASSES]),
        note=f"Precision and recall of the window, from the confidence on at which they are best together.{more}",
    )


def _row(name: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[Cell, ...]:
    figures = [precise(side.get(key)) for key in ("ap", "ap50") for side in (before, now)]
    shares = [percent(now[key]) if is_number(now.get(key)) else DASH for key in ("precision", "recall")]
    return (name, Number(_count(now.get("objects", 0))), *(Number(one) for one in (*figures, *shares)))


def _count(value: Any) -> str:
    return f"{value:,.0f}" if is_number(value) else DASH
