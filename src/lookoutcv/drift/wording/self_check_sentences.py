"""A baseline's own check in plain words, each sentence with what to do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from lookoutcv.drift.describe.metadata_changes import nearly_black
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.variation.autocorrelation import declared_sequence, effective_images
from lookoutcv.drift.variation.batches import LEAST_BATCHES, LEAST_IN_BATCH
from lookoutcv.drift.wording.image_sentences import black_sentence
from lookoutcv.profiles.counts import OTHER
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.schema import metric_names

# What a window of 200 should at least be able to show: "medium" in Romano et al. 2006.
_LARGE_ENOUGH, _TYPICAL_WINDOW = 0.33, "200"
# A kind of image with a smaller share is a stray, not a part of the baseline.
_PART = 0.05
_FEW_OF_A_LABEL, _IMBALANCE = 30, 10
_COPIES = 0.02
_BLOCKS = 20


@dataclass(frozen=True)
class SelfCheck:
    """What a baseline says about itself.

    Args:
        images: Images that entered the tests of later comparisons, M.
        detectable: Size of a window -> smallest effect found four times in five, against one unordered baseline.
        alpha: Share of false alarms that tests are allowed.
        splits: Random splits of the baseline into a window and the rest, and how many of them alarmed.
        blocks: Batches (or blocks of neighbours) that were held out in turn, and how many alarmed against the rest.
        batches: Usable batches; 0 without any.
        one_label: Nearly every batch holds a single label, while the baseline holds several.
        by: What explains most of one metric: a field that separates clusters, and the share explained; None if nothing.
        copies: Images that are copies of another, and images searched.
        neighbours: Rank correlation between an image and the next where neighbours are alike, as frames of a video
            are; None where they are not, or have no order.
        sentences: All of it in plain words, each with what to do.
    """

    images: int
    detectable: dict[str, float]
    alpha: float
    splits: tuple[int, int]
    blocks: tuple[int, int]
    batches: int
    one_label: bool
    by: tuple[str, float] | None
    copies: tuple[int, int]
    neighbours: float | None = None
    sentences: tuple[str, ...] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SelfCheck:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: The values are none.
        """
        by, neighbours = values["by"], values.get("neighbours")
        return cls(
            images=int(values["images"]),
            detectable={str(size): float(effect) for size, effect in values["detectable"].items()},
            alpha=float(values["alpha"]),
            splits=_two(values["splits"]),
            blocks=_two(values["blocks"]),
            batches=int(values["batches"]),
            one_label=bool(values["one_label"]),
            by=None if by is None else (str(by[0]), float(by[1])),
            copies=_two(values["copies"]),
            # Files of before neighbours were looked at have no such key.
            neighbours=None if neighbours is None else float(neighbours),
            sentences=tuple(str(one) for one in values["sentences"]),
        )


def sentences(check: SelfCheck, profile: Profile, batch_by: str | None, policy: Policy) -> Iterator[str]:
    """The check in plain words.

    Args:
        check: The facts.
        profile: Of the baseline.
        batch_by: What its batches are, in a person's words; None without batches.
        policy: The rules of later comparisons.
    """
    yield _size(check, policy)
    if not metric_names(profile.sample.schema):
        yield "Images: none was measured, so that only the answers of a model can be compared with it."
    if check.splits[0]:
        made, found = check.splits
        odd = " That is more than chance explains: look at the copies." if _beyond_chance(check.splits, policy) else ""
        yield (
            f"Alarms at itself: {found} of {made} random splits into a window and a baseline alarmed "
            f"({100 * policy.alpha:g}% are expected).{odd}"
        )
    if check.neighbours is not None and not check.batches:
        yield _frames(check, check.neighbours)
    elif not check.batches and (sequence := declared_sequence(profile.sample)) is not None:
        yield (
            f"Neighbours: frames in a row, by their source ({sequence}): windows are judged against blocks of them. To "
            f"choose the blocks, make the baseline with --batch-by {_block(check)}."
        )
    yield _variation(check, batch_by, policy)
    if check.batches and check.one_label:
        yield (
            "Batches: nearly every one holds a single label, so that they differ as labels do and not as days do; "
            "little would be found. Divide by day or folder, or mix the labels."
        )
    yield from _kinds(check, profile)
    blackness = nearly_black(profile)
    if blackness is not None:
        yield black_sentence("the baseline", blackness)
    images, searched = check.copies
    if searched and images / searched > _COPIES:
        yield (
            f"Copies: {images:,} of {searched:,} images are copies of another, exact or nearly; they count as if they "
            "were evidence. Keep one of each."
        )
    yield from _labels(profile.counts["label"])


