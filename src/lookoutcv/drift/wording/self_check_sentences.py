"""A baseline's own check in plain words, each sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.calls.option_names import option
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.self_check.composition import Composition, Kind, LabelImbalance
from lookoutcv.drift.self_check.figures import beyond_chance
from lookoutcv.drift.variation.autocorrelation import effective_images
from lookoutcv.drift.variation.batches import LEAST_BATCHES, LEAST_IN_BATCH
from lookoutcv.drift.wording.image_sentences import black_sentence
from lookoutcv.results.self_check import SelfCheck

# What a window of 200 should at least be able to show: "medium" in Romano et al. 2006.
_LARGE_ENOUGH, _TYPICAL_WINDOW = 0.33, "200"
_FEW_OF_A_LABEL = 30
_COPIES = 0.02
_BLOCKS = 20
_KINDS = {"camera": "cameras", "size": "image sizes", "format": "file formats"}


def self_check_sentences(
    check: SelfCheck, composition: Composition, batch_by: str | None, policy: Policy
) -> Iterator[str]:
    """The check in plain words, each sentence with what to do.

    Args:
        check: Of the baseline.
        composition: What the baseline is made of.
        batch_by: What its batches are, in a person's words; None without batches.
        policy: The rules of later comparisons.
    """
    yield _size(check, policy)
    if not composition.measured:
        yield "Images: none was measured, so that only the answers of a model can be compared with it."
    if check.splits[0]:
        splits, alarms = check.splits
        unlikely = beyond_chance(check.splits, policy.alpha)
        odd = " That is more than chance explains: look at the copies." if unlikely else ""
        yield (
            f"Alarms at itself: {alarms} of {splits} random splits into a window and a baseline alarmed "
            f"({100 * policy.alpha:g}% are expected).{odd}"
        )
    if check.autocorrelation is not None and not check.batches:
        yield _frames(check, check.autocorrelation)
    elif not check.batches and composition.sequence is not None:
        yield (
            f"Neighbours: frames in a row, by their source ({composition.sequence}): windows are judged against blocks "
            f"of them. To choose the blocks, make the baseline with {option('batch_by', _block(check))}."
        )
    yield _variation(check, batch_by, policy)
    if check.batches and check.one_label:
        yield (
            "Batches: nearly every one holds a single label, so that they differ as labels do and not as days do; "
            "little would be found. Divide by day or folder, or mix the labels."
        )
    yield from map(_kind, composition.kinds)
    if check.by:
        name, share = check.by
        yield (
            f"Clusters: {name} explains {100 * share:.0f}% of how one metric varies, so the images fall into clusters. "
            f"Compare each with its own: {option('group_by', name)}."
        )
    if composition.blackness is not None:
        yield black_sentence("the baseline", composition.blackness)
    images, searched = check.copies
    if searched and images / searched > _COPIES:
        yield (
            f"Copies: {images:,} of {searched:,} images are copies of another, exact or nearly; they count as if they "
            "were evidence. Keep one of each."
        )
    if composition.labels is not None:
        yield _labels(composition.labels)


def _size(check: SelfCheck, policy: Policy) -> str:
    images = f"{check.images:,} images"
    if check.images < policy.minimum_baseline:
        return f"Too small: {images}; no window can be tested against fewer than {policy.minimum_baseline}. Add images."
    sizes = ", ".join(f"{effect:.2f} with {int(size):,}" for size, effect in check.detectable.items())
    smallest = f"smallest effect that is found four times in five: {sizes} images in the window"
    if check.detectable[_TYPICAL_WINDOW] > _LARGE_ENOUGH:
        return f"Small: {images}; {smallest}. 500 images or more would show smaller changes."
    return f"Large enough: {images}; {smallest}."


def _frames(check: SelfCheck, autocorrelation: float) -> str:
    independent = max(effective_images(check.images, autocorrelation), 1)
    return (
        f"Neighbours: images in a row are alike, as frames of one video are (rank correlation {autocorrelation:.2f}), "
        f"so that {check.images:,} say about as much as {independent:,.0f} independent ones. Make "
        f"the baseline with {option('batch_by', _block(check))}, or as many images as a window has, and of longer "
        "stretches."
    )


def _block(check: SelfCheck) -> int:
    """As many blocks as help, of a length that reads well."""
    return max(round(check.images / _BLOCKS / 10) * 10, 10)


def _variation(check: SelfCheck, batch_by: str | None, policy: Policy) -> str:
    held_out, alarms = check.blocks
    differ = beyond_chance(check.blocks, policy.alpha)
    if check.batches >= LEAST_BATCHES:
        held = f"; {alarms} of {held_out} held out in turn would be called drift against the others" if held_out else ""
        rule = "Later windows are judged by how much these batches differ from one another."
        return f"Batches: {check.batches} ({option('batch_by', batch_by)}){held}. {rule}"
    if check.batches:
        return (
            f"Batches: only {check.batches} with at least {LEAST_IN_BATCH} images; it takes {LEAST_BATCHES} to know "
            f"how much ordinary batches differ. Add days, or divide with {option('batch_by', 100)}."
        )
    if not held_out:
        return (
            "Ordinary variation: unknown, for want of times or an order. Divide the images with "
            f"{option('batch_by', 'day')}, by folder or by a number of images in a row."
        )
    if differ:
        return (
            f"Ordinary variation: {alarms} of {held_out} blocks of neighbouring images would be called drift against "
            f"the others, so ordinary days will be too. Make the baseline with {option('batch_by', 'day')}, or with a "
            "number of images."
        )
    return (
        f"Ordinary variation: {alarms} of {held_out} blocks of neighbouring images would be called drift against the "
        "others, as chance has it. Days may still differ: with images of five days or more, use "
        f"{option('batch_by', 'day')}."
    )


def _kind(kind: Kind) -> str:
    shown = ", ".join(f"{name} {100 * share:.0f}%" for name, share in kind.values[:5])
    more = f" and {len(kind.values) - 5} more" if len(kind.values) > 5 else ""
    noun = _KINDS[kind.field]
    return f"{len(kind.values)} {noun}: {shown}{more}. To compare each with its own: {option('group_by', kind.field)}."


def _labels(labels: LabelImbalance) -> str:
    return (
        f"Labels: {labels.commonest} has {labels.most:,} images, {labels.rarest} only {labels.least:,}; a change of "
        f"{labels.rarest} alone is hardly seen. Add images of it, or watch it with {option('group_by', 'label')} once "
        f"it has {_FEW_OF_A_LABEL}."
    )
