"""One side of the comparison, in the figures that a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice

from lookoutcv.profiles.profile import Profile
from lookoutcv.results.findings.side import MOST_FREQUENT, Side


def describe_side(profile: Profile, name: str) -> Side:
    """A profile in figures.

    Args:
        profile: The baseline or the window.
        name: What a person calls it.
    Example:
        >>> describe_side(Profile(skipped=2), "line 3").skipped
        2
    """
    return Side(
        name=name,
        images=profile.count,
        tested=profile.sample.num_rows,
        skipped=profile.skipped,
        first_time=_iso(profile.first_time),
        last_time=_iso(profile.last_time),
        labels=_top(profile.counts.get("label", {})),
        formats=_top(profile.counts.get("format", {})),
        cameras=_top(profile.counts.get("camera", {})),
        sizes=_top(profile.counts.get("size", {})),
    )


def _top(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(islice(sorted(counts.items(), key=lambda item: (-item[1], item[0])), MOST_FREQUENT))


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds")
