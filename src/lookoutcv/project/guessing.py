"""What a folder seems to hold: known good images, images to watch, a model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# In the order of preference. Validation images are what a model was tuned on, training images what it has learned by
# heart: the first are the better picture of "all was well".
_GOOD = ("reference", "good", "baseline", "validation", "val", "valid", "dev", "test", "train", "training")
_WATCHED = ("production", "prod", "live", "today", "current", "new", "incoming", "inbox", "latest", "captures")
# Folders in which people keep those.
_PARENTS = ("data", "dataset", "datasets", "images", "img")
_MODEL_FOLDERS = ("model", "models", "weights", "checkpoints", "export")
_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".avif"})
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
# A folder is looked at, not read: enough to see what it is.
_MOST_ENTRIES = 2_000
_DATED = (
    (re.compile(r"(19|20)\d\d[01]\d[0-3]\d"), "%Y%m%d"),
    (re.compile(r"(19|20)\d\d-[01]\d-[0-3]\d"), "%Y-%m-%d"),
    (re.compile(r"(19|20)\d\d_[01]\d_[0-3]\d"), "%Y_%m_%d"),
)


@dataclass(frozen=True)
class Guess:
    """What a folder seems to hold, as paths relative to it; None for what was not found.

    Args:
        good: Known good images.
        watched: Images to watch.
        model: A model's file.
        batch_by: What ordinary variation moves together.
    """

    good: str | None = None
    watched: str | None = None
    model: str | None = None
    batch_by: str | None = None


def guess(folder: str | os.PathLike[str], suffixes: tuple[str, ...], *, patterns: bool) -> Guess:
    """Look around in a folder.

    Args:
        folder: The project's.
        suffixes: Endings of models' files, with their dot.
        patterns: Whether a pattern of dates is a source.
    """
    root = Path(folder)
    places = [root, *(root / name for name in _PARENTS if (root / name).is_dir())]
    good, watched = _first(places, _GOOD), _first(places, _WATCHED)
    # A data set without days: its test images are as good as new ones for a first report.
    aside = _first(places, ("test",)) if watched is None else None
    watched = watched or (aside if aside != good else None)
    batch_by = None
    if watched is not None and watched.is_dir():
        pattern = _dates(watched)
        if pattern is not None:
            newest = max(one.name for one in _entries(watched) if _fits(one.name, pattern))
            watched = watched / (f"{pattern}?last=1d" if patterns else newest)
    if good is not None and good.is_dir() and patterns:
        pattern = _dates(good)
        if pattern is not None:
            good, batch_by = good / pattern, "day"
    return Guess(_named(good, root), _named(watched, root), _named(_model(root, suffixes), root), batch_by)


def _named(path: Path | None, root: Path) -> str | None:
    return None if path is None else path.relative_to(root).as_posix()


def _first(places: list[Path], names: tuple[str, ...]) -> Path | None:
    for name in names:
        for place in places:
            for candidate in (place / name, *(place / f"{name}{suffix}" for suffix in _ARCHIVES)):
                if candidate.is_file() or (candidate.is_dir() and _holds_images(candidate)):
                    return candidate
    return None


def _holds_images(folder: Path, deeper: int = 3) -> bool:
    below = []
    for entry in _entries(folder):
        if entry.is_dir():
            below.append(entry)
        elif entry.suffix.lower() in _IMAGES:
            return True
    return deeper > 0 and any(_holds_images(one, deeper - 1) for one in below[:20])


def _entries(folder: Path) -> Iterator[Path]:
    """Some entries of a folder; none of one that may not be listed."""
    try:
        with os.scandir(folder) as found:
            for number, entry in enumerate(found):
                if number >= _MOST_ENTRIES:
                    return
                if not entry.name.startswith("."):
                    yield Path(entry.path)
    except OSError:
        return


def _dates(folder: Path) -> str | None:
    """The pattern of dates that the sub-folders' names follow; None where most follow none."""
    names = [entry.name for entry in _entries(folder) if entry.is_dir()]
    for _, pattern in _DATED:
        if names and sum(_fits(name, pattern) for name in names) * 2 > len(names):
            return pattern
    return None


def _fits(name: str, pattern: str) -> bool:
    return any(form.fullmatch(name) for form, known in _DATED if known == pattern)


def _model(root: Path, suffixes: tuple[str, ...]) -> Path | None:
    """A model's file: one with a card beside it, else the first by name."""
    folders = [root, *(root / name for name in _MODEL_FOLDERS)]
    found = sorted(
        (one for folder in folders for one in _entries(folder) if one.suffix.lower() in suffixes and one.is_file()),
        key=lambda one: (not one.with_suffix(".card.yaml").is_file(), one.as_posix()),
    )
    return found[0] if found else None
