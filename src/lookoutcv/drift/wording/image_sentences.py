"""What is remarkable about the images of a side, in sentences: copies, blackness, and what is recorded otherwise."""

from __future__ import annotations

from lookoutcv.drift.describe.copies import BaselineCopies, WindowCopies
from lookoutcv.drift.describe.metadata_changes import ColourChanged, MetadataChange, SizeChanged, ValueChanged
from lookoutcv.drift.predictions.gate_share import GateShare

_FIELDS = {"camera": "camera", "format": "file format", "size": "image size"}


def copies_sentence(copies: BaselineCopies | WindowCopies) -> str:
    """What copies on one side mean for a comparison.

    Example:
        >>> copies_sentence(WindowCopies(40, 1))[:49]
        'All 40 images of the window are the same picture.'
    """
    if isinstance(copies, BaselineCopies):
        return (
            f"{copies.copies:,} of the baseline's {copies.images:,} images are exact copies of others. They count as "
            "if they were evidence, so the p-value is too small: keep one of each."
        )
    what = "the same picture" if copies.different == 1 else f"copies of {copies.different:,}"
    return (
        f"All {copies.images:,} images of the window are {what}. See whether the camera is stuck, or an export repeats "
        "itself."
    )


def gate_sentence(share: GateShare, alpha: float) -> str:
    """How many images a gate finds unfit, and whether that is more than before.

    Args:
        share: What it found.
        alpha: The share of false alarms that tests are allowed.
    Example:
        >>> gate_sentence(GateShare((2, 100), (30, 100), (("sharpness", 0.02, 0.3),), 1e-9), 0.01)[:63]
        "The gate finds 30.0% of the window's images unfit, 2.0% of the "
    """
    now = share.after[0] / share.after[1]
    said = f"The gate finds {now:.1%} of the window's images unfit"
    if share.before is None or share.p_value is None:
        return f"{said}; the baseline was made without a gate, so whether that is more than before is not known."
    was = share.before[0] / share.before[1]
    said = f"{said}, {was:.1%} of the baseline's"
    if share.p_value >= alpha:
        return f"{said}: no more than chance gives (p = {share.p_value:.2g}, the limit is {alpha:g})."
    direction = "more" if now > was else "fewer"
    why = "; ".join(f"{name} {before:.1%} to {after:.1%}" for name, before, after in share.rose[:3])
    which = f" What rose: {why}." if why and now > was else ""
    p_value = "p < .0001" if share.p_value < 1e-4 else f"p = {share.p_value:.2g}"
    return (
        f"{said}: {direction} than chance explains ({p_value}).{which} This is told beside the verdict on the images "
        "that are compared, and is no part of it."
    )


def gate_alarm(share: GateShare | None, alpha: float) -> str:
    """That more images are unfit than before, for the summary; "" where that is not so, or not known."""
    if share is None or share.before is None or share.p_value is None or share.p_value >= alpha:
        return ""
    was, now = share.before[0] / share.before[1], share.after[0] / share.after[1]
    if now <= was:
        return ""
    return f"More images are unfit than before, as the gate sees them: {now:.1%}, before {was:.1%}. "


def black_sentence(side: str, brightness: float) -> str:
    """That a side is nearly black, and a common reason.

    Args:
        side: What it is called: "the window".
        brightness: The greatest of its images.
    """
    return (
        f"Nearly black: brightness in {side} is at most {brightness:.2g} of 1, where hardly anything can be "
        "measured. Frames of a 10- or 12-bit camera that are stored in 16 bits as they are look like that, since the "
        "high 8 bits are read: multiply them by 64 or 16 before they are saved."
    )


def change_sentence(change: MetadataChange) -> str:
    """What the records say has changed.

    Example:
        >>> change_sentence(ValueChanged("camera", "Acme 3", 1.0, "Acme 5", 0.75))
        "The camera changed: 'Acme 3' before (100%), 'Acme 5' now (75%)."
    """
    if isinstance(change, ValueChanged):
        sides = f"'{change.before}' before ({change.share_before:.0%}), '{change.after}' now ({change.share_after:.0%})"
        return f"The {_FIELDS[change.field]} changed: {sides}."
    if isinstance(change, SizeChanged):
        return f"The image size changed: images have {change.ratio:.2g} times as many pixels on average."
    if isinstance(change, ColourChanged):
        if change.after > change.before:
            return f"The colour is gone: {change.after:.0%} of the images are grey now, {change.before:.0%} before."
        return f"The images are in colour now: {change.after:.0%} are grey, {change.before:.0%} before."
    return (
        f"The orientation changed: {change.before:.0%} of files stored turned or mirrored before, {change.after:.0%} "
        "now."
    )
