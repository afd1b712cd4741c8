"""The groups of a window in words: what happened to each, and what a careful reader must know of them."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.drift.describe.groups import GroupComparison, Grouping
from lookoutcv.drift.wording.lists import listed
from lookoutcv.drift.wording.metric_sentences import metric_in_words, metrics_summary
from lookoutcv.drift.wording.note_sentences import note_sentence
from lookoutcv.results.findings.group_drift import GroupDrift


def group_in_words(group: GroupComparison) -> GroupDrift:
    """A group as a report holds it: figures and a few sentences."""
    return GroupDrift(
        name=group.name,
        images=group.images,
        severity=group.severity,
        p_value=group.p_value,
        adjusted_p_value=group.adjusted_p_value,
        effect=group.verdict.effect,
        text=_text(group),
        against=group.against,
    )


def _text(group: GroupComparison) -> str:
    if group.verdict.drifted is None:
        return note_sentence(group.verdict.notes[0])
    if not group.verdict.drifted:
        return "Differs, but negligibly." if group.significant else "No drift found."
    return metrics_summary([metric_in_words(row) for row in group.rows])


def group_notes(grouping: Grouping) -> Iterator[str]:
    """What a careful reader must know of the groups."""
    unknown = [group.name for group in grouping.groups if group.against == "baseline"]
    if unknown:
        yield (
            f"Groups with too few images in the baseline, so compared with all of it: {listed(unknown)}. Such a "
            "group differs wherever groups do; add its images to the baseline."
        )
    if grouping.smaller:
        yield (
            f"Only the {len(grouping.groups)} largest groups were compared; {grouping.smaller:,} smaller ones were not."
        )
    if grouping.without_key:
        images = "image has" if grouping.without_key == 1 else "images have"
        yield f"{grouping.without_key:,} of the window's {images} no {grouping.by} and belong to no group."
    if grouping.tests > 1:
        yield (
            "Half of alpha is for the groups together (Holm's correction), half for the window as a whole, so that the "
            "chance of any false alarm stays alpha; the p-values shown for both are adjusted for that."
        )
    if grouping.absent:
        yield f"Groups of the baseline without any image in the window: {listed(grouping.absent)}."