def _size(check: SelfCheck, policy: Policy) -> str:
    images = f"{check.images:,} images"
    if check.images < policy.minimum_baseline:
        return f"Too small: {images}; no window can be tested against fewer than {policy.minimum_baseline}. Add images."
    seen = ", ".join(f"{effect:.2f} with {int(size):,}" for size, effect in check.detectable.items())
    found = f"smallest effect that is found four times in five: {seen} images in the window"
    if check.detectable[_TYPICAL_WINDOW] > _LARGE_ENOUGH:
        return f"Small: {images}; {found}. 500 images or more would show smaller changes."
    return f"Large enough: {images}; {found}."


def _frames(check: SelfCheck, autocorrelation: float) -> str:
    independent = max(effective_images(check.images, autocorrelation), 1)
    return (
        f"Neighbours: images in a row are alike, as frames of one video are (rank correlation {autocorrelation:.2f}), "
        f"so that {check.images:,} say about as much as {independent:,.0f} independent ones. Make "
        f"the baseline with --batch-by {_block(check)}, or as many images as a window has, and of longer stretches."
    )


def _block(check: SelfCheck) -> int:
    """As many blocks as help, of a length that reads well."""
    return max(round(check.images / _BLOCKS / 10) * 10, 10)


def _beyond_chance(counts: tuple[int, int], policy: Policy) -> bool:
    """More alarms than three standard deviations above what is expected, and at least three."""
    made, found = counts
    expected = made * policy.alpha
    return found >= 3 and found > expected + 3 * math.sqrt(expected * (1 - policy.alpha))


def _variation(check: SelfCheck, batch_by: str | None, policy: Policy) -> str:
    held, found = check.blocks
    differ = _beyond_chance(check.blocks, policy)
    if check.batches >= LEAST_BATCHES:
        told = f"; {found} of {held} held out in turn would be called drift against the others" if held else ""
        rule = "Later windows are judged by how much these batches differ from one another."
        return f"Batches: {check.batches} (--batch-by {batch_by or '...'}){told}. {rule}"
    if check.batches:
        return (
            f"Batches: only {check.batches} with at least {LEAST_IN_BATCH} images; it takes {LEAST_BATCHES} to know "
            "how much ordinary batches differ. Add days, or divide with --batch-by 100."
        )
    if not held:
        return (
            "Ordinary variation: unknown, for want of times or an order. Divide the images with --batch-by day, folder "
            "or a number of images in a row."
        )
    if differ:
        return (
            f"Ordinary variation: {found} of {held} blocks of neighbouring images would be called drift against the "
            "others, so ordinary days will be too. Make the baseline with --batch-by day, or with a number of images."
        )
    return (
        f"Ordinary variation: {found} of {held} blocks of neighbouring images would be called drift against the "
        "others, as chance has it. Days may still differ: with images of five days or more, use --batch-by day."
    )


def _kinds(check: SelfCheck, profile: Profile) -> Iterator[str]:
    for key, noun in (("camera", "cameras"), ("size", "image sizes"), ("format", "file formats")):
        # Of all images: four that name their camera among a hundred that do not are no four cameras.
        counts, total = profile.counts[key], profile.count
        parts = [name for name, times in Counter(counts).most_common() if times >= _PART * total and name != OTHER]
        if len(parts) > 1:
            shown = ", ".join(f"{name} {100 * counts[name] / total:.0f}%" for name in parts[:5])
            more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
            yield f"{len(parts)} {noun}: {shown}{more}. To compare each with its own: --group-by {key}."
    if check.by:
        name, share = check.by
        yield (
            f"Clusters: {name} explains {100 * share:.0f}% of how one metric varies, so the images fall into clusters. "
            f"Compare each with its own: --group-by {name}."
        )


def _labels(counts: Mapping[str, int]) -> Iterator[str]:
    known = {name: times for name, times in counts.items() if name != OTHER}
    if len(known) < 2:
        return
    most, least = max(known.values()), min(known.values())
    rarest = min(known, key=lambda name: (known[name], name))
    if most > _IMBALANCE * least:
        commonest = max(known, key=lambda name: (known[name], name))
        yield (
            f"Labels: {commonest} has {most:,} images, {rarest} only {least:,}; a change of {rarest} alone is hardly "
            f"seen. Add images of it, or watch it with --group-by label once it has {_FEW_OF_A_LABEL}."
        )


def _two(values: Sequence[Any]) -> tuple[int, int]:
    first, second = values
    return int(first), int(second)
