"""Since when a window differs, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from lookoutcv.drift.describe.onset import ShiftOnset
from lookoutcv.results.findings.onset import Onset

_NAMED = 3


def onset_in_words(onset: ShiftOnset) -> Onset:
    """The onset as a report holds it: figures and a sentence.

    Example:
        >>> onset_in_words(ShiftOnset("unknown", "day")).text
        'No single day of the window is clearly shifted.'
    """
    first = onset.periods[onset.start].name if onset.start is not None else next(iter(onset.shifted), None)
    return Onset(onset.status, _sentence(onset), first, onset.by, list(onset.periods))


def _sentence(onset: ShiftOnset) -> str:
    if not onset.by:
        return "The images of the window have no times, neither of their source nor in EXIF."
    if onset.status == "throughout" and onset.first_image is not None:
        return _began_before(onset.first_image, onset.last_before)
    shifted = onset.shifted
    if onset.status == "within" and onset.start is not None:
        odd = [period.name for period in onset.periods[: onset.start] if period.shifted]
        but = f" but for {', '.join(odd)}" if odd else ""
        return f"Images before {onset.periods[onset.start].name} look like the baseline's{but}, later ones do not."
    if not shifted:
        return f"No single {onset.by} of the window is clearly shifted."
    more = f" and {len(shifted) - _NAMED:,} more" if len(shifted) > _NAMED else ""
    return f"Shifted are {', '.join(shifted[:_NAMED])}{more} ({len(shifted)} of {len(onset.periods)} {onset.by}s)."


def _began_before(first_image: datetime, last_before: datetime | None) -> str:
    if last_before is None or last_before >= first_image:
        return f"The first images, of {_time(first_image)}, are shifted already, so it began before this window."
    ends = f"the baseline's last image ({_time(last_before)}) and this window's first ({_time(first_image)})"
    return f"It began between {ends}."


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
